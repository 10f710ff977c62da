#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The few cryptographic functions that comd needs, each by OpenSSL. Nothing of comd's own is invented here. Thread-safe. What
/// OpenSSL cannot do for want of memory or randomness ends the process.
namespace comd::crypto {

/// 32 bytes that are wiped when they go.
class Key {
 public:
  static constexpr std::size_t kSize = 32;
  Key() = default;
  static Key random();
  static Key of(std::string_view bytes);  ///< of kSize bytes
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();
  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), kSize}; }

 private:
  std::array<unsigned char, kSize> bytes_{};
};

inline constexpr std::size_t kNonceSize = 12, kTagSize = 16, kSealOverhead = kNonceSize + kTagSize;

/// AES-256-GCM: nonce, cipher text, tag. The nonce is drawn: of keys that seal a few texts each, no two come close to meeting.
/// `context` must be the same when it is opened.
std::string seal(const Key&, std::string_view plain, std::string_view context);
/// Nothing: another key, another context, or a byte that was changed.
std::optional<std::string> open(const Key&, std::string_view sealed, std::string_view context);

std::string hmac_sha256(const Key&, std::string_view text);
std::string sha256(std::string_view bytes);

std::string hex(std::string_view bytes);
std::string base64url(std::string_view bytes);  ///< RFC 4648, without padding
std::optional<std::string> from_base64url(std::string_view text);

/// 32 bytes as text: 64 hex digits, or base64 in either alphabet, with or without padding; space around it does not count.
std::optional<Key> key_of_text(std::string_view text);

}  // namespace comd::crypto
