#include "test/unit/domain/order_scenario.h"

namespace comd::product_order {

using service_order::Fault;

OrderScenario::OrderScenario(FailurePolicy policy) { catalogs.versions.push_back(fiber::catalog(policy)); }

OrderScenario& OrderScenario::when(const Command& command) {
  rejection.reset();
  last = {};
  auto decided = decide(fiber::kOrder, state, command, Context{now, &catalogs, inventory, related});
  if (!decided) {
    rejection = decided.error();
    return *this;
  }
  last = *std::move(decided);
  for (const Event& event : last.events) evolve(state, event);
  return *this;
}

OrderScenario& OrderScenario::submit(std::vector<OrderItem> items) {
  return when(Submit{fiber::order(std::move(items)), "digest 1", ""});
}

OrderScenario& OrderScenario::intervene(Intervention what) {
  static int id = 0;
  what.id = "intervention " + std::to_string(++id);
  what.by = "ann";
  if (what.reason.empty()) what.reason = "because";
  return when(Intervene{{}, std::move(what)});
}

std::optional<Instant> OrderScenario::timer(std::string_view name) const {
  const auto found = state.timers.find(name);
  return found == state.timers.end() ? std::nullopt : std::optional(found->second);
}

OrderScenario& OrderScenario::revise(std::vector<OrderItem> items, bool accept_cost) {
  const auto next = state.revision + 1;
  return when(
      Revise{fiber::order(std::move(items)), "digest " + std::to_string(next), next, {}, "anna", "thought again", accept_cost});
}

OrderScenario& OrderScenario::completes(const ServiceOrderId& id, Values outputs) {
  return when(NoteSettled{id, Settlement::completed, {}, std::move(outputs), {}, {}});
}

OrderScenario& OrderScenario::fails(const ServiceOrderId& id, Then then) {
  return when(NoteSettled{id, Settlement::failed, {}, {}, Fault{FaultClass::permanent, "X", "broken"}, then});
}

OrderScenario& OrderScenario::cancelled(const ServiceOrderId& id) {
  return when(NoteSettled{id, Settlement::cancelled, {}, {}, {}, {}});
}

OrderScenario& OrderScenario::written() {
  const auto writes = state.writes;
  for (const auto& [product, write] : writes) when(SettleWrite{product, product::Status::active});
  return *this;
}

ServiceSpecification& OrderScenario::specification_of(const std::string& id) {
  return std::const_pointer_cast<Catalog>(catalogs.versions[0])->specifications.at(id);
}

bool OrderScenario::tells(const ServiceOrderId& to, std::string_view name) const {
  for (const Tell& tell : agenda(state).tells)
    if (tell.to.value == to.value && tell.name == name) return true;
  return false;
}

product::Outcome OrderScenario::outcome(std::string_view item) const {
  for (const auto& plan : state.products)
    if (plan.item == item) return product_outcome(state, plan);
  return product::Outcome::failed;
}

}  // namespace comd::product_order
