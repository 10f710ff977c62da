#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "test/unit/tmf/fulfil.h"

/// The examples of the README: they load, and fulfilled by the domain they end as examples/orders/expected.yaml says.
namespace comd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path kExamples = test::source("examples");

/// What activation-sim answers in the example run.
test::World example_world() {
  test::World world;
  world.outputs["fiber-access@1"] = {{"portId", text_value("p1")}, {"vlan", number_value(100)}, {"olt", text_value("olt-1")}};
  world.outputs["mobile-subscription@1"] = {{"imsi", text_value("262010000000001")}};
  world.outputs["ethernet-vpn@1"] = {{"vpnId", text_value("vpn-1")}};
  world.fails = [](const product_order::Node& node) {
    const auto is = [&](const char* name, const char* value) {
      const auto found = node.inputs.find(name);
      return found != node.inputs.end() && found->second == text_value(value);
    };
    return is("pool", "exhausted") || is("siteId", "site-no-build") || is("model", "out-of-stock");
  };
  return world;
}

product::Snapshot snapshot_of(const product_order::State& state, const ProductPlan& plan) {
  product::Snapshot out;
  for (const Effect& effect : product_order::agenda(state).effects) {
    const auto [product, command] = product_order::product_command_of(state, effect);
    if (const auto* write = std::get_if<product::Write>(&command); write != nullptr && product == plan.product)
      out = write->product;
  }
  return out;
}

TEST(ExampleCatalogs, BothVersionsLoad) {
  const auto first = test::catalog_of(kExamples / "catalog.yaml"), second = test::catalog_of(kExamples / "catalog-2026.2.yaml");
  EXPECT_EQ(first->version, "2026.1");
  EXPECT_EQ(second->version, "2026.2");
  EXPECT_EQ(first->name, second->name);
  EXPECT_NE(first->digest, second->digest);
  for (const auto& [id, spec] : first->specifications) {
    EXPECT_TRUE(second->specifications.contains(id)) << id << " is still used by products of the first version";
  }
}

TEST(ExampleCatalogs, TheSecondVersionChoosesByProductVersion) {
  const auto catalog = test::catalog_of(kExamples / "catalog-2026.2.yaml");
  EXPECT_EQ(find_offering(*catalog, {"BF-100", "", "1"})->services[0].specification, "fiber-access@1");
  EXPECT_EQ(find_offering(*catalog, {"BF-100", "", "2"})->services[0].specification, "fiber-access@2");
}

TEST(ExampleOrders, FiberIsAccessThenAddressAndRouterWithItsOutputs) {
  const auto catalog = test::catalog_of(kExamples / "catalog.yaml");
  const Order order = test::order_of(test::read_file(kExamples / "orders" / "01-business-fiber.json"));
  const auto plan = decompose(tmf::order_id(order.tenant, order.source, order.external_id), order, *catalog, {}, 1);
  ASSERT_TRUE(plan) << plan.error().message;
  std::vector<std::string> keys;
  for (const auto& spec : plan->service_orders) keys.push_back(spec.key);
  EXPECT_THAT(keys, ElementsAre("access", "ip", "cpe"));
  for (std::size_t i : {1U, 2U}) {
    EXPECT_THAT(plan->service_orders[i].depends_on, ElementsAre(plan->service_orders[0].id));
    EXPECT_EQ(plan->service_orders[i].bindings[0],
              (service_order::Binding{"portId", plan->service_orders[0].id, "portId", true}));
  }
  EXPECT_TRUE(plan->service_orders[2].optional);
}

class ExampleOrdersWith : public testing::TestWithParam<const char*> {};

TEST_P(ExampleOrdersWith, EndAsExpected) {
  const auto catalog = test::catalog_of(kExamples / GetParam());
  const YAML::Node expected = YAML::LoadFile(kExamples / "orders" / "expected.yaml")["orders"];
  std::set<std::string> listed, files;
  for (const auto& entry : std::filesystem::directory_iterator{kExamples / "orders"}) {
    if (entry.path().extension() == ".json") files.insert(entry.path().filename());
  }
  Inventory inventory;
  for (const auto& entry : expected) {  // in file order, which respects `after`
    const auto file = entry.first.as<std::string>();
    SCOPED_TRACE(file);
    listed.insert(file);
    for (const auto& before : entry.second["after"]) EXPECT_TRUE(listed.contains(before.as<std::string>()));
    const Order order = test::order_of(test::read_file(kExamples / "orders" / file));
    ASSERT_THAT(check(order, *catalog, inventory), IsEmpty());
    if (entry.second["cancel"]) {
      EXPECT_TRUE(order.requested_start && *order.requested_start > test::kNow) << "there must be time to cancel it";
      continue;
    }
    const auto state = test::fulfil(order, catalog, inventory, example_world());
    EXPECT_EQ(to_tmf(state.status), entry.second["state"].as<std::string>()) << state.reason;
    std::map<std::string, std::string> products, expected_products;
    for (const auto& [product, write] : state.writes) products[product.value] = product::to_text(write.status);
    for (const auto& product : entry.second["products"])
      expected_products[product.first.as<std::string>()] = product.second.as<std::string>();
    EXPECT_EQ(products, expected_products);
    for (const ProductPlan& plan : state.products) {
      auto before_close = state;  // the writes as they were asked for: the effects of the last open state
      before_close.status = OrderStatus::in_progress;
      for (auto& [product, write] : before_close.writes) {
        write.settled = false;
        before_close.tally.unwritten.insert(product);
      }
      product::Snapshot& product = inventory[plan.product];
      const auto services = product.services;
      product = snapshot_of(before_close, plan);
      product.id = plan.product;
      product.tenant = order.tenant;
      product.status = state.writes.at(plan.product).status;
    }
  }
  EXPECT_EQ(listed, files) << "every example says what must become of it";
}

INSTANTIATE_TEST_SUITE_P(Versions, ExampleOrdersWith, testing::Values("catalog.yaml", "catalog-2026.2.yaml"),
                         [](const auto& test) { return std::string{test.index == 0 ? "First" : "Second"}; });

}  // namespace
}  // namespace comd
