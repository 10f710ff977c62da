#include "test/sim/submitted.h"

namespace comd::sim {

void Submitted::now_ends(OrderStatus end) {
  const bool cancelled = ends.contains(OrderStatus::cancelled);
  ends = {end};
  if (cancelled) ends.insert(OrderStatus::cancelled);
}

std::string Submitted::wrong_end(const product_order::State& state) const {
  if (ends.contains(state.status)) return {};
  std::string expected;
  for (OrderStatus status : ends) expected += (expected.empty() ? "" : " or ") + std::string(to_text(status));
  return id.value + " should be " + expected + ", but is " + std::string(to_text(state.status)) + ": " + state.reason;
}

std::vector<Line> fewer(std::vector<Line> lines) {
  if (lines.size() > 1)
    lines.pop_back();
  else if (!lines.empty() && lines[0].router)
    lines[0].router = false;
  else
    lines.clear();
  return lines;
}

}  // namespace comd::sim
