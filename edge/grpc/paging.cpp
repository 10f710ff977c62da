#include "edge/grpc/paging.h"

namespace comd::north {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// FNV-1a: the same in every build, so a token outlives a restart.
std::uint32_t hash(std::string_view text) {
  std::uint32_t value = 2166136261u;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  return value;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Rejection bad_token(std::string message) {
  return {RejectionCode::invalid, std::move(message), "page_token", "Start again without a page_token."};
}

}  // namespace

Result<std::size_t, Rejection> page_size(std::uint32_t asked) {
  if (asked == 0) return std::size_t{kPageDefault};
  if (asked > kPageMax) {
    return Err(
        Rejection{RejectionCode::invalid,
                  "Expected page_size to be at most " + std::to_string(kPageMax) + ", but it is " + std::to_string(asked) + ".",
                  "page_size", "Ask for smaller pages and follow next_page_token."});
  }
  return std::size_t{asked};
}

std::string page_token(std::string_view filter, std::string_view last) {
  std::string out;
  const auto sum = hash(filter);
  for (int shift = 28; shift >= 0; shift -= 4) out += kDigits[(sum >> shift) & 15];
  for (const char c : last) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<std::string, Rejection> read_page_token(std::string_view token, std::string_view filter) {
  if (token.empty()) return std::string{};
  std::string bytes;
  for (std::size_t i = 8; i + 1 < token.size(); i += 2) {
    const int high = digit(token[i]);
    const int low = digit(token[i + 1]);
    if (high < 0 || low < 0) return Err(bad_token("Expected a page_token as a page before gave it, but it is not one."));
    bytes += static_cast<char>(high * 16 + low);
  }
  if (token.size() % 2 != 0 || bytes.empty() || page_token(filter, bytes) != token) {
    return Err(bad_token("Expected the page_token of a page with the same filters, but it is not one."));
  }
  return bytes;
}

}  // namespace comd::north
