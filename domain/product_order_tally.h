#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/ids.h"
#include "domain/rollup.h"

namespace comd::product_order {

/// What the items, service orders, claims and writes of a state add up to. It follows from them alone: `evolve` keeps it right service
/// order by service order, so that an event costs what it changes, however wide the order is.
struct Tally {
  struct Place {
    std::vector<std::size_t> dependents;  ///< those that depend on it
    std::size_t open_before = 0;          ///< of what it depends on, what has not come to its end
    bool operator==(const Place&) const = default;
  };
  std::vector<Place> places;  ///< as State::nodes

  std::array<std::size_t, kProgresses> wanted{};  ///< by progress: those that are not superseded
  std::size_t open = 0;                           ///< have not come to their end, superseded or not
  std::size_t superseded = 0, unwanted = 0;
  std::size_t planned = 0, planned_done = 0;                    ///< wanted, and not to undo another
  std::size_t replacing = 0;                                    ///< not started, and to take the place of another
  std::map<std::string, std::size_t, std::less<>> not_started;  ///< by item
  std::map<Instant, std::size_t> deadlines;                     ///< of those that run or are held
  std::set<std::pair<Instant, std::size_t>> ready;              ///< not started, and nothing it depends on is open: by its date
  std::set<ProductId> unclaimed, unwritten;                     ///< asked for, and not settled

  std::vector<std::string> offerings;  ///< of the items, each once

  std::size_t count(Progress progress) const { return wanted[static_cast<std::size_t>(progress)]; }
  bool operator==(const Tally&) const = default;
};

}  // namespace comd::product_order
