#pragma once
#include <variant>
#include <vector>

#include "domain/plan.h"
#include "domain/rollup.h"

/// What happens to a product order. Past tense; stored: an event never changes its meaning once it is released.
namespace comd::product_order {

enum class Settlement : std::uint8_t { completed = 1, partial = 2, failed = 3, rejected = 4, cancelled = 5 };  // on disk
std::string_view to_text(Settlement);

enum class UnwindCause : std::uint8_t { failure = 1, cancellation = 2 };  // on disk

/// Why an order is expected to miss its date. On disk.
enum class JeopardyKind : std::uint8_t {
  plan = 1,        ///< the expected durations take longer than there is time
  late_start = 2,  ///< a service order started late: what it waited for took too long
  overrun = 3,     ///< a service order takes longer than expected
  partner = 4,     ///< its activation system expects a service order too late
  person = 5,      ///< somebody has to decide
  inventory = 6,   ///< all is done but the update of the product inventory
};
std::string_view to_text(JeopardyKind);

/// What stands against undoing a service order.
struct Obstacle {
  ServiceOrderId service_order;
  std::string item;
  std::string why;
  bool operator==(const Obstacle&) const = default;
};

struct Submitted {
  OrderId id;
  Order order;
  std::string digest;
  std::string catalog_version;
  std::string catalog_digest;
  FailurePolicy policy{};
  Millis hold_review{};
  Instant at{};
  bool operator==(const Submitted&) const = default;
};
struct Postponed {
  Instant until{};
  bool operator==(const Postponed&) const = default;
};
struct ClaimsRequested {
  std::vector<std::pair<ProductId, std::string>> products;
  Instant deadline{};
  bool queue = false;  ///< a product that another order is changing is waited for; otherwise the order fails
  bool operator==(const ClaimsRequested&) const = default;
};  ///< product, item
/// It is in line for a product that another order is changing. Recorded anew when the line has moved.
struct ClaimWaits {
  ProductId product;
  OrderId claimed_by;
  std::uint32_t place = 0;  ///< from 1
  bool operator==(const ClaimWaits&) const = default;
};
struct ClaimSettled {
  ProductId product;
  bool granted = false;
  product::Snapshot snapshot;
  std::string reason;
  bool operator==(const ClaimSettled&) const = default;
};
struct Decomposed {
  Plan plan;
  bool operator==(const Decomposed&) const = default;
};
struct Released {
  ServiceOrderId service_order;
  Values inputs;
  Instant deadline{};
  Instant at{};
  bool operator==(const Released&) const = default;
};
struct Settled {
  ServiceOrderId service_order;
  Settlement outcome{};
  Values inputs;
  Values outputs;
  service_order::Fault fault;
  Then then = Then::fail;
  bool skipped = false;
  bool operator==(const Settled&) const = default;
};
struct Dropped {
  ServiceOrderId service_order;
  std::string reason;
  bool operator==(const Dropped&) const = default;
};  ///< never released: it will not be
struct ServiceOrderHeld {
  ServiceOrderId service_order;
  bool held = false;
  std::string reason;
  bool operator==(const ServiceOrderHeld&) const = default;
};
struct PonrReached {
  ServiceOrderId service_order;
  bool operator==(const PonrReached&) const = default;
};
struct Overdue {
  std::vector<ServiceOrderId> service_orders;
  std::uint32_t count = 0;
  Instant next{};
  bool operator==(const Overdue&) const = default;
};
struct CancelRequested {
  std::string reason;
  std::string requested_by;
  Instant at{};  ///< 0.1.0 did not record it
  bool operator==(const CancelRequested&) const = default;
};
/// It was assessed, and something stands against it: the order stays as it is.
struct CancelDenied {
  std::string reason;
  std::string requested_by;
  std::vector<Obstacle> obstacles;
  Instant at{};
  bool operator==(const CancelDenied&) const = default;
};
struct UnwindStarted {
  UnwindCause cause{};
  std::string reason;
  bool operator==(const UnwindStarted&) const = default;
};
struct CompensationPlanned {
  std::vector<service_order::Spec> service_orders;
  std::vector<std::pair<ServiceOrderId, std::string>> remainder;
  bool operator==(const CompensationPlanned&) const = default;
};
struct Held {
  std::string reason;
  Instant review_at{};
  std::uint32_t reviews = 0;
  Instant at{};
  bool by_hand = false;
  bool operator==(const Held&) const = default;
};
struct WritesRequested {
  std::vector<std::pair<ProductId, product::Outcome>> products;
  Instant deadline{};
  bool operator==(const WritesRequested&) const = default;
};
struct WriteSettled {
  ProductId product;
  product::Status status{};
  bool operator==(const WriteSettled&) const = default;
};
struct EffectsOverdue {
  Instant next{};
  std::uint32_t count = 0;
  bool operator==(const EffectsOverdue&) const = default;
};  ///< claims or writes took too long: sent again
struct Closed {
  OrderStatus status{};
  std::string reason;
  Instant at{};
  bool operator==(const Closed&) const = default;
};
/// A person took part; the events that follow say what it led to.
struct Intervened {
  ServiceOrderId service_order;
  Intervention what;
  Instant at{};
  bool operator==(const Intervened&) const = default;
};
/// A service order that had failed is started anew, as the person wants it.
struct Reopened {
  ServiceOrderId service_order;
  Intervention what;
  Instant deadline{};
  Instant at{};
  bool operator==(const Reopened&) const = default;
};
struct HoldLifted {
  bool accepted = false;  ///< what failed stays failed, and the order goes on without it
  bool operator==(const HoldLifted&) const = default;
};
/// Orders with a date: expected to meet it. If nothing moves until `late_from`, it no longer is. Ends a jeopardy.
struct OnTime {
  Instant expected{};
  Instant late_from{};
  bool operator==(const OnTime&) const = default;
};
/// Orders with a date: expected to miss it. Raised again when the cause is another.
struct JeopardyRaised {
  ServiceOrderId service_order;  ///< the one that makes it late; empty: none does
  JeopardyKind kind{};
  std::string cause;
  Instant expected{};
  Instant at{};
  bool operator==(const JeopardyRaised&) const = default;
};
/// What an activation system expects.
struct ServiceOrderExpected {
  ServiceOrderId service_order;
  Instant completion{};
  bool operator==(const ServiceOrderExpected&) const = default;
};
/// A service order under way is wanted with other characteristics.
struct Amendment {
  ServiceOrderId service_order;
  Values characteristics;
  bool operator==(const Amendment&) const = default;
};
/// From now on this is the order. What is superseded is dropped, cancelled at its partner, or undone; `plan` has what is new as
/// service orders, and the products as they are wanted now, with the service orders that are kept or amended.
struct Revised {
  std::uint32_t revision = 2;
  Order order;
  std::string digest;
  FailurePolicy policy{};
  Plan plan;
  std::vector<ServiceOrderId> superseded;
  std::string requested_by, reason;
  Instant at{};
  std::vector<Amendment> amended = {};  ///< kept, with other characteristics: their activation systems are told
  bool operator==(const Revised&) const = default;
};
/// A revision that waits until what an earlier one does away with is gone. `revision`: as it was numbered then.
struct RevisionQueued {
  std::uint32_t revision = 3;
  Order order;
  std::string digest;
  std::string catalog_version;
  std::string requested_by, reason;
  bool accept_cost = false;
  Instant at{};
  bool operator==(const RevisionQueued&) const = default;
};
/// The first that waited is not carried out.
struct RevisionDropped {
  std::uint32_t revision = 3;
  std::string why;
  Instant at{};
  bool operator==(const RevisionDropped&) const = default;
};
/// Which of the orders it starts after are not complete yet, as looked at now. `next`: looked at again; Instant{}: no more, nothing
/// depends on another order any longer.
struct OrdersAwaited {
  std::vector<OrderId> orders;
  Instant next{};
  std::uint32_t checks = 1;
  bool operator==(const OrdersAwaited&) const = default;
};
/// Service orders that have not begun, and may not before then. Instant{}: any time.
struct Scheduled {
  std::vector<std::pair<ServiceOrderId, Instant>> not_before;
  bool operator==(const Scheduled&) const = default;
};
/// A person holds an item and what is bundled under it: nothing more of it is started. `held` false: no longer.
struct ItemHeld {
  std::string item;
  bool held = false;
  std::string reason;
  Instant review_at{};
  std::uint32_t reviews = 0;
  Instant at{};
  bool operator==(const ItemHeld&) const = default;
};
/// Somebody wants the whole order cancelled, and these are asked first. Until they have ended, or one of them is refused, nothing more
/// is started.
struct CancelAssessing {
  std::string reason;
  std::string requested_by;
  std::vector<ServiceOrderId> asked;
  bool accept_cost = false;
  Instant at{};
  bool operator==(const CancelAssessing&) const = default;
};
/// What a revision wanted amended is done so from now on; or it is not, and something else must take its place.
struct AmendAnswered {
  ServiceOrderId service_order;
  std::uint32_t revision = 2;
  bool accepted = false;
  std::string detail;
  bool in_doubt = false;  ///< not accepted, but it may be done as amended all the same
  bool operator==(const AmendAnswered&) const = default;
};
/// With its service orders, in the same commit. Nothing is recorded of any of them after it.
struct Archived {
  std::string by, reason;
  Instant at{};
  bool operator==(const Archived&) const = default;
};
using Event = std::variant<Submitted, Postponed, ClaimsRequested, ClaimSettled, Decomposed, Released, Settled, Dropped,
                           ServiceOrderHeld, PonrReached, Overdue, CancelRequested, UnwindStarted, CompensationPlanned, Held,
                           WritesRequested, WriteSettled, EffectsOverdue, Closed, Intervened, Reopened, HoldLifted, OnTime,
                           JeopardyRaised, ServiceOrderExpected, Archived, Revised, CancelDenied, OrdersAwaited, Scheduled,
                           ItemHeld, CancelAssessing, ClaimWaits, AmendAnswered, RevisionQueued, RevisionDropped>;

}  // namespace comd::product_order
