#pragma once
#include <functional>
#include <map>
#include <set>
#include <variant>
#include <vector>

#include "domain/product_order_events.h"
#include "domain/product_order_tally.h"

/// One product order. A submission is refused or acknowledged by the command that brought it; the decision that makes the plan
/// also opens every service order's stream. Then it releases service orders as their prerequisites complete, and on failure or
/// cancellation unwinds: quiets what runs, undoes what was done, tells the truth.
namespace comd::product_order {

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Submit {
  Order order;
  std::string digest;
  std::string catalog_version;
};  ///< version empty: the newest
/// `accept_remainder`: a person accepts what could not be undone, and the order ends. `accept_cost`: of undoing what is past a soft
/// point of no return.
struct Cancel {
  std::string reason;
  std::string requested_by;
  bool accept_remainder = false;
  bool accept_cost = false;
  std::optional<Version> if_version = {};  ///< decided on that version of the stream: refused if it has moved since
};
/// A later version of the whole order. The same one again adds nothing.
struct Revise {
  Order order;
  std::string digest;
  std::uint32_t revision = 2;   ///< one more than the order's
  std::string catalog_version;  ///< empty: the one it was planned with
  std::string requested_by, reason;
  bool accept_cost = false;  ///< of undoing what is past a soft point of no return
  std::optional<Version> if_version = {};
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
  std::uint32_t amended = 0;  ///< the revision that it was amended by last
  bool amend_doubt = false;   ///< it ended before a later one was answered
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
/// The service order was asked whether it can be cancelled, and its activation system says no.
struct NoteCancelRefused {
  ServiceOrderId service_order;
  std::string detail;
};
/// What became of an amendment, of a service order that has not ended.
struct NoteAmended {
  ServiceOrderId service_order;
  std::uint32_t revision = 0;
  bool accepted = false;
  std::string detail;
  bool in_doubt = false;
};
/// Another order that it depends on may have ended.
struct CheckRelated {};
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
/// A product that it claims is another order's for now.
struct NoteInLine {
  ProductId product;
  OrderId claimed_by = {};
  std::uint32_t place = 0;  ///< in line, from 1
};
struct TimerDue {
  std::string name;
};
/// `service_order` empty: the order, or every service order of it that the remedy can be for.
struct Intervene {
  ServiceOrderId service_order;
  Intervention what;
  std::optional<Version> if_version = {};
};
/// It is over, and leaves what is at hand: with its service orders, and only if all of them have ended and nothing is under way.
struct Archive {
  std::string by, reason;
};
using Command = std::variant<Submit, Cancel, NoteSettled, NoteHeld, NotePonr, SettleClaim, SettleWrite, TimerDue, Intervene,
                             NoteExpected, Revise, Archive, NoteCancelRefused, CheckRelated, NoteInLine, NoteAmended>;

inline constexpr std::string_view kStartTimer = "start", kServiceOrdersTimer = "service-orders", kEffectsTimer = "inventory",
                                  kReviewTimer = "review", kJeopardyTimer = "jeopardy", kRelatedTimer = "related-orders",
                                  kItemReviewTimer = "item-review";

/// What a service order is wanted with now, while it has not answered.
struct Amending {
  std::uint32_t revision = 0;
  Values characteristics;
  Values inputs;
  bool operator==(const Amending&) const = default;
};

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
  bool superseded = false;           ///< a revision does not want it any more
  bool waited = false;               ///< it was not ready when it was planned: it is told of its release
  bool asked = false;                ///< whether it can be cancelled, for an assessment
  Instant not_before{};              ///< it may not begin earlier
  std::uint32_t cancels_denied = 0;  ///< times it was asked in vain
  std::uint32_t priority_told = 0;
  std::uint32_t nudges = 0;
  std::uint32_t reopens = 0;
  Intervention reopening;  ///< the last one
  std::optional<Amending> amending;
  std::string amend_refused;  ///< why it cannot be amended; empty: it never refused
  bool amend_doubt = false;   ///< whether it is done as it was or as amended is not known
  bool unwanted = false;      ///< it refused, and is not as the order wants it: to be done the other way
  std::string reason;
  bool operator==(const Node&) const = default;
};

struct Claim {
  std::string item;
  bool settled = false, granted = false;
  product::Snapshot snapshot;
  std::string reason;       ///< why it was refused; empty: it was not, but withdrawn
  OrderId claimed_by;       ///< whom it waits for
  std::uint32_t place = 0;  ///< in line for it, from 1; 0: it does not wait in line
  bool operator==(const Claim&) const = default;
};
struct Write {
  product::Outcome outcome{};
  bool settled = false;
  product::Status status{};
  bool operator==(const Write&) const = default;
};

/// A person holds an item.
struct HeldItem {
  std::string reason;
  std::set<std::string, std::less<>> covers;  ///< it, and what is bundled under it
  Instant since{}, review_at{};
  std::uint32_t reviews = 0;
  bool operator==(const HeldItem&) const = default;
};

/// TMF622's TaskStateType; its `acknowledged` is never seen: a cancellation is assessed by the command that brings it.
enum class TaskState : std::uint8_t { in_progress, done, terminated_with_error };
std::string_view to_text(TaskState);

/// Somebody wanted the whole order cancelled.
struct CancelTask {
  std::uint32_t number = 1;
  TaskState state{};
  std::string reason;
  std::string requested_by;
  Instant requested_at{};
  Instant ended_at{};
  std::vector<Obstacle> obstacles;  ///< why it was denied
  bool operator==(const CancelTask&) const = default;
};
/// At most this many are kept; the oldest goes.
inline constexpr std::size_t kCancelTasksKept = 16;

struct State {
  OrderId id;
  OrderStatus status = OrderStatus::absent;
  Order order;
  std::uint32_t revision = 1;
  std::string digest;
  std::vector<RevisionQueued> queued;  ///< oldest first
  std::vector<std::string> earlier;    ///< digests of earlier revisions: a repeated submission still means this order
  /// Whom earlier revisions named, and in `sealed` the key of what was sealed about them; no id: about all of them.
  std::vector<PartyRef> former;
  std::string catalog_version, catalog_digest;
  FailurePolicy policy{};
  Millis hold_review{};
  Instant submitted_at{}, closed_at{}, archived_at{};
  std::map<ProductId, Claim> claims;
  bool queues = false;  ///< a claimed product is waited for
  std::vector<ProductPlan> products;
  std::vector<Node> nodes;                      ///< plan order, compensations after
  std::map<ServiceOrderId, std::size_t> index;  ///< into nodes
  Tally tally;                                  ///< of nodes, claims and writes
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
  std::map<std::string, HeldItem, std::less<>> held_items;
  std::vector<OrderId> awaited;  ///< of the orders it starts after, those that are not complete
  std::uint32_t related_checks = 0;
  std::uint32_t priority_changes = 0;
  std::optional<CancelAssessing> assessment;  ///< while service orders are asked whether they can be cancelled
  bool cancel_requested = false;
  std::string cancel_reason;
  std::vector<CancelTask> cancel_tasks;    ///< oldest first
  std::optional<JeopardyRaised> jeopardy;  ///< while it is expected to miss its date
  std::optional<Instant> expected;         ///< completion, as last recorded: orders with a date only
  std::string reason;                      ///< why it is where it is
  std::string unwind_reason;
  bool archived() const { return archived_at != Instant{}; }
  bool operator==(const State&) const = default;
};

/// Another order, as the store has it.
struct Related {
  TenantId tenant;
  OrderStatus status{};
  std::vector<OrderRelation> relations;
};

using FindRelated = std::function<Result<std::optional<Related>, Rejection>(const OrderId&)>;
/// The orders it is related to; `closure`: and those that they are related to, and so on. What does not exist is not in it. Whoever
/// decides fills Context::related with it.
Result<std::map<OrderId, Related>, Rejection> related_to(const Order&, bool closure, const FindRelated&);

struct Context {
  Instant now{};
  const CatalogSet* catalogs = nullptr;
  Inventory inventory;  ///< Submit and Revise: the products the order names, as the store has them
  /// The orders it is related to; for Submit and Revise also those that these are related to, and so on. What does not exist is not
  /// in it.
  std::map<OrderId, Related> related = {};
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

/// The agenda in parts, by the stream that they are about: each service order has one, and each product; the order's own, with all its
/// wake-ups, is that of no name. Together they are the agenda.
Agenda agenda(const State&, const StreamId& part);
/// All but the order's own. Some may be empty.
std::set<StreamId> parts_of(const State&);
struct Touched {
  bool all = false;
  std::set<StreamId> parts;
};
/// What an event touches, besides the order's own part: the others are what they were. `after`: the state that it has led to.
void touch(Touched&, const State& after, const Event&);

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

/// What a cancellation would undo only at a cost: past a soft point of no return. `hard`: what it could not undo.
std::vector<Obstacle> costs_of_cancelling(const State&, const CatalogSet&);
std::vector<Obstacle> obstacles_to_cancelling(const State&, const CatalogSet&);

/// It is the order's, or waits to be, or was: the same one sent again.
bool is_known(const State&, const Revise&);
/// At most this many revisions of an order wait.
inline constexpr std::size_t kQueuedRevisionsMax = 16;

/// It has not come to its end.
bool is_open(const Node&);
/// What it is begun with: its characteristics, and the outputs that are bound to them.
Values inputs_of(const State&, const Node&, const Values& characteristics);
/// It has come past its specification's point of no return, and that is one of this kind.
bool is_past(const Node&, const CatalogSet&, PointOfNoReturn kind);
/// What it was for is there, or a part of it.
bool did_work(const Node&);

/// Superseded, and nothing of it is there, or will be.
bool is_gone(const State&, const Node&);

/// Its undoing was planned, or found to be impossible.
bool undo_decided(const State&, const ServiceOrderId&);

/// It ended without having done its work, and a person may have it started anew: now, while this phase of the order lasts.
bool can_reopen(const State&, const Node&);

/// It is over before all it wanted to change was granted: it gives up its places in line.
bool withdraws_claims(const State&);

/// What the items of an order are shown as. To be made once for many of them.
class ItemStatuses {
 public:
  explicit ItemStatuses(const State&);
  ItemStatus of(std::string_view item) const;

 private:
  struct Found;
  void collect(std::string_view item, Found&) const;

  const State& s_;
  std::map<std::string_view, const OrderItem*> items_;
  std::map<std::string_view, std::vector<const Node*>> nodes_;  ///< by item, without what undoes
};
ItemStatus item_status(const State&, std::string_view item);

/// A person holds it, or an item that it is bundled under.
bool is_held(const State&, std::string_view item);
/// It, and what is bundled under it, at any depth.
std::set<std::string, std::less<>> bundled_under(const Order&, std::string_view item);
/// Nothing more is started for now, or nothing of its item. What undoes is never held back.
bool is_held_back(const State&, const Node&);
/// What it depends on, or takes the place of, has not come to its end.
bool waits_for_others(const State&, const Node&);

/// Orders whose end matters to this one.
std::vector<OrderId> watched(const State&);

}  // namespace comd::product_order
