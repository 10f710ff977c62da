#pragma once
#include <set>

#include "actors/lanes.h"
#include "domain/catalog.h"
#include "domain/holds.h"

namespace comd {

/// Which activation systems the services of the order's offerings use. Before decomposition, so conditions are not looked at, and
/// an item that names only a product adds nothing.
std::set<std::string> targets_of(const Order&, const Catalog&);

struct Turned {
  Rejection rejection;
  Millis retry_after{0};
};
/// A new order that needs a lane with a longer queue than its limit is turned away: it would only wait there until its queue
/// deadline. Nothing when it may come in.
std::optional<Turned> over_backlog(const Lanes&, const Order&, const Catalog*, Instant now);
/// A new order that needs what is held is turned away where the hold says so.
std::optional<Turned> refused_by_hold(const hold::State&, const Order&, const Catalog*, Instant now);

}  // namespace comd
