#include <algorithm>

#include "domain/product_order_decider.h"
#include "domain/revision.h"

/// A later version of an order that is under way.
namespace comd::product_order {

Inventory inventory_of(const State& s, const Context& c) {
  Inventory out = c.inventory;
  for (const auto& [product, claim] : s.claims) {
    out[product] = claim.snapshot;
    out[product].claimed_by = {};
  }
  return out;
}

std::optional<Rejection> Decider::on(const Revise& c) {
  if (s_.status == OrderStatus::absent)
    return Rejection{RejectionCode::not_found, "Expected an order, but there is none with this id", "id",
                     "List orders with: comctl order list"};
  if (is_known(s_, c)) return {};
  if (auto refused = may_revise(c)) return refused;
  auto plan = plan_of(c);
  if (!plan) return plan.error();
  if (auto refused = related_orders(c.order)) return refused;
  if (!s_.decomposed) {
    revise_before_plan(c, *c_.catalogs->find(plan->catalog_version));
    return {};
  }
  if (has_to_wait()) return queue(c);
  if (auto refused = carry_out(c, *std::move(plan))) return refused;
  await({}, true);
  const bool failed = std::ranges::any_of(s_.nodes, [&](const Node& node) { return can_reopen(s_, node); });
  if (s_.on_hold && !s_.held_by_hand && !failed) emit(HoldLifted{false});
  advance();
  return {};
}

/// What can be judged of it without looking at what has been done.
Result<Plan, Rejection> Decider::plan_of(const Revise& c) const {
  const Catalog* wanted = c.catalog_version.empty() ? &catalog() : c_.catalogs->find(c.catalog_version);
  if (wanted == nullptr)
    return Err(Rejection{RejectionCode::invalid,
                         "Expected a loaded catalogue version, but there is no '" + c.catalog_version + "'", "catalogVersion",
                         "List them with: comctl catalog list"});
  if (wanted->version != s_.catalog_version)
    if (auto refused = c_.catalogs->withdrawn(wanted->version)) return Err(*std::move(refused));
  const Inventory inventory = inventory_of(s_, c_);
  if (auto found = check(c.order, *wanted, inventory); !found.empty()) return Err(together(found));
  return decompose(id_, c.order, *wanted, inventory, c.revision);
}

std::optional<Rejection> Decider::carry_out(const Revise& c, Plan plan) {
  const Catalog& wanted = *c_.catalogs->find(plan.catalog_version);
  Merged merged = merge(s_, std::move(plan), *c_.catalogs);
  if (auto refused = points_of_no_return(merged.superseded, c.accept_cost)) return refused;
  take_over({c.revision, c.order, c.digest, policy_of(c.order, wanted), std::move(merged.plan), std::move(merged.superseded),
             c.requested_by, c.reason, c_.now, std::move(merged.amended)});
  return {};
}

void Decider::take_over(Revised revised) {
  const std::vector<service_order::Spec> added = revised.plan.service_orders;
  emit(std::move(revised));
  schedule();
  open(added);
}

std::optional<Rejection> Decider::may_revise(const Revise& c) const {
  const auto next = s_.revision + 1 + s_.queued.size();
  if (c.revision != next)
    return Rejection{RejectionCode::conflict,
                     "Expected revision " + std::to_string(next) + ", but got " + std::to_string(c.revision), "revision",
                     "Somebody may have revised it: look at it again, then decide"};
  if (c.order.external_id != s_.order.external_id)
    return Rejection{RejectionCode::invalid,
                     "Expected the order's external id " + s_.order.external_id + ", but got " + c.order.external_id,
                     "externalId", "Revise the order that you mean, or submit another"};
  if (is_final(s_.status))
    return refuse("Expected an order in flight, but it is " + std::string(to_text(s_.status)),
                  "Order the change you want as a new order", "id");
  if (!s_.writes.empty())
    return refuse("Expected work that is not finished, but all of it is done", "Order the change you want as a new order", "id");
  if (s_.assessment)
    return Rejection{RejectionCode::unavailable,
                     "Expected an order that nobody wants cancelled, but whether it can be is being asked",
                     {},
                     "See what comes of it: comctl order watch " + id_.value};
  if (s_.cancel_requested || s_.unwinding)
    return refuse("Expected an order that is being fulfilled, but it is being undone", "Follow it to its end, then order anew",
                  "id");
  if (std::ranges::any_of(s_.claims, [](const auto& claim) { return !claim.second.settled && claim.second.place > 0; }))
    return refuse("Expected an order that has what it changes, but it " + s_.reason,
                  "Cancel it and submit what is wanted now, or wait until it is its turn", "id");
  if (std::ranges::any_of(s_.claims, [](const auto& claim) { return !claim.second.settled; }))
    return Rejection{RejectionCode::unavailable,
                     "Expected the products it changes to be claimed, but that is under way",
                     {},
                     "Try again in a moment"};
  if (!s_.decomposed) return {};
  for (const OrderItem& item : c.order.items) {
    const bool names_product = item.action == Action::modify || item.action == Action::remove;
    if (names_product && !s_.claims.contains(item.product))
      return Rejection{
          RejectionCode::precondition,
          "Expected items for products that the order has claimed, but item " + item.id + " is for " + item.product.value,
          "productOrderItem[id=" + item.id + "].product.id", "Order the change of that product as an order of its own"};
  }
  return {};
}

/// What cannot be undone is not wanted away; all of it is named. What can be undone at a cost must be said to be worth it.
std::optional<Rejection> Decider::points_of_no_return(const std::vector<ServiceOrderId>& superseded, bool accept_cost) const {
  std::vector<service_order::Spec> done;
  std::string soft;
  std::vector<Rejection> found;
  for (const ServiceOrderId& id : superseded) {
    const Node& node = *find(id);
    if (!did_work(node) && is_past(node, *c_.catalogs, PointOfNoReturn::hard))
      found.push_back({RejectionCode::precondition,
                       id.value + " is past its point of no return",
                       "productOrderItem[id=" + node.spec.item + "]",
                       {}});
    if (is_past(node, *c_.catalogs, PointOfNoReturn::soft)) soft += (soft.empty() ? "" : ", ") + id.value;
    if (did_work(node)) done.push_back(node.spec);
  }
  for (const auto& [id, why] : compensate(done, {}, {}, *c_.catalogs).remainder)
    found.push_back({RejectionCode::precondition,
                     id.value + " cannot be undone: " + why,
                     "productOrderItem[id=" + find(id)->spec.item + "]",
                     {}});
  if (!found.empty()) {
    Rejection out = together(found);
    out.message = "Expected a revision that leaves as it is what cannot be undone, but " + out.message;
    out.hint = "Leave these items as they are, and order their change when the order is complete";
    return out;
  }
  if (!soft.empty() && !accept_cost)
    return Rejection{RejectionCode::precondition,
                     "Expected a revision that undoes nothing past a soft point of no return, but it undoes " + soft,
                     "acceptCost", "If it is worth the cost: --accept-cost"};
  return {};
}

/// There is no plan yet: it waits for its start date, or for other orders.
void Decider::revise_before_plan(const Revise& c, const Catalog& wanted) {
  Plan none;
  none.catalog_version = wanted.version;
  none.catalog_digest = wanted.digest;
  emit(Revised{c.revision, c.order, c.digest, policy_of(c.order, wanted), std::move(none), {}, c.requested_by, c.reason, c_.now});
  if (s_.held_by_hand) return;
  if (s_.on_hold) emit(HoldLifted{false});
  start({});
}

/// Once all that is superseded has come to rest, what it did is undone, in reverse. Meanwhile the rest goes on.
void Decider::undo_superseded() {
  if (s_.tally.superseded == 0) return;
  std::vector<service_order::Spec> done;
  std::map<ServiceOrderId, Values> outputs, inputs;
  for (const Node& node : s_.nodes) {
    if (!node.superseded) continue;
    if (is_open(node)) return;
    if (!did_work(node) || undo_decided(s_, node.spec.id)) continue;
    done.push_back(node.spec);
    done.back().priority = s_.order.priority;
    outputs[node.spec.id] = node.outputs;
    inputs[node.spec.id] = node.inputs;
  }
  if (done.empty()) return;
  Compensation plan = compensate(done, outputs, inputs, *c_.catalogs);
  const std::vector<service_order::Spec> specs = plan.service_orders;
  emit(CompensationPlanned{std::move(plan.service_orders), std::move(plan.remainder)});
  open(specs);
}

/// What takes the place of something that could not be undone cannot begin: a person decides.
void Decider::hold_if_blocked() {
  if (s_.unwinding || s_.on_hold || s_.accepted || s_.tally.replacing == 0) return;
  const bool blocked = std::ranges::any_of(s_.nodes, [&](const Node& node) {
    return node.progress == Progress::not_started && !node.spec.replaces.empty() && is_stuck(s_, *find(node.spec.replaces));
  });
  if (blocked) emit(Held{"could not be undone: " + not_undone(s_), c_.now + s_.hold_review, 0, c_.now, false});
}

}  // namespace comd::product_order
