#pragma once
#include "domain/product_order.h"

/// A small catalogue and orders for tests: fiber = access, then ip (uses access's port) and cpe (optional, uses it too).
namespace comd::fiber {

using namespace std::chrono_literals;

inline constexpr Instant kNow{Millis{1'800'000'000'000}};

inline ServiceSpecification specification(std::string name, std::string target, Delivery delivery = Delivery::queryable) {
  ServiceSpecification out;
  out.name = std::move(name);
  out.version = "1";
  out.target = std::move(target);
  out.delivery = delivery;
  out.settle = 5s;
  out.timeouts = {1h, 10s, 1min, 10min, 2h, 24h};
  out.retry = {{"", FaultClass::transient, 3, 1s, 2.0, 1min, 0.1, Then::fail},
               {"NO_PERSON", {}, 1, 1s, 2.0, 1min, 0.1, Then::fallout},
               {"UNDO", {}, 1, 1s, 2.0, 1min, 0.1, Then::compensate}};
  return out;
}

inline std::shared_ptr<Catalog> catalog(FailurePolicy policy = FailurePolicy::rollback) {
  auto out = std::make_shared<Catalog>();
  out->name = "test";
  out->version = "1";
  out->digest = "d1";
  out->failure_policy = policy;
  for (auto spec : {specification("access", "access-system"), specification("ip", "ip-system", Delivery::idempotent),
                    specification("cpe", "cpe-system", Delivery::neither)})
    out->specifications[specification_id(spec)] = spec;
  Offering fiber;
  fiber.id = "fiber";
  fiber.characteristics = {{"bandwidth", true, "number", {}, 1, 1000}, {"router", false, "boolean", {}, {}, {}}};
  ServiceRule access{"access", "access@1", {}, Per::quantity, {{"speed", Mapping::Source::product, {}, "bandwidth", {}, true}},
                     {},       false};
  ServiceRule ip{"ip",       "ip@1", {}, Per::quantity, {{"port", Mapping::Source::output, {}, "access", "portId", true}},
                 {"access"}, false};
  ServiceRule cpe{"cpe",
                  "cpe@1",
                  {Predicate::Kind::eq, "router", {{"true"}}, {}, {}, {}},
                  Per::quantity,
                  {{"port", Mapping::Source::output, {}, "access", "portId", true}},
                  {"access"},
                  true};
  fiber.services = {access, ip, cpe};
  out->offerings.push_back(fiber);
  Offering bundle;
  bundle.id = "bundle";
  out->offerings.push_back(bundle);
  Offering ethernet;
  ethernet.id = "ethernet";
  ethernet.services = {{"evc", "access@1", {}, Per::item, {}, {}, false},
                       {"site", "ip@1", {}, Per::site, {{"site", Mapping::Source::place, {}, "id", {}, true}}, {"evc"}, false}};
  out->offerings.push_back(ethernet);
  return out;
}

inline OrderItem item(std::string id, Action action = Action::add, std::string offering = "fiber") {
  OrderItem out;
  out.id = std::move(id);
  out.action = action;
  out.offering = OfferingRef{std::move(offering), {}, {}};
  if (action == Action::add && out.offering->id == "fiber") out.characteristics = {{"bandwidth", {"100"}}, {"router", {"true"}}};
  return out;
}

inline Order order(std::vector<OrderItem> items) {
  Order out;
  out.tenant = {"t"};
  out.source = "test";
  out.external_id = "E1";
  out.items = std::move(items);
  return out;
}

inline const OrderId kOrder{"po-abc"};

inline ServiceOrderId so(std::string_view key, std::string_view item = "1", bool undo = false, std::uint32_t site = 0) {
  return service_order_id(kOrder, item, 1, site, key, 1, undo);
}

}  // namespace comd::fiber
