#include "edge/catalog/durations.h"

#include <array>
#include <charconv>

namespace comd::catalog {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"ms", 1}, {"m", 60'000}, {"s", 1'000}}};
constexpr std::int64_t kTenYears = 3'650LL * 86'400'000;

}  // namespace

std::optional<Millis> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0 || count > kTenYears || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (unit == nullptr && text.starts_with(candidate.name)) unit = &candidate;
    }
    if (unit == nullptr || count > kTenYears / unit->millis) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total += count * unit->millis;
    if (total > kTenYears) return std::nullopt;
  }
  return Millis{total};
}

std::string duration_text(Millis duration) {
  std::int64_t rest = duration.count();
  if (rest <= 0) return "0s";
  std::string text;
  for (const std::string_view name : {"d", "h", "m", "s", "ms"}) {
    for (const Unit& unit : kUnits) {
      if (unit.name != name || rest < unit.millis) continue;
      text += std::to_string(rest / unit.millis) + std::string{name};
      rest %= unit.millis;
    }
  }
  return text;
}

}  // namespace comd::catalog
