#include "actors/lanes.h"

#include <cmath>

namespace comd {

LaneLimits limits_of(const LaneLimits& of_all, const LaneSettings& own) {
  LaneLimits out;
  out.window = own.window.value_or(of_all.window);
  out.rate = own.rate.value_or(of_all.rate);
  out.backlog = own.backlog.value_or(of_all.backlog);
  out.failures = own.failures.value_or(of_all.failures);
  out.pause = own.pause.value_or(of_all.pause);
  out.pause_max = std::max(out.pause, own.pause_max.value_or(of_all.pause_max));
  return out;
}

std::string_view to_text(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return "closed";
    case BreakerState::half_open: return "half-open";
    case BreakerState::open: return "open";
  }
  return "unknown";
}

std::optional<Millis> drained_in(const LaneFigures& lane) {
  constexpr double kSlowest = 0.001;  // calls per second: below, the last minute says nothing
  constexpr double kFarthest = 30.0 * 86'400;
  const auto left = static_cast<double>(lane.waiting + lane.under_way + lane.ahead);
  if (left == 0) return Millis{0};
  if (lane.breaker != BreakerState::closed || lane.ended_per_second < kSlowest) return std::nullopt;
  return Millis{std::llround(std::min(left / lane.ended_per_second, kFarthest) * 1'000)};
}

}  // namespace comd
