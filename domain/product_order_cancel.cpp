#include <algorithm>

#include "domain/product_order_decider.h"

/// The cancellation of a whole order: assessed at once against what has been done, then carried out or denied.
namespace comd::product_order {
namespace {

Rejection refuse(std::string why, std::string hint, std::string where = "id") {
  return {RejectionCode::precondition, std::move(why), std::move(where), std::move(hint)};
}

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
  if (s_.cancel_requested && !(remainder && c.accept_remainder)) return {};
  if (is_final(s_.status))
    return refuse("Expected an order in flight, but it is " + std::string(to_text(s_.status)),
                  "Order the change you want as a new order");
  if (!s_.writes.empty())
    return refuse("Expected work that is not finished, but all of it is done", "Order a delete of its products");
  if (s_.unwinding && !s_.on_hold)
    return refuse("Expected an order that is being fulfilled, but it is already being rolled back", "Follow it to its end");
  if (remainder) return end_with_remainder(c);
  if (auto obstacles = obstacles_to_cancelling(s_, *c_.catalogs); !obstacles.empty()) {
    deny(c, std::move(obstacles));
    return {};
  }
  if (const auto costs = costs_of_cancelling(s_, *c_.catalogs); !costs.empty() && !c.accept_cost)
    return refuse("Expected a cancellation that undoes nothing past a soft point of no return, but it undoes " + names_of(costs),
                  "If it is worth the cost: --accept-cost", "acceptCost");
  emit(CancelRequested{c.reason, c.requested_by, c_.now});
  unwind(UnwindCause::cancellation, c.reason.empty() ? "cancelled by " + c.requested_by : c.reason);
  return {};
}

/// All was undone that could be; a person accepts the rest.
std::optional<Rejection> Decider::end_with_remainder(const Cancel& c) {
  if (!c.accept_remainder)
    return refuse("Expected an order that can still be undone, but this is left: " + not_undone(s_),
                  "Undo it by hand, then: comctl order cancel " + id_.value + " --accept-remainder");
  if (auto refused = still_undoing(s_)) return refused;
  emit(CancelRequested{c.reason, c.requested_by, c_.now});
  write_products();
  return {};
}

/// The order stays as it is. The same wish for the same reason adds nothing while the same stands against it.
void Decider::deny(const Cancel& c, std::vector<Obstacle> obstacles) {
  if (!s_.cancel_tasks.empty()) {
    const CancelTask& last = s_.cancel_tasks.back();
    if (last.reason == c.reason && last.requested_by == c.requested_by && last.obstacles == obstacles) return;
  }
  emit(CancelDenied{c.reason, c.requested_by, std::move(obstacles), c_.now});
}

}  // namespace comd::product_order
