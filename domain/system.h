#pragma once
#include <set>
#include <variant>

#include "domain/catalog_log.h"
#include "domain/service_order.h"

/// What this version cannot read: kept in its place as it was, so that what stands beside it can be read.
namespace comd::unreadable {

struct Unreadable {
  std::uint32_t type = 0, format = 0;
  std::string payload;
  std::string why;  ///< of this version; not stored
  bool operator==(const Unreadable&) const = default;
};
using Event = std::variant<Unreadable>;

}  // namespace comd::unreadable

/// Replies nobody waited for.
namespace comd::unmatched {

/// A report for a service order that does not exist: kept, counted, visible.
struct Recorded {
  std::string service_order;
  service_order::Report report;
  bool kept = true;
  bool operator==(const Recorded&) const = default;
};
using Event = std::variant<Recorded>;

struct Record {
  std::string service_order;
  service_order::Report report;
};
using Command = std::variant<Record>;

/// At most this many are kept in full; the rest are only counted.
inline constexpr std::size_t kUnmatchedKept = 1'000;

struct State {
  std::uint64_t count = 0;
  std::map<std::string, service_order::Report> kept;  ///< by "service order/report id"
  bool operator==(const State&) const = default;
};

Result<std::vector<Event>, Rejection> decide(const State&, const Command&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

}  // namespace comd::unmatched
