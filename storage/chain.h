#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "domain/result.h"

/// What makes it evident if somebody changed history: every record is chained to all before it.
///     h(0) = 32 zero bytes        h(n) = SHA-256(h(n-1) ‖ SHA-256(record n))
/// The store keeps h at the end of every batch, in the same write as the batch. Who has once written down h(n), or a signed
/// checkpoint of it, can tell whether the first n records are still the same.
namespace comd {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view);
/// h(n) from h(n-1) and the digest of record n.
Digest chained(const Digest& before, const Digest& record);
std::string to_hex(const Digest&);
std::optional<Digest> digest_of_hex(std::string_view);

/// The chain as it is after the commit at `position`.
struct ChainLink {
  Position position{};
  Digest hash{};
  bool operator==(const ChainLink&) const = default;
};

}  // namespace comd
