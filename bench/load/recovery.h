#pragma once
#include "bench/load/client.h"

namespace comd::bench {

/// What was seen of a comd that is started again with orders under way. Times are from `began`.
struct Recovery {
  double serving_seconds = 0;         ///< to its first answer
  double first_progress_seconds = 0;  ///< to the first service order or order that was seen to end: at most so late
  double done_seconds = 0;            ///< until no order is open any more
  std::int64_t open_at_first = 0;     ///< orders, at its first answer
  std::int64_t open_at_last = 0;      ///< 0, or it did not come to an end
};

/// `began`: seconds since 1970. `serving_only`: ends with the first answer.
Recovery watch_recovery(const std::string& server, double began, bool serving_only);

}  // namespace comd::bench
