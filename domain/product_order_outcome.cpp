#include <algorithm>
#include <set>

#include "domain/check.h"
#include "domain/compensation.h"
#include "domain/product_order_decider.h"

/// What the inventory is told, and what an item is shown as: both follow from the service orders' outcomes.
namespace comd::product_order {
namespace {

const Node* node_of(const State& s, const ServiceOrderId& id) {
  auto found = s.index.find(id);
  return found == s.index.end() ? nullptr : &s.nodes[found->second];
}

const Node* undo_of(const State& s, const ServiceOrderId& id) {
  const Node* node = node_of(s, id);
  return node == nullptr ? nullptr : node_of(s, compensation_id(node->spec));
}

/// The compensation of a service order, if it did its work.
const Node* undone_by(const State& s, const ServiceOrderId& id) {
  const Node* undo = undo_of(s, id);
  return undo != nullptr && undo->progress == Progress::done ? undo : nullptr;
}

product::ServiceRecord record_of(const State& s, const Node& node, const std::vector<product::ServiceRecord>& before) {
  using product::ServiceState;
  product::ServiceRecord out;
  if (auto old = std::ranges::find(before, node.spec.service, &product::ServiceRecord::id); old != before.end()) out = *old;
  out.id = node.spec.service;
  out.key = node.spec.key;
  out.site = node.spec.site;
  out.specification = node.spec.specification;
  out.target = node.spec.target;
  if (node.spec.action == Action::remove) {
    out.state = ServiceState::terminated;
    return out;
  }
  out.characteristics = node.inputs;
  for (const auto& [name, value] : node.outputs) out.outputs[name] = value;
  out.state = node.progress == Progress::done ? ServiceState::active : ServiceState::inactive;
  if (node.spec.action == Action::add) {
    out.depends_on.clear();
    for (const ServiceOrderId& id : node.spec.depends_on)
      if (const Node* other = node_of(s, id); other != nullptr && other->spec.item == node.spec.item)
        out.depends_on.push_back(other->spec.service);
  }
  return out;
}

/// What is there after the order: what was there, changed by what was done and not undone.
std::vector<product::ServiceRecord> services_of(const State& s, const ProductPlan& plan,
                                                const std::vector<product::ServiceRecord>& before) {
  std::vector<product::ServiceRecord> out = before;
  for (const ServiceOrderId& id : plan.service_orders) {
    const Node* node = node_of(s, id);
    if (node == nullptr || !did_work(*node)) continue;
    product::ServiceRecord record = record_of(s, *node, before);
    auto old = std::ranges::find(out, record.id, &product::ServiceRecord::id);
    if (undone_by(s, id) != nullptr) {
      if (node->spec.action != Action::add) continue;  // it is again what it was
      record.state = product::ServiceState::terminated;
    }
    if (old == out.end())
      out.push_back(std::move(record));
    else
      *old = std::move(record);
  }
  return out;
}

/// What was undone counts as if it had never been done. An optional one that was undone alone is left out.
Progress undone(const State& s, const Node& node) {
  if (s.unwinding && s.unwind_cause == UnwindCause::cancellation) return Progress::cancelled;
  return node.spec.optional && !s.unwinding ? Progress::skipped : Progress::failed;
}

/// What one service order counts for its item; nothing: a revision did away with it.
std::optional<Progress> shown(const State& s, const Node& node) {
  if (node.superseded) {
    if (is_gone(s, node)) return std::nullopt;
    return is_final(s.status) ? Progress::partly_done : Progress::running;
  }
  const bool undone_since = did_work(node) && undone_by(s, node.spec.id) != nullptr;
  const Progress progress = undone_since ? undone(s, node) : node.progress;
  const bool failed_with_others = s.unwinding && s.unwind_cause == UnwindCause::failure && progress == Progress::cancelled;
  return failed_with_others ? Progress::failed : progress;
}

}  // namespace

product::Outcome product_outcome(const State& s, const ProductPlan& plan) {
  bool done = false, partly = false, failed = false;
  for (const ServiceOrderId& id : plan.service_orders) {
    const Node* node = node_of(s, id);
    if (node == nullptr) continue;
    if (node->superseded || plan.withdrawn) {
      partly |= did_work(*node) && undone_by(s, id) == nullptr;  // it could not be undone
      continue;
    }
    if (did_work(*node) && undone_by(s, id) != nullptr) {
      failed |= undone(s, *node) != Progress::skipped;
      continue;
    }
    done |= node->progress == Progress::done;
    partly |= node->progress == Progress::partly_done;
    failed |= node->progress == Progress::failed || node->progress == Progress::cancelled;
  }
  if (partly || (done && failed)) return product::Outcome::partial;
  if (plan.withdrawn) return product::Outcome::cancelled;
  if (s.unwinding && done) return product::Outcome::partial;  // could not be undone
  if (failed || s.unwinding)
    return s.unwinding && s.unwind_cause == UnwindCause::cancellation ? product::Outcome::cancelled : product::Outcome::failed;
  return product::Outcome::completed;
}

std::string not_undone(const State& s) {
  std::string out;
  auto add = [&](const ServiceOrderId& id, const std::string& why) {
    out += (out.empty() ? "" : ", ") + id.value + " (" + why + ")";
  };
  for (const auto& [id, why] : s.remainder) add(id, why);
  for (const Node& node : s.nodes)
    if (!node.spec.undoes.empty() &&
        (node.progress == Progress::failed || node.progress == Progress::partly_done || node.progress == Progress::cancelled))
      add(node.spec.undoes,
          node.fault.code.empty() ? "its compensation did not complete" : "its compensation failed: " + node.fault.code);
  return out;
}

std::string failure_of(const State& s) {
  for (const auto& [product, claim] : s.claims)
    if (claim.settled && !claim.granted && !claim.reason.empty()) return product.value + " could not be claimed: " + claim.reason;
  for (const Node& node : s.nodes)
    if (node.spec.undoes.empty() && !node.superseded &&
        (node.progress == Progress::failed || node.progress == Progress::partly_done))
      return node.spec.id.value + (node.progress == Progress::failed ? " failed" : " was activated in part") +
             (node.fault.code.empty() ? "" : ": " + node.fault.code) +
             (node.fault.message.empty() ? "" : " (" + node.fault.message + ")");
  return {};
}

std::string cause_of_end(const State& s) {
  if (s.unwind_cause == UnwindCause::cancellation)
    return s.cancel_reason.empty() ? "cancelled on request" : "cancelled: " + s.cancel_reason;
  if (std::string failure = failure_of(s); !failure.empty()) return failure;
  return s.unwind_reason.empty() ? "not fulfilled" : s.unwind_reason;
}

std::pair<ProductId, product::Command> product_command_of(const State& s, const Effect& effect) {
  const auto slash = effect.key.find('/');
  const std::string id = effect.key.substr(slash + 1, effect.key.find('#') - slash - 1);
  const ProductId product{id};
  if (effect.key.starts_with("unclaim/")) return {product, product::Withdraw{s.id}};
  if (effect.key.starts_with("claim/")) {
    const std::string& item = s.claims.at(product).item;
    const OrderItem* found = find_item(s.order, item);
    CHECK(found != nullptr);
    return {product, product::Claim{s.id, item, found->action, s.queues}};
  }
  auto claim = s.claims.find(product);
  const product::Snapshot before = claim == s.claims.end() ? product::Snapshot{} : claim->second.snapshot;
  product::Write write{s.id, {}, Action::no_change, s.writes.at(product).outcome, before};
  auto plan = std::ranges::find(s.products, product, &ProductPlan::product);
  if (plan == s.products.end()) {  // claimed, never decomposed: nothing changes, the claim goes
    write.item = claim->second.item;
    return {product, write};
  }
  write.item = plan->item;
  write.action = plan->action;
  write.product.services = services_of(s, *plan, before.services);
  const bool took = write.outcome == product::Outcome::completed || write.outcome == product::Outcome::partial;
  if (plan->action == Action::add || took) {
    write.product.id = product;
    write.product.tenant = s.order.tenant;
    write.product.offering = plan->offering;
    write.product.characteristics = plan->characteristics;
    write.product.places = plan->places;
    if (write.product.parties.empty() || plan->action == Action::add) write.product.parties = s.order.parties;
    write.product.catalog_version = s.catalog_version;
  }
  return {product, write};
}

struct ItemStatuses::Found {
  std::set<std::string_view> seen;
  std::vector<Progress> progress;
  bool changes = false;
};

ItemStatuses::ItemStatuses(const State& s) : s_(s) {
  for (const OrderItem& item : s.order.items) items_.emplace(item.id, &item);
  for (const Node& node : s.nodes)
    if (node.spec.undoes.empty()) nodes_[node.spec.item].push_back(&node);
}

/// Grouping items count what is bundled under them.
void ItemStatuses::collect(std::string_view item, Found& out) const {
  const auto found = items_.find(item);
  if (found == items_.end() || !out.seen.insert(found->first).second) return;
  out.changes |= found->second->action != Action::no_change;
  if (const auto nodes = nodes_.find(item); nodes != nodes_.end())
    for (const Node* node : nodes->second)
      if (const auto progress = shown(s_, *node)) out.progress.push_back(*progress);
  for (const ItemRelation& r : found->second->relations)
    if (r.kind == RelationKind::bundles) collect(r.item, out);
}

ItemStatus item_status(const State& s, std::string_view item) { return ItemStatuses(s).of(item); }

ItemStatus ItemStatuses::of(std::string_view item) const {
  const State& s = s_;
  Found found;
  collect(item, found);
  if (!found.changes) return ItemStatus::completed;  // noChange
  if (found.progress.empty()) {
    switch (s.status) {
      case OrderStatus::failed: return ItemStatus::failed;
      case OrderStatus::cancelled: return ItemStatus::cancelled;
      case OrderStatus::pending: return ItemStatus::pending;
      case OrderStatus::completed:
      case OrderStatus::partial: return ItemStatus::completed;
      default:
        return s.decomposed && !s.unwinding ? (s.writes.empty() ? ItemStatus::in_progress : ItemStatus::completed)
                                            : ItemStatus::acknowledged;
    }
  }
  if ((s.on_hold || is_held(s, item)) && !is_final(s.status)) return ItemStatus::held;
  return roll_up_item(found.progress, is_final(s.status) || !s.writes.empty());
}

bool is_open(const Node& node) {
  return node.progress == Progress::not_started || node.progress == Progress::running || node.progress == Progress::held;
}

bool waits_for_others(const State& s, const Node& node) {
  const auto of = [&](const ServiceOrderId& id) -> const Node& { return s.nodes[s.index.at(id)]; };
  if (!node.spec.replaces.empty() && !is_gone(s, of(node.spec.replaces)) && !(s.accepted && is_stuck(s, of(node.spec.replaces))))
    return true;
  return std::ranges::any_of(node.spec.depends_on, [&](const ServiceOrderId& id) { return is_open(of(id)); });
}

bool did_work(const Node& node) { return node.progress == Progress::done || node.progress == Progress::partly_done; }

bool is_gone(const State& s, const Node& node) {
  if (!node.superseded || node.progress == Progress::running || node.progress == Progress::held) return false;
  return !did_work(node) || undone_by(s, node.spec.id) != nullptr;
}

bool is_stuck(const State& s, const Node& node) {
  const Node* undo = undo_of(s, node.spec.id);
  return !is_open(node) && !is_gone(s, node) && undo_decided(s, node.spec.id) && (undo == nullptr || !is_open(*undo));
}

bool undo_decided(const State& s, const ServiceOrderId& id) {
  return undo_of(s, id) != nullptr ||
         std::ranges::find(s.remainder, id, &decltype(s.remainder)::value_type::first) != s.remainder.end();
}

bool can_reopen(const State& s, const Node& node) {
  const bool ended_without = node.progress == Progress::failed || node.progress == Progress::partly_done ||
                             (node.progress == Progress::cancelled && !node.cancel_told);
  if (!ended_without || node.superseded || node.unwanted) return false;
  return !node.spec.undoes.empty() || (!s.compensation_planned && undo_of(s, node.spec.id) == nullptr);
}

FailurePolicy policy_of(const Order& order, const Catalog& catalog) {
  std::optional<FailurePolicy> out;
  for (const OrderItem& item : order.items) {
    const Offering* offering = item.offering ? find_offering(catalog, *item.offering) : nullptr;
    if (offering == nullptr || !offering->failure_policy) continue;
    out = out ? std::min(*out, *offering->failure_policy) : *offering->failure_policy;
  }
  return out.value_or(catalog.failure_policy);
}

}  // namespace comd::product_order
