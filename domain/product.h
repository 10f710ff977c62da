#pragma once
#include <set>
#include <variant>
#include <vector>

#include "domain/agenda.h"
#include "domain/catalog.h"

/// Product instance (TMF637) and service instance (TMF638): what the inventory holds. A product and its service instances
/// are one family; the product's decision writes the service streams too.
namespace comd::product {

enum class Status : std::uint8_t {  // on disk; TMF637 spellings in to_text
  absent = 0,
  created = 1,
  pending_active = 2,
  cancelled = 3,
  active = 4,
  pending_terminate = 5,
  terminated = 6,
  suspended = 7,
  aborted = 8,
};
std::string_view to_text(Status);

enum class ServiceState : std::uint8_t {
  absent = 0,
  feasibility_checked = 1,
  designed = 2,
  reserved = 3,
  inactive = 4,
  active = 5,
  terminated = 6
};  // TMF638
std::string_view to_text(ServiceState);

/// What the inventory knows of one service of a product; handed to decomposition, so a teardown follows what is there.
struct ServiceRecord {
  ServiceId id;
  std::string key;
  std::uint32_t site = 0;
  std::string specification;  ///< "name@version"
  std::string target;
  ServiceState state = ServiceState::absent;
  Values characteristics;  ///< as last activated
  Values outputs;
  std::vector<ServiceId> depends_on;
  bool operator==(const ServiceRecord&) const = default;
};

struct Snapshot {
  ProductId id;
  TenantId tenant;
  Status status = Status::absent;
  OfferingRef offering;
  Values characteristics;
  std::vector<PlaceRef> places;
  std::vector<PartyRef> parties;
  std::vector<ServiceRecord> services;
  OrderId claimed_by;
  std::string catalog_version;
  bool operator==(const Snapshot&) const = default;
};

/// How the fulfilment of one product ended.
enum class Outcome : std::uint8_t { completed = 1, partial = 2, failed = 3, cancelled = 4 };
std::string_view to_text(Outcome);

/// The table of (action, outcome, previous status) → status. Total.
Status next_status(Action, Outcome, Status before);

// ── Commands (effects of product orders) ────────────────────────────────────────────────────────────────────────────
struct Claim {
  OrderId order;
  std::string item;
  Action action{};
  bool queue = false;  ///< where another order has it: wait in line, instead of being refused
};
/// The order does not want to change it any more. What it has been granted already it gives back by writing.
struct Withdraw {
  OrderId order;
};
struct Write {  ///< the fulfilment of this product is stable; releases the claim
  OrderId order;
  std::string item;
  Action action{};
  Outcome outcome{};
  Snapshot product;  ///< as it is now, services included; status is decided here
};
struct SettlePush {
  std::uint64_t version = 0;
  bool ok = false;
  std::string detail;
};
struct TimerDue {
  std::string name;
};
using Command = std::variant<Claim, Write, SettlePush, TimerDue, Withdraw>;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Claimed {
  OrderId order;
  std::string item;
  Action action{};
  Status status{};
  bool operator==(const Claimed&) const = default;
};
struct Written {
  OrderId order;
  std::string item;
  Action action{};
  Outcome outcome{};
  Status before{};
  Snapshot product;
  bool push = false;
  Instant push_by{};
  bool operator==(const Written&) const = default;
};
struct Pushed {
  std::uint64_t version = 0;
  bool operator==(const Pushed&) const = default;
};
struct PushDelayed {
  std::uint64_t version = 0;
  std::uint32_t attempts = 0;
  std::string detail;
  Instant next{};
  bool operator==(const PushDelayed&) const = default;
};
/// It waits in line for the claim.
struct ClaimQueued {
  OrderId order;
  std::string item;
  Action action{};
  bool operator==(const ClaimQueued&) const = default;
};
/// It left the line without having been granted the claim.
struct ClaimDropped {
  OrderId order;
  std::string item;
  std::string reason;
  bool operator==(const ClaimDropped&) const = default;
};
using Event = std::variant<Claimed, Written, Pushed, PushDelayed, ClaimQueued, ClaimDropped>;

struct State {
  Snapshot product;
  std::string claimed_item;
  Action claimed_action{};
  Status before_claim = Status::absent;
  OrderId last_order;            ///< last writer
  std::set<std::string> orders;  ///< "order/item" that wrote it, for productOrderItem: repeats of its write record nothing
  std::uint64_t writes = 0, pushed = 0;
  std::uint32_t push_attempts = 0;
  Instant push_at{};
  bool push_wanted = false;
  std::vector<ClaimQueued> queue;  ///< who waits for the claim, first come first served; empty while nobody has it
  bool operator==(const State&) const = default;
};

struct Context {
  Instant now{};
  double jitter = 0;
  bool push = false;  ///< an external product inventory is configured
};

Result<std::vector<Event>, Rejection> decide(const State&, const Command&, const Context&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

/// Whether a product of this status can be changed so.
bool allows(Action, Status);

/// Its place among those that wait for the claim, from 1; 0: it does not wait.
std::uint32_t place_in_line(const State&, const OrderId&);

/// What each service's own stream records of a write: the services that differ from what the product held before.
std::vector<ServiceRecord> changed_services(const State& before, const Written&);

}  // namespace comd::product

/// A service instance's own stream: written by the product's append, and by news years later.
namespace comd::service {

struct Changed {
  TenantId tenant;
  ProductId product;
  OrderId order;
  product::ServiceRecord record;
  bool operator==(const Changed&) const = default;
};
enum class NewsKind : std::uint8_t {
  suspended = 1,
  resumed = 2,
  degraded = 3,
  restored = 4,
  terminated = 5,
  changed = 6
};  // on disk
std::string_view to_text(NewsKind);
struct NewsRecorded {
  std::string id;
  NewsKind kind{};
  std::string message;
  Values characteristics;
  std::string reporter;
  bool operator==(const NewsRecorded&) const = default;
};
using Event = std::variant<Changed, NewsRecorded>;

struct TakeNews {
  std::string id;
  NewsKind kind{};
  std::string message;
  Values characteristics;
  std::string reporter;
};
using Command = std::variant<TakeNews>;

struct State {
  TenantId tenant;
  ProductId product;
  OrderId last_order;
  product::ServiceRecord record;
  std::string operating_status;  ///< "", "degraded", "suspended"
  std::set<std::string> news;    ///< ids seen
  bool operator==(const State&) const = default;
};

Result<std::vector<Event>, Rejection> decide(const State&, const Command&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

}  // namespace comd::service
