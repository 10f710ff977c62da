#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "events/fold.h"
#include "test/sim/model.h"

namespace comd::sim {

using Orders = std::map<std::string, Folded<product_order::State>>;

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
  std::uint32_t back = 3;                      ///< revision that it goes back to `lines` with
  int revised = 0;                             ///< the last that was taken: 1: less, 2: back
  bool anyhow = false;                         ///< what was cancelled for nothing is done anew, with another fate

  /// A revision was taken. It may have been cancelled behind it.
  void now_ends(std::set<OrderStatus>);
  void took(int which, std::set<OrderStatus>, Revisions);
  void refused(int which, const Rejection&);
  /// It is wanted cancelled, and may end otherwise all the same.
  void may_end_anyhow() { ends = {OrderStatus::completed, OrderStatus::partial, OrderStatus::failed, OrderStatus::cancelled}; }
  /// What to say if it is; empty: it ended as it may. `orders`: also those it depends on, by id.
  std::string wrong_end(std::uint64_t seed, bool may_refuse, const Orders& orders) const;
};

/// It, and those that depend on it: they may wait for it, or not be taken while it cannot be read.
std::set<OrderId> held_up_by(const OrderId&, const std::vector<Submitted>&);

/// Of those that were submitted before, perhaps one that it depends on; perhaps a date for an item, and a priority.
void draw_wishes(Random&, Instant now, Order&, const std::vector<OrderId>& others);

/// Without the last line, or without the router; empty: there is nothing to leave out. Nothing of it is anew, so it has the fate that
/// it had.
std::vector<Line> fewer(std::vector<Line>);

/// Less of it; or `again`, once that was taken: all of it after all. nullopt: there is nothing to leave out.
std::optional<product_order::Revise> next_revision(Submitted&, bool again);
/// How it may end once that was taken.
std::set<OrderStatus> ends_of(const product_order::Revise&, const Submitted&, const Offer&, std::uint64_t seed);
/// Of its revision to this content.
const std::vector<Line>& lines_of(const Submitted&, std::string_view digest);
inline constexpr std::string_view kLess = "less", kBack = "back";

}  // namespace comd::sim
