#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/ids.h"

/// Fixed-width numbers in keys and values. Big endian, so that bytes sort as the numbers do.
namespace comd::bytes {

inline constexpr std::size_t kWidth = 8;

inline void put(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

/// The first eight bytes; `in` must hold them.
inline std::uint64_t get(std::string_view in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kWidth; ++i) value = value << 8 | static_cast<unsigned char>(in[i]);
  return value;
}

/// The sign bit is flipped: times before 1970 and negative counters sort before the others.
inline constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
inline void put_signed(std::string& out, std::int64_t value) { put(out, static_cast<std::uint64_t>(value) ^ kSign); }
inline std::int64_t get_signed(std::string_view in) { return static_cast<std::int64_t>(get(in) ^ kSign); }

inline void put(std::string& out, Instant at) { put_signed(out, at.time_since_epoch().count()); }
inline Instant get_instant(std::string_view in) { return Instant{Millis{get_signed(in)}}; }

/// The smallest key behind every key that starts with `prefix`; empty: there is none.
inline std::string after_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace comd::bytes
