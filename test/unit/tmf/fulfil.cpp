#include "test/unit/tmf/fulfil.h"

namespace comd::test {

void apply(product_order::State& state, const OrderId& id, const product_order::Command& command,
           const product_order::Context& context) {
  const auto decision = product_order::decide(id, state, command, context);
  if (!decision) throw std::runtime_error(decision.error().where + ": " + decision.error().message);
  for (const product_order::Event& event : decision->events) product_order::evolve(state, event);
}

product_order::State fulfil(const Order& order, const std::shared_ptr<const Catalog>& catalog, Inventory inventory,
                            const World& world) {
  const CatalogSet catalogs{{catalog}};
  const OrderId id = tmf::order_id(order.tenant, order.source, order.external_id);
  const product_order::Context context{kNow, &catalogs, inventory};
  product_order::State state;
  apply(state, id, product_order::Submit{order, tmf::digest(order), ""}, context);
  for (int round = 0; round < 1'000 && !is_final(state.status); ++round) {
    std::optional<product_order::Command> next;
    for (const auto& [product, claim] : state.claims) {
      if (!claim.settled) next = product_order::SettleClaim{product, true, inventory.at(product), ""};
    }
    for (const product_order::Node& node : state.nodes) {
      if (next || node.progress != Progress::running) continue;
      const bool fails = world.fails(node);
      const auto outputs = world.outputs.find(node.spec.specification);
      next = product_order::NoteSettled{
          node.spec.id,
          fails ? product_order::Settlement::failed : product_order::Settlement::completed,
          node.inputs,
          fails || outputs == world.outputs.end() ? Values{} : outputs->second,
          fails ? service_order::Fault{FaultClass::permanent, "PLANTED", "planted"} : service_order::Fault{},
          Then::fail};
    }
    for (const ProductPlan& plan : state.products) {
      const auto write = state.writes.find(plan.product);
      if (next || write == state.writes.end() || write->second.settled) continue;
      const auto before = inventory.find(plan.product);
      next = product_order::SettleWrite{
          plan.product, product::next_status(plan.action, write->second.outcome,
                                             before == inventory.end() ? product::Status::absent : before->second.status)};
    }
    if (!next) throw std::runtime_error("the order waits for nothing: " + std::string{to_text(state.status)});
    apply(state, id, *next, context);
  }
  return state;
}

}  // namespace comd::test
