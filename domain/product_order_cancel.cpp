#include <algorithm>

#include "domain/product_order_decider.h"

/// The cancellation of a whole order: assessed at once against what has been done, then carried out or denied.
namespace comd::product_order {
namespace {

/// What of the order is past this kind of point of no return.
std::vector<Obstacle> past(const State& s, const CatalogSet& catalogs, PointOfNoReturn kind, const std::string& why) {
  std::vector<Obstacle> out;
  if (s.compensation_planned) return out;
  for (const Node& node : s.nodes)
    if (node.spec.undoes.empty() && !node.superseded && is_past(node, catalogs, kind))
      out.push_back({node.spec.id, node.spec.item, why});
  return out;
}

std::string names_of(const std::vector<Obstacle>& list) {
  std::string out;
  for (const Obstacle& one : list) out += (out.empty() ? "" : ", ") + one.service_order.value;
  return out;
}

}  // namespace

bool is_past(const Node& node, const CatalogSet& catalogs, PointOfNoReturn kind) {
  if (!node.ponr_reached && !did_work(node)) return false;
  const auto* policy = service_order::find_specification(catalogs, node.spec.catalog_version, node.spec.specification);
  return policy != nullptr && policy->ponr == kind;
}

std::vector<Obstacle> obstacles_to_cancelling(const State& s, const CatalogSet& catalogs) {
  return past(s, catalogs, PointOfNoReturn::hard, "it is past its point of no return");
}

std::vector<Obstacle> costs_of_cancelling(const State& s, const CatalogSet& catalogs) {
  return past(s, catalogs, PointOfNoReturn::soft, "it is past a soft point of no return");
}

std::optional<Rejection> Decider::on(const Cancel& c) {
  if (s_.status == OrderStatus::absent)
    return Rejection{RejectionCode::not_found, "Expected an order, but there is none with this id", "id",
                     "List orders with: comctl order list"};
  const bool remainder = s_.compensation_planned && s_.on_hold;
  if ((s_.cancel_requested || s_.assessment) && !(remainder && c.accept_remainder)) return {};
  if (is_final(s_.status))
    return refuse("Expected an order in flight, but it is " + std::string(to_text(s_.status)),
                  "Order the change you want as a new order", "id");
  if (!s_.writes.empty())
    return refuse("Expected work that is not finished, but all of it is done", "Order a delete of its products", "id");
  if (s_.unwinding && !s_.on_hold)
    return refuse("Expected an order that is being fulfilled, but it is already being rolled back", "Follow it to its end", "id");
  if (remainder) return end_with_remainder(c);
  if (auto obstacles = obstacles_to_cancelling(s_, *c_.catalogs); !obstacles.empty()) {
    deny(c, std::move(obstacles));
    return {};
  }
  if (const auto costs = costs_of_cancelling(s_, *c_.catalogs); !costs.empty() && !c.accept_cost)
    return refuse("Expected a cancellation that undoes nothing past a soft point of no return, but it undoes " + names_of(costs),
                  "If it is worth the cost: --accept-cost", "acceptCost");
  if (!ask_first(c)) carry_out(c);
  return {};
}

void Decider::carry_out(const Cancel& c) {
  emit(CancelRequested{c.reason, c.requested_by, c_.now});
  unwind(UnwindCause::cancellation, c.reason.empty() ? "cancelled by " + c.requested_by : c.reason);
}

// ── asking first ─────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

bool may_refuse(const Node& node, const CatalogSet& catalogs) {
  if (node.progress != Progress::running && node.progress != Progress::held) return false;
  if (!node.spec.undoes.empty() || node.superseded) return false;
  const auto* policy = service_order::find_specification(catalogs, node.spec.catalog_version, node.spec.specification);
  return policy != nullptr && policy->cancel_refused == CancelRefused::deny;
}

}  // namespace

/// Whoever may say no is asked before anything else is touched, so that a denied cancellation leaves as little as can be to take up
/// again.
bool Decider::ask_first(const Cancel& c) {
  std::vector<ServiceOrderId> asked;
  for (const Node& node : s_.nodes)
    if (may_refuse(node, *c_.catalogs)) asked.push_back(node.spec.id);
  if (asked.empty() || s_.compensation_planned) return false;
  emit(CancelAssessing{c.reason, c.requested_by, std::move(asked), c.accept_cost, c_.now});
  return true;
}

/// All that were asked have ended: nobody said no. Meanwhile something may have come past its point of no return.
void Decider::conclude_assessment() {
  const CancelAssessing& a = *s_.assessment;
  if (std::ranges::any_of(a.asked, [&](const ServiceOrderId& id) { return is_open(*find(id)); })) return;
  const Cancel cancel{a.reason, a.requested_by, false, a.accept_cost};
  auto obstacles = obstacles_to_cancelling(s_, *c_.catalogs);
  if (obstacles.empty() && !a.accept_cost) obstacles = costs_of_cancelling(s_, *c_.catalogs);
  if (obstacles.empty()) return carry_out(cancel);
  deny(cancel, std::move(obstacles));
}

std::optional<Rejection> Decider::on(const NoteCancelRefused& c) {
  const Node* node = find(c.service_order);
  if (node == nullptr || !s_.assessment || !node->asked) return {};
  const Cancel cancel{s_.assessment->reason, s_.assessment->requested_by};
  deny(cancel, {{c.service_order, node->spec.item, node->spec.target + " refuses to cancel it: " + c.detail}});
  advance();
  return {};
}

/// What was cancelled for nothing is started anew.
void Decider::take_up_again(const Node& node) {
  const std::string id = "cancel-denied/" + std::to_string(s_.cancel_tasks.back().number);
  emit(Reopened{node.spec.id,
                {id, Remedy::retry, "comd", "the cancellation of its order was denied", {}, {}},
                deadline_of(node.spec),
                c_.now});
}

/// All was undone that could be; a person accepts the rest.
std::optional<Rejection> Decider::end_with_remainder(const Cancel& c) {
  if (!c.accept_remainder)
    return refuse("Expected an order that can still be undone, but this is left: " + not_undone(s_),
                  "Undo it by hand, then: comctl order cancel " + id_.value + " --accept-remainder", "id");
  if (auto refused = still_undoing(s_)) return refused;
  emit(CancelRequested{c.reason, c.requested_by, c_.now});
  write_products();
  return {};
}

/// The order goes on. The same wish for the same reason adds nothing while the same stands against it.
void Decider::deny(const Cancel& c, std::vector<Obstacle> obstacles) {
  const std::vector<ServiceOrderId> asked = s_.assessment ? s_.assessment->asked : std::vector<ServiceOrderId>{};
  if (asked.empty() && !s_.cancel_tasks.empty()) {
    const CancelTask& last = s_.cancel_tasks.back();
    if (last.reason == c.reason && last.requested_by == c.requested_by && last.obstacles == obstacles) return;
  }
  emit(CancelDenied{c.reason, c.requested_by, std::move(obstacles), c_.now});
  for (const ServiceOrderId& id : asked) {
    const Node& node = *find(id);
    if (node.unwanted) continue;  // done the other way
    if (node.progress == Progress::cancelled) take_up_again(node);
    const bool bad = node.progress == Progress::failed || node.progress == Progress::partly_done;
    if (bad && !s_.unwinding) apply_policy(node, Then::fail);
  }
}

}  // namespace comd::product_order
