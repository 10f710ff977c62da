#pragma once
#include "domain/product_order.h"

/// When an order can be expected to be complete, if everything goes as the catalogue expects. Computed when it is asked for and
/// never stored: only what follows from it for an order with a date is an event (OnTime, JeopardyRaised).
namespace comd::product_order {

struct Forecast {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Instant completion{};
  Millis ahead{};                ///< the longest chain of work that has not begun: completion is never before now + ahead
  std::vector<Instant> ends;     ///< of each node; Instant{}: it has ended
  std::size_t critical = kNone;  ///< the node that everything on the longest way waits for; kNone: all have ended

  /// From this instant on the order would be late if nothing moved. Only where it is not late by now.
  Instant late_from(Instant date) const { return date - ahead + Millis{1}; }
};

/// Along the plan: what has ended is done; what runs takes its expected duration from its start, or as long as its activation
/// system said, but is never done before now; what has not begun starts behind what it depends on. Nothing: there is no plan yet,
/// or it is being undone, or the order has ended.
std::optional<Forecast> forecast(const State&, const CatalogSet&, Instant now);

/// How long a service order is expected to take, from its start to its end.
Millis expected_duration(const Node&, const CatalogSet&);
/// Of each node: how long it takes from its start until all that depends on it has ended, where each takes `duration`.
std::vector<Millis> durations_to_end(const State&, const std::function<Millis(const Node&)>& duration);

/// How long undoing what is done is expected to take, once nothing runs any more.
Millis time_to_undo(const State&, const CatalogSet&);

/// Which service order makes a late order late, and why.
JeopardyRaised jeopardy_of(const State&, const Forecast&, const CatalogSet&, Instant now);

}  // namespace comd::product_order
