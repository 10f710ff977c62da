#include "test/support/fiber.h"

namespace comd::fiber {

ServiceSpecification specification(std::string name, std::string target, Delivery delivery) {
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

std::shared_ptr<Catalog> catalog(FailurePolicy policy) {
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

OrderItem item(std::string id, Action action, std::string offering) {
  OrderItem out;
  out.id = std::move(id);
  out.action = action;
  out.offering = OfferingRef{std::move(offering), {}, {}};
  if (action == Action::add && out.offering->id == "fiber") out.characteristics = {{"bandwidth", {"100"}}, {"router", {"true"}}};
  return out;
}

Order order(std::vector<OrderItem> items) {
  Order out;
  out.tenant = {"t"};
  out.source = "test";
  out.external_id = "E1";
  out.items = std::move(items);
  return out;
}

ServiceOrderId so(std::string_view key, std::string_view item, bool undo, std::uint32_t site) {
  return service_order_id(kOrder, item, 1, site, key, 1, undo);
}

}  // namespace comd::fiber
