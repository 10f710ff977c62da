#pragma once
#include <functional>

#include "bench/kernels/history.h"

namespace comd::bench {

/// A small piece of what an order costs, alone.
struct Kernel {
  std::string name;
  std::string unit;  ///< what one call works on so many of
  std::size_t units = 1;
  std::function<void()> run;
};

/// They look at `history` for as long as they are used.
std::vector<Kernel> make_kernels(const History& history);

}  // namespace comd::bench
