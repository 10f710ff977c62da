#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "domain/order.h"

/// What a sealed value looks like from outside. edge/crypto makes and opens tokens; in here they are text like any other, and what
/// holds them (events, rows, states) is the same before and after their key is destroyed.
///
///   sealed:1:<key id>:<base64url of nonce, cipher text, tag>
///   sealed:2:<key id>:<the same as bytes>                       the document of an order: too long to spell out
///   sealed:erased                                               personal data that came when the key was destroyed already
namespace comd {

inline constexpr std::string_view kSealedText = "sealed:1:", kSealedBytes = "sealed:2:", kSealedErased = "sealed:erased";

inline bool is_sealed(std::string_view text) {
  return text.starts_with(kSealedText) || text.starts_with(kSealedBytes) || text.starts_with(kSealedErased);
}

/// A characteristic's value.
inline bool is_sealed(const Value& value) {
  return value.json.size() > 2 && value.json.front() == '"' && is_sealed(std::string_view(value.json).substr(1));
}

/// What opens to the party's own id; without keys, that id.
inline const std::string& shown_id(const PartyRef& party) { return party.sealed.empty() ? party.id : party.sealed; }

/// The key that opens it; empty: not a token, or one that nothing opens.
inline std::string key_of_token(std::string_view token) {
  if (!token.starts_with(kSealedText) && !token.starts_with(kSealedBytes)) return {};
  token.remove_prefix(kSealedText.size());
  const auto end = token.find(':');
  return std::string(end == std::string_view::npos ? std::string_view{} : token.substr(0, end));
}

}  // namespace comd
