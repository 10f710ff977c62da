#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.h"

/// The lanes as an operator sets and sees them; what they do is in lane.h and dispatcher.h.
namespace comd {

/// So many calls in so much time.
struct Rate {
  std::uint32_t calls = 0;  ///< 0: as many as the window lets through
  Millis per{1'000};
  bool operator==(const Rate&) const = default;
};

/// What one lane may do.
struct LaneLimits {
  std::size_t window = 256;       ///< calls under way
  Rate rate;                      ///< calls begun
  std::size_t backlog = 100'000;  ///< effects that wait; beyond, orders that need the lane are refused
  std::uint32_t failures = 5;     ///< in a row, then the breaker opens
  Millis pause{500};              ///< the first time it is open; doubles with each probe that fails
  Millis pause_max{30'000};
  bool operator==(const LaneLimits&) const = default;
};

/// What is set for one lane; what is not is as for all lanes.
struct LaneSettings {
  std::optional<std::size_t> window;
  std::optional<Rate> rate;
  std::optional<std::size_t> backlog;
  std::optional<std::uint32_t> failures;
  std::optional<Millis> pause, pause_max;
  bool operator==(const LaneSettings&) const = default;
};
LaneLimits limits_of(const LaneLimits& of_all, const LaneSettings&);

/// closed: calls leave. open: none do. half_open: one at a time, to find out.
enum class BreakerState : std::uint8_t { closed = 0, half_open = 1, open = 2 };  // values of comd_lane_breaker_state
std::string_view to_text(BreakerState);

/// One lane at one moment.
struct LaneFigures {
  std::string name;
  LaneLimits limits;
  std::size_t waiting = 0;    ///< effects that could leave, were it their turn
  std::size_t held_back = 0;  ///< effects that are held as a whole (domain/holds.h), besides
  std::size_t under_way = 0;  ///< calls, their sends being recorded included
  std::size_t ahead = 0;      ///< service orders that wait for others and will need the lane then; counted where it is asked for
  std::size_t window = 0;     ///< calls that may be under way now; grows up to the limit
  BreakerState breaker = BreakerState::closed;
  Instant open_until{};           ///< open: when the next probe leaves
  std::uint32_t failures = 0;     ///< in a row
  std::optional<Instant> oldest;  ///< when the one that waits longest was first heard of, by this process
  double ended_per_second = 0;    ///< calls that ended with an answer, over the last minute
};
using Lanes = std::vector<LaneFigures>;  ///< by name

/// When all that waits, what is ahead included, will have gone, at the pace of the last minute. Nothing while that pace says nothing: no call ended, or the
/// breaker is not closed.
std::optional<Millis> drained_in(const LaneFigures&);

}  // namespace comd
