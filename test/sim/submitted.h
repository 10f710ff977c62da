#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "test/sim/model.h"

namespace comd::sim {

/// An order of a simulated client, and how it may end.
struct Submitted {
  OrderId id;
  Order order;
  std::set<OrderStatus> ends;
  std::vector<Line> lines = {};
  bool acknowledged = false;
  std::optional<Line> fiber = {};  ///< one fiber line: its product may be deleted later
  bool deleted = false;
  std::optional<std::vector<Line>> less = {};  ///< of a revision that was sent; sent again it is the same one

  /// A revision was taken. It may have been cancelled behind it.
  void now_ends(OrderStatus end);
  /// What to say if it is; empty: it ended as it may.
  std::string wrong_end(const product_order::State&) const;
};

/// Without the last line, or without the router; empty: there is nothing to leave out. Nothing of it is anew, so it has the fate that
/// it had.
std::vector<Line> fewer(std::vector<Line>);

}  // namespace comd::sim
