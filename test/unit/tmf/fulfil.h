#pragma once
#include "domain/product_order.h"
#include "test/unit/tmf/support.h"

namespace comd::test {

/// What the activation systems answer: outputs by specification, and the reasons to fail.
struct World {
  std::map<std::string, Values> outputs;  ///< by "name@version"
  std::function<bool(const product_order::Node&)> fails = [](const product_order::Node&) { return false; };
};

void apply(product_order::State& state, const OrderId& id, const product_order::Command& command,
           const product_order::Context& context);

/// Drives an order through the domain to its end: every service order that runs is answered, every inventory effect granted.
product_order::State fulfil(const Order& order, const std::shared_ptr<const Catalog>& catalog, Inventory inventory = {},
                            const World& world = {});

}  // namespace comd::test
