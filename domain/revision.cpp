#include "domain/revision.h"

#include <algorithm>

namespace comd::product_order {
namespace {

using service_order::Binding;
using service_order::Spec;

bool equal(const Values& a, const Values& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

bool has_begun(const Node& node) { return node.released; }

class Merger {
 public:
  Merger(const State& s, const CatalogSet& catalogs) : s_(s), catalogs_(catalogs) {
    for (const Node& node : s.nodes) {
      if (!node.spec.undoes.empty()) continue;
      if (!node.superseded)
        there_[slot_of(node.spec)] = &node;
      else if (has_begun(node) && !is_gone(s, node))
        going_[slot_of(node.spec)] = &node;
    }
  }

  Merged run(Plan next) {
    std::vector<Spec> planned = std::exchange(next.service_orders, {});
    for (Spec& spec : planned) place(std::move(spec));
    std::set<ServiceOrderId> stay;
    for (const auto& [id, now] : kept_) stay.insert(now);
    for (const Node& node : s_.nodes)
      if (node.spec.undoes.empty() && !node.superseded && !stay.contains(node.spec.id)) out_.superseded.push_back(node.spec.id);
    for (ProductPlan& product : next.products) {
      for (ServiceOrderId& id : product.service_orders) id = now(id);
      auto earlier = begun_of(product.product, product.service_orders);
      product.service_orders.insert(product.service_orders.begin(), earlier.begin(), earlier.end());
    }
    withdraw(next.products);
    next.service_orders = std::move(out_.plan.service_orders);
    out_.plan = std::move(next);
    return std::move(out_);
  }

 private:
  /// In plan order, so what it depends on is placed.
  void place(Spec spec) {
    for (ServiceOrderId& id : spec.depends_on) id = now(id);
    for (Binding& binding : spec.bindings) binding.from = now(binding.from);
    const auto found = there_.find(slot_of(spec));
    if (found != there_.end() && stays(*found->second, spec)) {
      const ServiceOrderId& id = kept_[spec.id] = found->second->spec.id;
      if (equal(told(*found->second), spec.characteristics))
        out_.kept.push_back(id);
      else
        out_.amended.push_back({id, std::move(spec.characteristics)});
      return;
    }
    // Of what never began nothing has to go, but what that waited for.
    if (found != there_.end())
      spec.replaces = has_begun(*found->second) ? found->second->spec.id : found->second->spec.replaces;
    else if (const auto going = going_.find(slot_of(spec)); going != going_.end())
      spec.replaces = going->second->spec.id;  // an earlier revision did not want it
    out_.plan.service_orders.push_back(std::move(spec));
  }

  /// What has been told to a partner cannot wait for anything else any more, so only what waits must want the same to wait for.
  bool stays(const Node& node, const Spec& wanted) const {
    const Spec& spec = node.spec;
    const bool waits_for_same = std::ranges::is_permutation(spec.depends_on, wanted.depends_on);
    if (node.progress == Progress::cancelled) return false;
    if (!has_begun(node) && !waits_for_same) return false;
    if (!node.amend_refused.empty() && node.amend_doubt) return false;
    return spec.service == wanted.service && spec.action == wanted.action && spec.specification == wanted.specification &&
           spec.optional == wanted.optional && spec.bindings == wanted.bindings && equal(spec.previous, wanted.previous) &&
           (equal(told(node), wanted.characteristics) || can_be_amended(node));
  }

  /// What it is to be done with, as far as it has been told or is about to be.
  static const Values& told(const Node& node) {
    return node.amending ? node.amending->characteristics : node.spec.characteristics;
  }

  /// One that waits for a person is done anew instead: what it failed with may be what is changed.
  bool can_be_amended(const Node& node) const {
    if (node.progress != Progress::running || !node.amend_refused.empty() || is_past(node, catalogs_, PointOfNoReturn::hard))
      return false;
    const auto* policy = service_order::find_specification(catalogs_, node.spec.catalog_version, node.spec.specification);
    return policy != nullptr && policy->modify_in_flight;
  }

  ServiceOrderId now(const ServiceOrderId& id) const {
    const auto found = kept_.find(id);
    return found == kept_.end() ? id : found->second;
  }

  /// Of what is there for a product, what was begun and is not wanted now: the inventory is told what became of it.
  std::vector<ServiceOrderId> begun_of(const ProductId& product, const std::vector<ServiceOrderId>& wanted) const {
    std::vector<ServiceOrderId> out;
    const auto before = std::ranges::find(s_.products, product, &ProductPlan::product);
    if (before == s_.products.end()) return out;
    for (const ServiceOrderId& id : before->service_orders)
      if (std::ranges::find(wanted, id) == wanted.end() && has_begun(s_.nodes[s_.index.at(id)])) out.push_back(id);
    return out;
  }

  void withdraw(std::vector<ProductPlan>& products) const {
    for (const ProductPlan& before : s_.products) {
      if (std::ranges::find(products, before.product, &ProductPlan::product) != products.end()) continue;
      ProductPlan left = before;
      left.service_orders = begun_of(before.product, {});
      left.withdrawn = true;
      if (!left.service_orders.empty()) products.push_back(std::move(left));
    }
  }

  const State& s_;
  const CatalogSet& catalogs_;
  std::map<Slot, const Node*> there_;
  std::map<Slot, const Node*> going_;              ///< what earlier revisions do away with, and is not gone yet
  std::map<ServiceOrderId, ServiceOrderId> kept_;  ///< by the id that the new plan would have given it
  Merged out_;
};

}  // namespace

Slot slot_of(const Spec& spec) { return {spec.item, spec.unit, spec.site, spec.key}; }

Merged merge(const State& s, Plan next, const CatalogSet& catalogs) { return Merger(s, catalogs).run(std::move(next)); }

std::string_view to_text(ChangeStep::Kind kind) {
  switch (kind) {
    case ChangeStep::Kind::keep: return "keep";
    case ChangeStep::Kind::amend: return "amend";
    case ChangeStep::Kind::drop: return "drop";
    case ChangeStep::Kind::cancel: return "cancel";
    case ChangeStep::Kind::undo: return "undo";
    case ChangeStep::Kind::leave: return "leave";
    case ChangeStep::Kind::redo: return "redo";
    case ChangeStep::Kind::add: return "add";
  }
  return {};
}

namespace {

ChangeStep::Kind end_of(const Node& node) {
  if (node.progress == Progress::running || node.progress == Progress::held) return ChangeStep::Kind::cancel;
  return did_work(node) ? ChangeStep::Kind::undo : ChangeStep::Kind::drop;
}

bool is_there(const Node& node) { return node.spec.undoes.empty() && !node.superseded; }

}  // namespace

std::vector<ChangeStep> steps_of(const State& before, const Revised& revised) {
  std::vector<ChangeStep> out;
  for (const Node& node : before.nodes) {
    if (!is_there(node)) continue;
    const bool goes = std::ranges::find(revised.superseded, node.spec.id) != revised.superseded.end();
    const bool stays = std::ranges::find(revised.amended, node.spec.id, &Amendment::service_order) == revised.amended.end();
    out.push_back({goes ? end_of(node) : stays ? ChangeStep::Kind::keep : ChangeStep::Kind::amend, node.spec, {}});
  }
  for (const Spec& spec : revised.plan.service_orders)
    out.push_back({spec.replaces.empty() ? ChangeStep::Kind::add : ChangeStep::Kind::redo, spec, {}});
  return out;
}

std::vector<ChangeStep> steps_of_cancelling(const State& before, const CatalogSet& catalogs) {
  std::vector<Spec> done;
  for (const Node& node : before.nodes)
    if (is_there(node) && did_work(node) && !undo_decided(before, node.spec.id)) done.push_back(node.spec);
  const auto stays = compensate(done, {}, {}, catalogs).remainder;
  std::vector<ChangeStep> out;
  for (const Node& node : before.nodes) {
    if (!is_there(node)) continue;
    const auto left = std::ranges::find(stays, node.spec.id, &decltype(stays)::value_type::first);
    if (left == stays.end())
      out.push_back({end_of(node), node.spec, {}});
    else
      out.push_back({ChangeStep::Kind::leave, node.spec, left->second});
  }
  return out;
}

}  // namespace comd::product_order
