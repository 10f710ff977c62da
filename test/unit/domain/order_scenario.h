#pragma once
#include "domain/revision.h"
#include "test/support/fiber.h"

/// given(commands).when(command): one product order, the events a command adds, and the state it leads to.
namespace comd::product_order {

/// Service orders of fiber::kOrder.
inline ServiceOrderId of(std::string_view key, std::uint32_t revision = 1, std::string_view item = "1", bool undo = false) {
  return service_order_id(fiber::kOrder, item, 1, 0, key, revision, undo);
}
inline ServiceOrderId undo_of(std::string_view key, std::uint32_t revision = 1, std::string_view item = "1") {
  return of(key, revision, item, true);
}

/// The first item, with another bandwidth.
inline OrderItem speed(const std::string& bandwidth) {
  OrderItem out = fiber::item("1");
  out.characteristics["bandwidth"] = {bandwidth};
  return out;
}

inline const Values kPort{{"portId", {"\"P1\""}}};

struct OrderScenario {
  CatalogSet catalogs;
  State state;
  Instant now = fiber::kNow;
  Decision last;
  std::optional<Rejection> rejection;
  Inventory inventory;
  std::map<OrderId, Related> related;

  explicit OrderScenario(FailurePolicy policy = FailurePolicy::rollback);
  OrderScenario& when(const Command&);
  OrderScenario& submit(std::vector<OrderItem> items = {fiber::item("1")});
  OrderScenario& submit(Order order) { return when(Submit{std::move(order), "digest 1", ""}); }
  OrderScenario& intervene(Intervention);
  OrderScenario& due(std::string_view timer) { return when(TimerDue{std::string(timer)}); }
  std::optional<Instant> timer(std::string_view name) const;
  /// The next version of it.
  OrderScenario& revise(std::vector<OrderItem> items, bool accept_cost = false);
  OrderScenario& completes(const ServiceOrderId&, Values outputs = {});
  OrderScenario& fails(const ServiceOrderId&, Then then = Then::fail);
  OrderScenario& cancelled(const ServiceOrderId&);
  /// Every write to the inventory is answered.
  OrderScenario& written();

  ServiceSpecification& specification_of(const std::string& id);
  bool has(const ServiceOrderId& id) const { return state.index.contains(id); }
  const Node& node(const ServiceOrderId& id) const { return state.nodes.at(state.index.at(id)); }
  Progress progress(const ServiceOrderId& id) const { return node(id).progress; }
  /// Of the last decision.
  template <class E>
  bool recorded() const {
    for (const Event& event : last.events)
      if (std::holds_alternative<E>(event)) return true;
    return false;
  }
  bool tells(const ServiceOrderId& to, std::string_view name) const;
  product::Outcome outcome(std::string_view item) const;
};

}  // namespace comd::product_order
