#pragma once
#include "bench/load/client.h"

namespace comd::bench {

struct Accepts {
  std::size_t in_flight = 0;
  std::uint64_t accepted = 0, failed = 0;
  double seconds = 0;
  double p50_ms = 0, p99_ms = 0;
  Cpu cpu;
};

/// Durable accepts: unary submissions, always `in_flight` of them under way. The orders ask for a start date far ahead, so
/// nothing but accepting is measured.
Accepts measure_accepts(const Client&, const std::string& run, std::size_t in_flight, double seconds, int pid);

}  // namespace comd::bench
