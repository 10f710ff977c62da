#pragma once
#include "bench/load/client.h"

namespace comd::bench {

/// One order that waits for work of a person, for the date `start`.
std::string waiting_order_json(const std::string& run, std::uint64_t number, const std::string& start);

/// Submits so many of them over one stream. Returns how many were taken.
std::uint64_t fill(const Client&, const std::string& run, std::uint64_t count, const std::string& start);

struct Wakeups {
  std::uint64_t answered = 0, failed = 0;
  double p50_ms = 0, p99_ms = 0;
};

/// Of `known` orders that `fill` has submitted, `count` drawn ones are submitted again, one after the other: each comes into memory, is
/// folded, and answers that it is known. Nothing is recorded.
Wakeups measure_wakeups(const Client&, const std::string& run, std::uint64_t known, std::uint64_t count);

}  // namespace comd::bench
