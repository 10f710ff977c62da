#pragma once
#include "bench/load/client.h"
#include "bench/load/order_text.h"

namespace comd::bench {

struct OrdersPlan {
  std::string run = "run";  ///< prefix of the external ids
  OrderText text;
  std::uint64_t count = 10'000;
  std::uint64_t open = 1'000;  ///< at most so many unfinished at a time
  double rate = 0;             ///< orders a second, whatever comd does (`open` does not hold then); 0: as `open` allows
  double patience = 60;        ///< seconds without any change, after which the orders left are given up
  double seconds = 0;          ///< then none are sent any more; 0: until `count`
};

struct Orders {
  std::uint64_t submitted = 0, refused = 0, completed = 0, otherwise = 0;  ///< otherwise: ended, but not completed
  double seconds = 0;
  double accepted_seconds = 0;  ///< until the last answer
  Cpu cpu;
  double p50_ms = 0, p99_ms = 0;
};

/// Submits over one stream and waits for the last order to end. How long each took is from the moment it was to be sent, also where
/// the stream did not take it at once, until comd's own record of when it was closed; so a comd that falls behind cannot hide it.
Orders measure_orders(const Client&, const OrdersPlan&, int pid);

}  // namespace comd::bench
