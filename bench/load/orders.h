#pragma once
#include "bench/load/client.h"

namespace comd::bench {

struct Orders {
  std::uint64_t submitted = 0, refused = 0, completed = 0, otherwise = 0;  ///< otherwise: ended, but not completed
  double seconds = 0;
  double cpu_seconds = 0;  ///< of comd
  double p50_ms = 0, p99_ms = 0;
};

/// Submits `count` orders over one stream, at most `open` of them unfinished at a time, and waits for the last to end. How long each
/// took comes from comd's own record of when it was submitted and closed.
Orders measure_orders(const Client&, const std::string& run, const std::string& offering, std::uint64_t count, std::uint64_t open,
                      int pid);

}  // namespace comd::bench
