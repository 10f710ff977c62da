#pragma once
#include "bench/load/accepts.h"

namespace comd::bench {

struct Storm {
  std::uint64_t timers = 0;  ///< orders whose start came due in the same second
  std::uint64_t fired = 0;   ///< of those, started in the end
  double fired_seconds = 0;  ///< from the due second to the last start
  Accepts before, during;    ///< accepts of other orders: with the timers waiting, and from the due second on
};

/// Many timers due at once: `count` orders ask for a start in the same second. Measured is what that does to the accepting of others,
/// and how long it takes until all have started.
Storm measure_storm(const Client&, const std::string& run, std::uint64_t count, std::size_t in_flight, double seconds, int pid);

}  // namespace comd::bench
