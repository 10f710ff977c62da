#pragma once
#include <map>
#include <set>
#include <variant>
#include <vector>

#include "domain/plan.h"
#include "domain/rollup.h"

/// One product order. A submission is refused or acknowledged by the command that brought it; the decision that makes the plan
/// also opens every service order's stream. Then it releases service orders as their prerequisites complete, and on failure or
/// cancellation unwinds: quiets what runs, undoes what was done, tells the truth.
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

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Submit {
  Order order;
  std::string digest;
  std::string catalog_version;
};  ///< version empty: the newest
/// `accept_remainder`: a person accepts what could not be undone, and the order ends.
struct Cancel {
  std::string reason;
  std::string requested_by;
  bool accept_remainder = false;
};
struct NoteSettled {
  ServiceOrderId service_order;
  Settlement outcome{};
  Values inputs;
  Values outputs;
  service_order::Fault fault;
  Then then = Then::fail;
  std::uint32_t reopens = 0;  ///< of the service order: an answer from before it was started anew is not this one's
  bool skipped_by_hand = false;
};
struct NoteHeld {
  ServiceOrderId service_order;
  bool held = false;
  std::string reason;
};
struct NotePonr {
  ServiceOrderId service_order;
};
/// The activation system said when it expects to be done. Told only where the order has a date.
struct NoteExpected {
  ServiceOrderId service_order;
  Instant completion{};
};
struct SettleClaim {
  ProductId product;
  bool granted = false;
  product::Snapshot snapshot;
  std::string reason;
};
struct SettleWrite {
  ProductId product;
  product::Status status{};
};
struct TimerDue {
  std::string name;
};
/// `service_order` empty: the order, or every service order of it that the remedy can be for.
struct Intervene {
  ServiceOrderId service_order;
  Intervention what;
  std::optional<Version> if_version = {};  ///< decided on that version of the stream: refused if it has moved since
};
/// It is over, and leaves what is at hand: with its service orders, and only if all of them have ended and nothing is under way.
struct Archive {
  std::string by, reason;
};
using Command = std::variant<Submit, Cancel, NoteSettled, NoteHeld, NotePonr, SettleClaim, SettleWrite, TimerDue, Intervene,
                             NoteExpected, Archive>;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
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
  bool operator==(const ClaimsRequested&) const = default;
};  ///< product, item
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
  bool operator==(const CancelRequested&) const = default;
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
/// With its service orders, in the same commit. Nothing is recorded of any of them after it.
struct Archived {
  std::string by, reason;
  Instant at{};
  bool operator==(const Archived&) const = default;
};
using Event = std::variant<Submitted, Postponed, ClaimsRequested, ClaimSettled, Decomposed, Released, Settled, Dropped,
                           ServiceOrderHeld, PonrReached, Overdue, CancelRequested, UnwindStarted, CompensationPlanned, Held,
                           WritesRequested, WriteSettled, EffectsOverdue, Closed, Intervened, Reopened, HoldLifted, OnTime,
                           JeopardyRaised, ServiceOrderExpected, Archived>;

inline constexpr std::string_view kStartTimer = "start", kServiceOrdersTimer = "service-orders", kEffectsTimer = "inventory",
                                  kReviewTimer = "review", kJeopardyTimer = "jeopardy";

/// One service order of the plan, as the product order sees it.
struct Node {
  service_order::Spec spec;
  Progress progress = Progress::not_started;
  Values inputs, outputs;
  service_order::Fault fault;
  Instant deadline{};
  Instant started_at{};
  std::optional<Instant> expected;  ///< as its activation system said
  bool ponr_reached = false;
  bool released = false, cancel_told = false;
  std::uint32_t nudges = 0;
  std::uint32_t reopens = 0;
  Intervention reopening;  ///< the last one
  std::string reason;
  bool operator==(const Node&) const = default;
};

struct Claim {
  std::string item;
  bool settled = false, granted = false;
  product::Snapshot snapshot;
  std::string reason;
  bool operator==(const Claim&) const = default;
};
struct Write {
  product::Outcome outcome{};
  bool settled = false;
  product::Status status{};
  bool operator==(const Write&) const = default;
};

struct State {
  OrderId id;
  OrderStatus status = OrderStatus::absent;
  Order order;
  std::string digest;
  std::string catalog_version, catalog_digest;
  FailurePolicy policy{};
  Millis hold_review{};
  Instant submitted_at{}, closed_at{}, archived_at{};
  std::map<ProductId, Claim> claims;
  std::vector<ProductPlan> products;
  std::vector<Node> nodes;                      ///< plan order, compensations after
  std::map<ServiceOrderId, std::size_t> index;  ///< into nodes
  bool decomposed = false;
  bool unwinding = false, compensation_planned = false;
  UnwindCause unwind_cause{};
  std::vector<std::pair<ServiceOrderId, std::string>> remainder;
  std::map<ProductId, Write> writes;
  std::map<std::string, Instant, std::less<>> timers;
  std::uint32_t overdue = 0, effects_overdue = 0, reviews = 0;
  bool on_hold = false;       ///< a person decides
  bool held_by_hand = false;  ///< not by policy
  bool accepted = false;      ///< what failed may stay failed
  Instant held_at{};
  Interventions interventions;
  std::string assignee;
  bool cancel_requested = false;
  std::string cancel_reason;
  std::optional<JeopardyRaised> jeopardy;  ///< while it is expected to miss its date
  std::optional<Instant> expected;         ///< completion, as last recorded: orders with a date only
  std::string reason;                      ///< why it is where it is
  bool archived() const { return archived_at != Instant{}; }
  bool operator==(const State&) const = default;
};

struct Context {
  Instant now{};
  const CatalogSet* catalogs = nullptr;
  Inventory inventory;               ///< Submit only: the products the order names, as the store has them
  std::string still_busy_with = {};  ///< Archive only: what of its service orders has not ended, or is under way; empty: nothing
};

/// What a decision makes durable in one append: this order's events, and the first events of service orders it opens.
struct Decision {
  std::vector<Event> events;
  std::vector<std::pair<ServiceOrderId, std::vector<service_order::Event>>> opened;
  std::vector<ServiceOrderId> archived;  ///< to each of these streams, service_order::Archived
};

/// `id` is the stream's; a fresh state does not know its own name.
Result<Decision, Rejection> decide(const OrderId& id, const State&, const Command&, const Context&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

/// What a tell of `agenda` stands for.
service_order::Command message_of(const State&, const Tell&);
/// What an inventory effect of `agenda` stands for: the product and the command to it.
std::pair<ProductId, product::Command> product_command_of(const State&, const Effect&);

/// What a tell of a service order's agenda stands for.
Command note_of(const service_order::State&, const Tell&);

/// Why a service order keeps its order from being archived; empty: it does not.
std::string busy_with(const service_order::State&);

/// The strictest policy among the offerings: an order is undone as a whole if any part of it must be.
FailurePolicy policy_of(const Order&, const Catalog&);

/// Text: what a rollback or cancellation left in place; the first failure; why an order ended without completing.
std::string not_undone(const State&);
std::string failure_of(const State&);
std::string cause_of_end(const State&);

/// How the fulfilment of one product of the plan ended, as far as the service orders say.
product::Outcome product_outcome(const State&, const ProductPlan&);

/// Its undoing was planned, or found to be impossible.
bool undo_decided(const State&, const ServiceOrderId&);

/// It ended without having done its work, and a person may have it started anew: now, while this phase of the order lasts.
bool can_reopen(const State&, const Node&);

ItemStatus item_status(const State&, std::string_view item);

}  // namespace comd::product_order
