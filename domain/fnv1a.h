#pragma once
#include <cstdint>
#include <string_view>

namespace comd {

/// FNV-1a of 64 bits, from a basis of comd's own: the same in every process and for ever, since what it chose is in logs and goldens. Not
/// against anybody who looks for collisions.
constexpr std::uint64_t kFnv1aBasis = 1469598103934665603u;

constexpr std::uint64_t fnv1a(unsigned char byte, std::uint64_t hash) { return (hash ^ byte) * 1099511628211u; }

constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = kFnv1aBasis) {
  for (const char c : text) hash = fnv1a(static_cast<unsigned char>(c), hash);
  return hash;
}

}  // namespace comd
