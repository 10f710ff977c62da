#include "domain/rehearsal.h"

#include <algorithm>

#include "domain/revision.h"

namespace comd {
namespace {

using Kind = ServiceOrderDifference::Kind;

/// The plan's own service orders: what undoes others came later, and is not decomposition's.
std::vector<const service_order::Spec*> planned(const product_order::State& order) {
  std::vector<const service_order::Spec*> out;
  for (const auto& node : order.nodes)
    if (node.spec.undoes.empty() && !node.superseded) out.push_back(&node.spec);
  return out;
}

/// A service order that a revision has kept bears the id of the one that introduced it.
void name_as_kept(const product_order::State& order, Plan& plan) {
  std::map<product_order::Slot, const service_order::Spec*> there;
  for (const auto* spec : planned(order)) there[product_order::slot_of(*spec)] = spec;
  std::map<ServiceOrderId, ServiceOrderId> names;
  for (auto& spec : plan.service_orders) {
    const auto kept = there.find(product_order::slot_of(spec));
    if (kept == there.end()) continue;
    names[spec.id] = kept->second->id;
    spec.revision = kept->second->revision;
    spec.replaces = kept->second->replaces;
  }
  const auto rename = [&names](ServiceOrderId& id) {
    if (const auto found = names.find(id); found != names.end()) id = found->second;
  };
  for (auto& spec : plan.service_orders) {
    rename(spec.id);
    for (auto& id : spec.depends_on) rename(id);
    for (auto& binding : spec.bindings) rename(binding.from);
  }
  for (auto& product : plan.products)
    for (auto& id : product.service_orders) rename(id);
}

/// Another priority, once the order was under way, is no catalogue's doing.
void take_priorities(const product_order::State& order, Plan& plan) {
  for (auto& spec : plan.service_orders)
    if (const auto there = order.index.find(spec.id); there != order.index.end())
      spec.priority = order.nodes[there->second].spec.priority;
}

void compare_service_orders(const product_order::State& order, const Plan& plan, Rehearsal& out) {
  const auto before = planned(order);
  for (const auto* spec : before)
    if (std::ranges::none_of(plan.service_orders, [&](const auto& other) { return other.id == spec->id; }))
      out.service_orders.push_back({Kind::dropped, *spec, {}});
  for (const auto& spec : plan.service_orders) {
    const auto same = std::ranges::find(before, spec.id, [](const auto* other) { return other->id; });
    if (same == before.end()) {
      out.service_orders.push_back({Kind::added, spec, {}});
    } else if (auto changes = differences(fields_of(**same), fields_of(spec)); !changes.empty()) {
      out.service_orders.push_back({Kind::changed, spec, std::move(changes)});
    }
  }
}

Fields product_fields(const std::vector<ProductPlan>& products) {
  Fields out;
  for (const auto& plan : products)
    for (auto& [name, value] : fields_of(plan)) out["products." + plan.product.value + "." + name] = value;
  return out;
}

/// As the decision did: what was claimed, as it was claimed; where nothing had to be claimed, nothing.
Inventory claimed(const product_order::State& order) {
  Inventory out;
  for (const auto& [product, claim] : order.claims)
    if (claim.granted) out[product] = claim.snapshot;
  return out;
}

Rehearsal refused(std::vector<Rejection> why) { return {Verdict::refused, {}, {}, std::move(why)}; }

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::same: return "same";
    case Verdict::differs: return "differs";
    case Verdict::refused: return "refused";
    case Verdict::undecidable: return "undecidable";
    case Verdict::unplanned: return "unplanned";
  }
  return {};
}

std::string_view to_text(ServiceOrderDifference::Kind kind) {
  switch (kind) {
    case Kind::added: return "added";
    case Kind::dropped: return "dropped";
    case Kind::changed: return "changed";
  }
  return {};
}

Rehearsal rehearse(const product_order::State& order, const Catalog& other, const Inventory& inventory) {
  if (auto found = check(order.order, other, inventory); !found.empty()) return refused(std::move(found));
  // What decides whether it is taken is decomposed with what was there then; what becomes of it, with what it claimed.
  auto plan = decompose(order.id, order.order, other, inventory, order.revision);
  if (plan && order.decomposed && !order.claims.empty())
    plan = decompose(order.id, order.order, other, claimed(order), order.revision);
  if (!plan) return refused({plan.error()});
  Rehearsal out{order.decomposed ? Verdict::same : Verdict::unplanned, {}, {}, {}};
  if (!order.decomposed) return out;
  if (order.revision > 1) name_as_kept(order, *plan);
  if (order.priority_changes > 0) take_priorities(order, *plan);
  compare_service_orders(order, *plan, out);
  out.changes = differences(product_fields(order.products), product_fields(plan->products));
  const auto policy = product_order::policy_of(order.order, other);
  if (policy != order.policy)
    out.changes.push_back({"failurePolicy", std::string(to_text(order.policy)), std::string(to_text(policy))});
  if (!out.changes.empty() || !out.service_orders.empty()) out.verdict = Verdict::differs;
  return out;
}

}  // namespace comd
