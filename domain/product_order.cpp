#include "domain/product_order.h"

#include <algorithm>

#include "domain/overload.h"
#include "domain/product_order_evolve.h"

namespace comd::product_order {

void add_nodes(State& s, const std::vector<service_order::Spec>& specs) {
  const std::size_t first = s.nodes.size();
  for (const auto& spec : specs) {
    s.index[spec.id] = s.nodes.size();
    Node node;
    node.spec = spec;
    node.waited = !spec.depends_on.empty() || !spec.replaces.empty() || is_held_back(s, node);
    s.nodes.push_back(std::move(node));
  }
  link(s, first);
}

Node* find(State& s, const ServiceOrderId& id) {
  auto found = s.index.find(id);
  return found == s.index.end() ? nullptr : &s.nodes[found->second];
}

bool waits(const Node& node) { return node.progress == Progress::running || node.progress == Progress::held; }

void set_timer(State& s, std::string_view name, std::optional<Instant> due) {
  const auto found = s.timers.find(name);
  if (due && found != s.timers.end())
    found->second = *due;
  else if (due)
    s.timers.emplace(name, *due);
  else if (found != s.timers.end())
    s.timers.erase(found);
}

void forget_date(State& s) {
  s.jeopardy.reset();
  s.expected.reset();
  s.timers.erase(std::string(kJeopardyTimer));
}

namespace {

Progress progress_of(const Settled& e) {
  if (e.skipped) return Progress::skipped;
  switch (e.outcome) {
    case Settlement::completed: return Progress::done;
    case Settlement::partial: return Progress::partly_done;
    case Settlement::failed:
    case Settlement::rejected: return Progress::failed;
    case Settlement::cancelled: return Progress::cancelled;
  }
  return Progress::failed;
}

/// When the next service order may begin that waits for nothing but its date.
std::optional<Instant> next_start(const State& s) {
  const auto& ready = s.tally.ready;
  for (auto next = ready.upper_bound({Instant{}, s.nodes.size()}); next != ready.end(); ++next)
    if (const Node& node = s.nodes[next->second]; !is_held_back(s, node) && !waits_for_others(s, node)) return next->first;
  return std::nullopt;
}

std::optional<Instant> next_review(const State& s) {
  std::optional<Instant> out;
  for (const auto& [item, one] : s.held_items) out = out ? std::min(*out, one.review_at) : one.review_at;
  return out;
}

/// A person decides about a service order, or holds the item of one that has not begun.
bool is_held(const State& s) {
  const auto has_not_begun = [&](const std::string& item) { return s.tally.not_started.contains(item); };
  return s.tally.count(Progress::held) > 0 || std::ranges::any_of(s.held_items, [&](const auto& held) {
           return std::ranges::any_of(held.second.covers, has_not_begun);
         });
}

void lift_hold(State& s, std::string reason) {
  s.on_hold = s.held_by_hand = false;
  s.timers.erase(std::string(kReviewTimer));
  s.reason = std::move(reason);
}

/// Status and the service orders' timer follow from the rest.
void refresh(State& s) {
  if (is_final(s.status)) {
    s.timers.clear();
    return;
  }
  const Tally& t = s.tally;
  const bool running = t.count(Progress::running) > 0, failed = t.count(Progress::failed) > 0;
  const bool done = t.count(Progress::done) + t.count(Progress::partly_done) > 0;
  const bool held = is_held(s);
  set_timer(s, kServiceOrdersTimer, t.deadlines.empty() ? std::nullopt : std::optional(t.deadlines.begin()->first));
  set_timer(s, kItemReviewTimer, next_review(s));
  if (s.decomposed) set_timer(s, kStartTimer, next_start(s));
  if (s.on_hold || (held && !running))
    s.status = OrderStatus::held;
  else if (s.unwinding)
    s.status = s.unwind_cause == UnwindCause::cancellation ? OrderStatus::pending_cancellation : OrderStatus::compensating;
  else if (s.cancel_requested || s.assessment)
    s.status = OrderStatus::assessing_cancellation;
  else if (s.decomposed)
    s.status = done && (failed || held) ? OrderStatus::partially_completed : OrderStatus::in_progress;
}

}  // namespace

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Submitted& e) {
                   s.status = OrderStatus::acknowledged;
                   s.id = e.id;
                   s.order = e.order;
                   list_offerings(s);
                   s.digest = e.digest;
                   s.catalog_version = e.catalog_version;
                   s.catalog_digest = e.catalog_digest;
                   s.policy = e.policy;
                   s.hold_review = e.hold_review;
                   s.submitted_at = e.at;
                 },
                 [&](const Postponed& e) {
                   s.status = OrderStatus::pending;
                   s.reason = "requested start date is ahead";
                   s.timers[std::string(kStartTimer)] = e.until;
                 },
                 [&](const ClaimsRequested& e) {
                   s.status = OrderStatus::acknowledged;
                   s.reason = "claiming the products it changes";
                   s.timers.erase(std::string(kStartTimer));
                   s.queues = e.queue;
                   for (const auto& [product, item] : e.products) {
                     Claim& claim = s.claims[product];
                     claim.item = item;
                     if (!claim.settled) s.tally.unclaimed.insert(product);
                   }
                   s.timers[std::string(kEffectsTimer)] = e.deadline;
                 },
                 [&](const ClaimSettled& e) {
                   Claim& claim = s.claims[e.product];
                   claim.settled = true;
                   s.tally.unclaimed.erase(e.product);
                   claim.granted = e.granted;
                   claim.snapshot = e.snapshot;
                   claim.reason = e.reason;
                   if (!e.granted && !e.reason.empty())
                     s.reason = e.reason;
                   else if (claim.place > 0 && !s.unwinding)
                     s.reason = "claiming the products it changes";
                   claim.claimed_by = {};
                   claim.place = 0;
                   if (s.tally.unclaimed.empty()) s.timers.erase(std::string(kEffectsTimer));
                 },
                 [&](const Decomposed& e) {
                   s.decomposed = true;
                   s.reason = "service orders are being fulfilled";
                   s.timers.erase(std::string(kStartTimer));
                   s.products = e.plan.products;
                   add_nodes(s, e.plan.service_orders);
                 },
                 [&](const Released& e) {
                   change(s, e.service_order, [&](Node& node) {
                     node.progress = Progress::running;
                     node.released = true;
                     node.inputs = e.inputs;
                     node.deadline = e.deadline;
                     node.started_at = e.at;
                   });
                 },
                 [&](const Settled& e) {
                   change(s, e.service_order, [&](Node& node) {
                     node.progress = progress_of(e);
                     node.inputs = e.inputs;
                     node.outputs = e.outputs;
                     node.fault = e.fault;
                     // Whoever accepted what had failed did not accept this.
                     if (!node.spec.undoes.empty() && node.progress != Progress::done) s.accepted = false;
                   });
                 },
                 [&](const Dropped& e) {
                   change(s, e.service_order, [&](Node& node) {
                     node.progress = node.spec.optional ? Progress::skipped : Progress::cancelled;
                     node.cancel_told = true;
                     node.reason = e.reason;
                   });
                 },
                 [&](const ServiceOrderHeld& e) {
                   change(s, e.service_order, [&](Node& node) {
                     node.progress = e.held ? Progress::held : Progress::running;
                     node.reason = e.reason;
                   });
                   if (e.held) s.reason = e.service_order.value + " needs a person: " + e.reason;
                 },
                 [&](const PonrReached& e) {
                   if (Node* node = find(s, e.service_order)) node->ponr_reached = true;
                 },
                 [&](const Overdue& e) {
                   s.overdue = e.count;
                   for (const ServiceOrderId& id : e.service_orders)
                     change(s, id, [&](Node& node) {
                       node.nudges = e.count;
                       node.deadline = e.next;
                     });
                 },
                 [&](const CancelRequested& e) {
                   if (!s.cancel_requested && !s.assessment)
                     add_task(s, {1, TaskState::in_progress, e.reason, e.requested_by, e.at, {}, {}});
                   s.assessment.reset();
                   s.cancel_requested = true;
                   s.cancel_reason = e.reason;
                   s.reason = e.reason;
                 },
                 [&](const UnwindStarted& e) { apply(s, e); },
                 [&](const CompensationPlanned& e) {
                   s.compensation_planned = s.unwinding;  // otherwise of one service, while the others go on
                   s.remainder.insert(s.remainder.end(), e.remainder.begin(), e.remainder.end());
                   if (!e.remainder.empty()) s.accepted = false;
                   add_nodes(s, e.service_orders);
                 },
                 [&](const Held& e) {
                   s.on_hold = true;
                   if (e.reviews == 0) {
                     s.held_by_hand = e.by_hand;
                     s.held_at = e.at;
                   }
                   s.reason = e.reason;
                   s.reviews = e.reviews;
                   if (e.by_hand && !s.decomposed) s.timers.erase(std::string(kStartTimer));  // looked at when it is resumed
                   s.timers[std::string(kReviewTimer)] = e.review_at;
                 },
                 [&](const WritesRequested& e) {
                   s.on_hold = s.held_by_hand = false;
                   s.timers.erase(std::string(kReviewTimer));
                   if (!is_final(s.status)) s.reason = "updating the product inventory";
                   for (const auto& [product, outcome] : e.products) {
                     Write& write = s.writes[product];
                     write.outcome = outcome;
                     if (!write.settled) s.tally.unwritten.insert(product);
                   }
                   s.timers[std::string(kEffectsTimer)] = e.deadline;
                 },
                 [&](const WriteSettled& e) {
                   s.tally.unwritten.erase(e.product);
                   s.writes[e.product].settled = true;
                   s.writes[e.product].status = e.status;
                 },
                 [&](const EffectsOverdue& e) {
                   s.effects_overdue = e.count;
                   s.timers[std::string(kEffectsTimer)] = e.next;
                 },
                 [&](const Closed& e) {
                   s.status = e.status;
                   s.reason = e.reason;
                   s.closed_at = e.at;
                   end_task(s, e.status == OrderStatus::cancelled ? TaskState::done : TaskState::terminated_with_error, e.at);
                   forget_date(s);
                 },
                 [&](const Intervened& e) {
                   s.interventions.add(e.what.id);
                   if (e.what.remedy == Remedy::assign) s.assignee = e.what.assignee;
                   if (e.what.remedy == Remedy::prioritise && e.what.priority) set_priority(s, *e.what.priority);
                 },
                 [&](const Reopened& e) {
                   change(s, e.service_order, [&](Node& node) {
                     node.progress = Progress::running;
                     node.deadline = e.deadline;
                     node.started_at = e.at;
                     node.expected.reset();
                     node.asked = false;
                     node.reopening = e.what;
                     ++node.reopens;
                     std::erase_if(s.remainder, [&](const auto& left) { return left.first == e.service_order; });
                   });
                   if (std::ranges::none_of(s.nodes, [&](const Node& node) { return can_reopen(s, node); }))
                     lift_hold(s, e.service_order.value + " was started anew by " + e.what.by);
                 },
                 [&](const HoldLifted& e) {
                   s.accepted |= e.accepted;
                   lift_hold(s, "service orders are being fulfilled");
                 },
                 [&](const OnTime& e) {
                   s.jeopardy.reset();
                   s.expected = e.expected;
                   s.timers[std::string(kJeopardyTimer)] = e.late_from;
                 },
                 [&](const JeopardyRaised& e) {
                   s.jeopardy = e;
                   s.expected = e.expected;
                   s.timers.erase(std::string(kJeopardyTimer));
                 },
                 [&](const ServiceOrderExpected& e) {
                   if (Node* node = find(s, e.service_order)) node->expected = e.completion;
                 },
                 [&](const Archived& e) { s.archived_at = e.at; },
                 [&](const Revised& e) { apply(s, e); },
                 [&](const CancelDenied& e) { apply(s, e); },
                 [&](const OrdersAwaited& e) { apply(s, e); },
                 [&](const Scheduled& e) {
                   for (const auto& [id, at] : e.not_before)
                     change(s, id, [&](Node& node) {
                       node.not_before = at;
                       node.waited = true;
                     });
                 },
                 [&](const ClaimWaits& e) {
                   Claim& claim = s.claims[e.product];
                   if (!claim.settled) s.tally.unclaimed.insert(e.product);
                   claim.claimed_by = e.claimed_by;
                   claim.place = e.place;
                   s.reason = "waits for product " + e.product.value + ", claimed by " + e.claimed_by.value + ": place " +
                              std::to_string(e.place) + " in line";
                 },
                 [&](const ItemHeld& e) { apply(s, e); },
                 [&](const CancelAssessing& e) { apply(s, e); },
                 [&](const AmendAnswered& e) { apply(s, e); },
                 [&](const RevisionQueued& e) { apply(s, e); },
                 [&](const RevisionDropped& e) { apply(s, e); },
             },
             event);
  refresh(s);
}

}  // namespace comd::product_order
