#include "domain/compensation.h"

#include <algorithm>

#include "domain/plan.h"

namespace comd {
namespace {

using service_order::Spec;

/// Why this cannot be undone; empty if it can.
std::string obstacle(const Spec& done, const ServiceSpecification* policy) {
  if (policy == nullptr) return "its specification is in no loaded catalogue";
  if (policy->ponr == PointOfNoReturn::hard) return "it is past its point of no return";
  const bool allowed = done.action == Action::add      ? policy->compensate_add
                       : done.action == Action::modify ? policy->compensate_modify
                                                       : policy->compensate_delete;
  return allowed ? std::string{} : "the catalogue says " + std::string(to_text(done.action)) + " is not compensated";
}

Spec undo(const Spec& done, const Values& inputs, const Values& outputs) {
  Spec out = done;
  out.id = compensation_id(done);
  out.undoes = done.id;
  out.optional = false;
  out.replaces = {};
  out.bindings.clear();
  out.depends_on.clear();
  switch (done.action) {
    case Action::add:
      out.action = Action::remove;
      out.characteristics = out.previous = inputs;
      for (const auto& [name, value] : outputs) out.previous[name] = value;
      break;
    case Action::modify:
      out.characteristics = done.previous;
      out.previous = inputs;
      break;
    case Action::remove:
      out.action = Action::add;
      out.characteristics = done.previous;
      out.previous = {};
      break;
    case Action::no_change: break;
  }
  return out;
}

}  // namespace

ServiceOrderId compensation_id(const Spec& done) {
  return service_order_id(done.order, done.item, done.unit, done.site, done.key, done.revision, true);
}

Compensation compensate(const std::vector<Spec>& done, const std::map<ServiceOrderId, Values>& outputs,
                        const std::map<ServiceOrderId, Values>& inputs, const CatalogSet& catalogs) {
  Compensation out;
  auto value_of = [](const std::map<ServiceOrderId, Values>& all, const ServiceOrderId& id) {
    auto found = all.find(id);
    return found == all.end() ? Values{} : found->second;
  };
  std::map<ServiceOrderId, ServiceOrderId> undo_of;
  for (auto it = done.rbegin(); it != done.rend(); ++it) {  // reverse of the order it was planned in
    const std::string why_not =
        obstacle(*it, service_order::find_specification(catalogs, it->catalog_version, it->specification));
    if (!why_not.empty()) {
      out.remainder.emplace_back(it->id, why_not);
      continue;
    }
    Spec spec = undo(*it, value_of(inputs, it->id), value_of(outputs, it->id));
    undo_of[it->id] = spec.id;
    // Whoever depended on it was planned after it, so its own compensation is already in the list.
    for (const Spec& other : done)
      if (std::ranges::find(other.depends_on, it->id) != other.depends_on.end() && undo_of.contains(other.id))
        spec.depends_on.push_back(undo_of[other.id]);
    out.service_orders.push_back(std::move(spec));
  }
  return out;
}

}  // namespace comd
