#include <algorithm>

#include "domain/product_order_decider.h"

/// Orders that depend on one another: one starts after another, or is cancelled with it. An order looks at those it depends on when they
/// may have ended (CheckRelated, which may get lost) and every now and then.
namespace comd::product_order {
namespace {

using namespace std::chrono_literals;

constexpr Millis kFirstLook = 5min, kLooksMax = 1h;
constexpr std::size_t kRelatedMax = 1'000;    ///< chains of orders are short; what is longer is refused
constexpr std::string_view kItself = "comd";  ///< who wants it cancelled, where another order's end does

Rejection refuse(RejectionCode code, std::size_t relation, std::string why, std::string hint) {
  return {code, std::move(why), "orderRelationship[" + std::to_string(relation) + "].id", std::move(hint)};
}

/// The way from `at` back to `wanted`, or nothing.
std::string way_to(const OrderId& wanted, const OrderId& at, const std::map<OrderId, Related>& orders, std::set<OrderId>& seen) {
  if (at == wanted) return at.value;
  const auto found = orders.find(at);
  if (found == orders.end() || !seen.insert(at).second) return {};
  for (const OrderRelation& relation : found->second.relations)
    if (auto rest = way_to(wanted, relation.order, orders, seen); !rest.empty()) return at.value + " → " + rest;
  return {};
}

}  // namespace

Result<std::map<OrderId, Related>, Rejection> related_to(const Order& order, bool closure, const FindRelated& find) {
  std::map<OrderId, Related> out;
  std::vector<OrderRelation> todo = order.relations;
  while (!todo.empty()) {
    const OrderId id = std::move(todo.back().order);
    todo.pop_back();
    if (out.contains(id)) continue;
    auto found = find(id);
    if (!found) return Err(found.error());
    if (!*found) continue;
    if (out.size() == kRelatedMax)
      return Err(
          Rejection{RejectionCode::precondition,
                    "Expected at most " + std::to_string(kRelatedMax) + " orders that depend on one another, but there are more",
                    "orderRelationship", "Take out some of the relations"});
    if (closure) todo.insert(todo.end(), (*found)->relations.begin(), (*found)->relations.end());
    out.emplace(id, *std::move(*found));
  }
  return out;
}

std::vector<OrderId> watched(const State& s) {
  if (!s.timers.contains(kRelatedTimer)) return {};
  std::vector<OrderId> out = s.awaited;
  for (const OrderRelation& relation : s.order.relations)
    if (relation.kind == OrderRelationKind::cancel_with && std::ranges::find(out, relation.order) == out.end())
      out.push_back(relation.order);
  return out;
}

std::optional<Rejection> Decider::related_orders(const Order& wanted) const {
  std::set<OrderId> seen;
  for (std::size_t i = 0; i < wanted.relations.size(); ++i) {
    const OrderRelation& relation = wanted.relations[i];
    const std::string& id = relation.order.value;
    const auto found = c_.related.find(relation.order);
    if (relation.order != id_ && (found == c_.related.end() || found->second.tenant != wanted.tenant))
      return refuse(RejectionCode::precondition, i, "Expected an order of the tenant, but there is no " + id,
                    "Submit that order first, and name it by the id that comd gave it");
    if (const auto way = way_to(id_, relation.order, c_.related, seen); !way.empty())
      return refuse(RejectionCode::invalid, i,
                    "Expected orders that do not depend on one another in a circle, but: " + id_.value + " → " + way,
                    "Take out one of these relations");
    if (std::ranges::find(s_.order.relations, relation) != s_.order.relations.end()) continue;  // it had it before
    const OrderStatus status = found->second.status;
    const bool late = relation.kind == OrderRelationKind::start_after && (s_.decomposed || !s_.claims.empty());
    if (late)
      return refuse(RejectionCode::precondition, i,
                    "Expected an order that has not begun, but it has, so it cannot start after " + id,
                    "Hold it until then: comctl fallout hold " + id_.value);
    const bool useless = relation.kind == OrderRelationKind::start_after ? is_final(status) && status != OrderStatus::completed
                                                                         : status == OrderStatus::cancelled;
    if (useless)
      return refuse(RejectionCode::precondition, i,
                    "Expected an order that can still complete, but " + id + " is " + std::string(to_text(status)),
                    "Leave the relation out, or name the order that took its place");
  }
  return {};
}

/// Waits for the orders it starts after, then for its date; then begins.
void Decider::start(std::optional<Plan> plan) {
  std::vector<OrderId> all;
  for (const OrderRelation& relation : s_.order.relations)
    if (relation.kind == OrderRelationKind::start_after) all.push_back(relation.order);
  await(std::move(all), true);
  if (s_.awaited.empty()) start_on_date(std::move(plan));
}

void Decider::start_on_date(std::optional<Plan> plan) {
  if (s_.order.requested_start && *s_.order.requested_start > c_.now)
    emit(Postponed{*s_.order.requested_start});
  else
    begin(std::move(plan));
}

/// Of `orders`, those that are not complete are waited for. One that never will be is for a person to decide.
void Decider::await(std::vector<OrderId> orders, bool due) {
  std::string lost;
  std::erase_if(orders, [&](const OrderId& id) {
    const auto found = c_.related.find(id);
    const OrderStatus status = found == c_.related.end() ? OrderStatus::absent : found->second.status;
    if (status == OrderStatus::completed) return true;
    if (lost.empty() && (is_final(status) || status == OrderStatus::absent))
      lost = "it was to start after " + id.value + ", which is " + std::string(to_text(status));
    return false;
  });
  const bool watches = std::ranges::any_of(s_.order.relations, [&](const OrderRelation& relation) {
    const auto found = c_.related.find(relation.order);
    return relation.kind == OrderRelationKind::cancel_with && found != c_.related.end() && !is_final(found->second.status);
  });
  const bool changed = orders != s_.awaited, looks = watches || !orders.empty();
  if (changed || (due && (looks || s_.timers.contains(kRelatedTimer)))) {
    const std::uint32_t checks = changed ? 1 : s_.related_checks + 1;
    const Millis pause = std::min<Millis>(kFirstLook * (1 << std::min(checks - 1, 8u)), kLooksMax);
    emit(OrdersAwaited{std::move(orders), looks ? c_.now + pause : Instant{}, checks});
  }
  if (!lost.empty() && !s_.on_hold) emit(Held{lost, c_.now + s_.hold_review, 0, c_.now, false});
}

std::optional<Rejection> Decider::on(const CheckRelated&) {
  look_at_related(false);
  return {};
}

void Decider::look_at_related(bool due) {
  if (s_.status == OrderStatus::absent || is_final(s_.status) || s_.unwinding || !s_.timers.contains(kRelatedTimer)) return;
  cancel_with_others();
  if (s_.unwinding || is_final(s_.status)) return;
  const bool waited = !s_.awaited.empty();
  await(s_.awaited, due);
  if (!waited || !s_.awaited.empty() || s_.held_by_hand) return;
  if (s_.on_hold) emit(HoldLifted{false});
  start_on_date({});
}

/// A person says that what it was to start after does not matter any more.
std::optional<Rejection> Decider::go_on_without_others(const Intervene& c) {
  emit(Intervened{{}, c.what, c_.now});
  emit(HoldLifted{false});
  await({}, true);
  start_on_date({});
  return {};
}

/// Tried once: what stands against it is recorded, and a person may cancel it all the same.
void Decider::cancel_with_others() {
  if (s_.cancel_requested || s_.assessment || !s_.writes.empty()) return;
  if (std::ranges::find(s_.cancel_tasks, kItself, &CancelTask::requested_by) != s_.cancel_tasks.end()) return;
  for (const OrderRelation& relation : s_.order.relations) {
    const auto found = c_.related.find(relation.order);
    if (relation.kind != OrderRelationKind::cancel_with || found == c_.related.end()) continue;
    if (found->second.status != OrderStatus::cancelled) continue;
    const Cancel cancel{relation.order.value + " was cancelled, and this order is to be cancelled with it", std::string(kItself)};
    if (!on(cancel)) return;
    if (auto costs = costs_of_cancelling(s_, *c_.catalogs); !costs.empty()) deny(cancel, std::move(costs));
    return;
  }
}

}  // namespace comd::product_order
