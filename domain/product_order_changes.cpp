#include <algorithm>

#include "domain/product_order_evolve.h"
#include "domain/sealed.h"

/// What a change to an order under way makes of its state.
namespace comd::product_order {
namespace {

void supersede(Node& node, std::uint32_t revision) {
  node.superseded = true;
  node.amending.reset();
  if (node.progress == Progress::not_started)
    node.progress = Progress::cancelled;
  else if (!waits(node))
    return;
  node.cancel_told = true;
  node.reason = "revision " + std::to_string(revision) + " does not want it";
}

}  // namespace

/// What the log holds of them can still be found, and forgotten.
void keep_subjects(State& s, const Order& order) {
  const auto add = [&s](const std::string& id, const std::string& token) {
    PartyRef one{id, {}, key_of_token(token)};
    if (!one.sealed.empty() && std::ranges::find(s.former, one) == s.former.end()) s.former.push_back(std::move(one));
  };
  for (const auto* list : {&order.parties, &order.others})
    for (const PartyRef& party : *list) add(party.id, party.sealed);
  add({}, order.document);
}

/// Every service order that has not ended is told, also those that wait.
void set_priority(State& s, std::uint8_t priority) {
  s.order.priority = priority;
  ++s.priority_changes;
  for (Node& node : s.nodes) {
    if (!is_open(node)) continue;
    node.spec.priority = priority;
    node.priority_told = s.priority_changes;
  }
}

void add_task(State& s, CancelTask task) {
  if (!s.cancel_tasks.empty()) task.number = s.cancel_tasks.back().number + 1;
  if (s.cancel_tasks.size() == kCancelTasksKept) s.cancel_tasks.erase(s.cancel_tasks.begin());
  s.cancel_tasks.push_back(std::move(task));
}

void end_task(State& s, TaskState state, Instant at, std::vector<Obstacle> obstacles) {
  if (s.cancel_tasks.empty() || s.cancel_tasks.back().state != TaskState::in_progress) return;
  CancelTask& task = s.cancel_tasks.back();
  task.state = state;
  task.ended_at = at;
  task.obstacles = std::move(obstacles);
}

void apply(State& s, const CancelAssessing& e) {
  add_task(s, {1, TaskState::in_progress, e.reason, e.requested_by, e.at, {}, {}});
  s.assessment = e;
  s.reason = "whether it can be cancelled is being asked";
  for (const ServiceOrderId& id : e.asked)
    if (Node* node = find(s, id)) node->asked = node->cancel_told = true;
}

/// Those that were asked go on; one whose activation system has agreed meanwhile is still known by `asked`.
void apply(State& s, const CancelDenied& e) {
  if (!s.assessment) return add_task(s, {1, TaskState::terminated_with_error, e.reason, e.requested_by, e.at, e.at, e.obstacles});
  end_task(s, TaskState::terminated_with_error, e.at, e.obstacles);
  for (const ServiceOrderId& id : s.assessment->asked)
    if (Node* node = find(s, id)) {
      node->cancel_told = false;
      ++node->cancels_denied;
    }
  s.assessment.reset();
  s.reason = "service orders are being fulfilled";
}

void apply(State& s, const OrdersAwaited& e) {
  s.awaited = e.orders;
  s.related_checks = e.checks;
  set_timer(s, kRelatedTimer, e.next == Instant{} ? std::nullopt : std::optional(e.next));
  if (e.orders.empty() || s.held_by_hand) return;
  s.status = OrderStatus::pending;
  s.reason = "starts after " + e.orders.front().value +
             (e.orders.size() == 1 ? "" : " and " + std::to_string(e.orders.size() - 1) + " more");
}

void apply(State& s, const ItemHeld& e) {
  if (!e.held) {
    s.held_items.erase(e.item);
    return;
  }
  HeldItem& item = s.held_items[e.item];
  if (e.reviews == 0) item.since = e.at;
  item.reason = e.reason;
  item.covers = bundled_under(s.order, e.item);
  item.review_at = e.review_at;
  item.reviews = e.reviews;
}

void apply(State& s, const UnwindStarted& e) {
  s.unwinding = true;
  s.unwind_cause = e.cause;
  s.on_hold = s.held_by_hand = false;
  s.reason = s.unwind_reason = e.reason;
  s.assessment.reset();
  s.held_items.clear();
  s.awaited.clear();
  for (const auto timer : {kStartTimer, kReviewTimer, kRelatedTimer}) set_timer(s, timer, std::nullopt);
  forget_date(s);
  for (Node& node : s.nodes) {
    node.asked = false;
    node.amending.reset();
    if (waits(node) && node.spec.undoes.empty()) node.cancel_told = true;
  }
}

void apply(State& s, const Revised& e) {
  keep_subjects(s, s.order);
  forget_queued(s, e);
  s.revision = e.revision;
  s.earlier.push_back(std::exchange(s.digest, e.digest));
  const std::uint8_t priority = std::exchange(s.order, e.order).priority;
  list_offerings(s);
  if (priority != e.order.priority) set_priority(s, e.order.priority);
  std::erase_if(s.held_items, [&](const auto& held) { return find_item(s.order, held.first) == nullptr; });
  for (auto& [item, held] : s.held_items) held.covers = bundled_under(s.order, item);
  s.policy = e.policy;
  s.catalog_version = e.plan.catalog_version;
  s.catalog_digest = e.plan.catalog_digest;
  s.products = e.plan.products;
  s.reason = "revision " + std::to_string(e.revision) + " is being fulfilled";
  s.timers.erase(std::string(kStartTimer));
  forget_date(s);
  for (const Node& node : s.nodes)
    if (node.unwanted) change(s, node.spec.id, [](Node& wanted) { wanted.unwanted = false; });
  for (const ServiceOrderId& id : e.superseded) change(s, id, [&](Node& node) { supersede(node, e.revision); });
  for (const Amendment& one : e.amended) start_amending(s, e.revision, one);
  add_nodes(s, e.plan.service_orders);
}

}  // namespace comd::product_order
