#include "edge/grpc/principal.h"

#include <algorithm>
#include <array>
#include <random>

namespace comd::north {
namespace {

std::uint64_t draw() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::array<std::uint32_t, 8> words{};
    for (auto& word : words) word = device();
    std::seed_seq seeds(words.begin(), words.end());
    return std::mt19937_64(seeds);
  }();
  return engine();
}

std::string hex(std::uint64_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) out[i] = kDigits[value & 15];
  return out;
}

std::string_view value_of(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view{} : std::string_view(found->second.data(), found->second.size());
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::string draw_id() { return hex(draw()) + hex(draw()); }

std::string draw_traceparent() { return "00-" + draw_id() + "-" + hex(draw() | 1) + "-00"; }

bool valid_traceparent(std::string_view text) {
  // 00-<32 hex trace id>-<16 hex parent id>-<2 hex flags>; later versions may append.
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  if (text.size() > 55 && (text.substr(0, 2) == "00" || text[55] != '-' || text.size() > 256)) return false;
  const auto trace = text.substr(3, 32);
  const auto parent = text.substr(36, 16);
  return is_hex(text.substr(0, 2)) && text.substr(0, 2) != "ff" && is_hex(trace) && !all_zero(trace) && is_hex(parent) &&
         !all_zero(parent) && is_hex(text.substr(53, 2));
}

Result<Caller, Rejection> caller_of(const Metadata& metadata) {
  Caller caller{{TenantId{"default"}, "local", {"admin"}}, {}, {}};
  const auto correlation = value_of(metadata, "x-correlation-id");
  if (correlation.size() > kCorrelationMax) {
    return Err(Rejection{RejectionCode::invalid,
                         "Expected x-correlation-id to be at most " + std::to_string(kCorrelationMax) +
                             " characters, but it has " + std::to_string(correlation.size()) + ".",
                         "metadata x-correlation-id", "Send a shorter one, or none: comd then draws one."});
  }
  caller.correlation = correlation;
  const auto traceparent = value_of(metadata, "traceparent");
  // W3C: a traceparent that does not parse is as good as none.
  if (valid_traceparent(traceparent)) caller.traceparent = traceparent;
  return caller;
}

Cause cause_of(const Caller& caller, std::string command) {
  return Cause{std::move(command), caller.principal.subject, caller.principal.tenant, caller.correlation, caller.traceparent};
}

}  // namespace comd::north
