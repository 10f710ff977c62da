#include "edge/tmf/render.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "test/unit/tmf/fulfil.h"

namespace comd {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> out;
  for (const auto& [key, value] : object.items()) out.push_back(key);
  return out;
}

product_order::State submitted(std::string_view json) {
  const auto catalog = test::catalog_of(test::source("test/data/catalog-tmf.yaml"));
  const CatalogSet catalogs{{catalog}};
  const Order order = test::order_of(json);
  const OrderId id = tmf::order_id(order.tenant, order.source, order.external_id);
  product_order::State state;
  test::apply(state, id, product_order::Submit{order, tmf::digest(order), ""}, {test::kNow, &catalogs, {}});
  return state;
}

constexpr std::string_view kOrder =
    R"({"externalId": "R-1", "x-unknown": {"deep": [1.5, null, "é"]}, "state": "completed", "id": "mine",
  "productOrderItem": [{"id": "1", "action": "add", "state": "held", "productOffering": {"id": "14277", "@extra": true}, "x-item": [1],
    "productOrderItem": [{"id": "2", "action": "add", "productOffering": {"id": "14344"}, "x-nested": "kept", "product": {"x-product": 7}}]}]})";

TEST(Render, AnOrderIsGivenBackWithWhatComdKnows) {
  const auto state = submitted(kOrder);
  const Json out = Json::parse(tmf::to_tmf(state, {}, Instant{test::kNow + std::chrono::hours{1}}));
  EXPECT_EQ(keys_of(out), (std::vector<std::string>{"id", "href", "externalId", "state", "orderDate", "expectedCompletionDate",
                                                    "productOrderItem", "x-unknown"}));
  EXPECT_EQ(out["id"], state.id.value);
  EXPECT_EQ(out["href"], "/tmf-api/productOrderingManagement/v4/productOrder/" + state.id.value);
  EXPECT_EQ(out["state"], std::string{to_tmf(state.status)});
  EXPECT_EQ(out["orderDate"], "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(out["expectedCompletionDate"], "2026-03-01T01:00:00.000Z");
  EXPECT_EQ(out["x-unknown"], Json::parse(R"({"deep": [1.5, null, "é"]})"));
  const Json& item = out["productOrderItem"][0];
  EXPECT_EQ(item["x-item"], Json::parse("[1]"));
  EXPECT_EQ(item["productOffering"]["@extra"], true);
  const Json& nested = item["productOrderItem"][0];
  EXPECT_EQ(nested["x-nested"], "kept");
  EXPECT_EQ(nested["product"]["x-product"], 7);
  EXPECT_EQ(nested["product"]["id"], product_id(state.id, "2", 1).value);
  EXPECT_EQ(nested["state"], std::string{to_tmf(product_order::item_status(state, "2"))});
}

TEST(Render, ACompletedOrderHasItsDate) {
  const auto catalog = test::catalog_of(test::source("test/data/catalog-tmf.yaml"));
  const auto state = test::fulfil(test::order_of(kOrder), catalog);
  const Json out = Json::parse(tmf::to_tmf(state, {}, test::kNow));
  EXPECT_EQ(out["state"], "completed");
  EXPECT_EQ(out["completionDate"], "2026-03-01T00:00:00.000Z");
  EXPECT_FALSE(out.contains("expectedCompletionDate"));
  EXPECT_EQ(out["productOrderItem"][0]["productOrderItem"][0]["state"], "completed");
}

TEST(Render, ACancelledOrderSaysWhenAndWhy) {
  auto state = submitted(kOrder);
  state.status = OrderStatus::cancelled;
  state.closed_at = test::kNow;
  state.reason = "changed my mind";
  const Json out = Json::parse(tmf::to_tmf(state, {}));
  EXPECT_EQ(out["state"], "cancelled");
  EXPECT_EQ(out["cancellationDate"], "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(out["cancellationReason"], "changed my mind");
  EXPECT_FALSE(out.contains("completionDate"));
}

TEST(Render, EveryOrderStateIsOneOfTmf622) {
  const std::set<std::string_view> tmf{"acknowledged",       "rejected",  "pending", "held",    "inProgress",
                                       "cancelled",          "completed", "failed",  "partial", "assessingCancellation",
                                       "pendingCancellation"};
  for (int i = 1; i <= 13; ++i) EXPECT_TRUE(tmf.contains(to_tmf(static_cast<OrderStatus>(i)))) << i;
}

TEST(Render, AProductAndItsServices) {
  const ProductId id{"pr-x.1.1"};
  const product::ServiceRecord access{ServiceId{"sv-x.1.1.0.access"},
                                      "access",
                                      0,
                                      "fiber-access@2",
                                      "t",
                                      product::ServiceState::active,
                                      {{"bandwidth", Value{"100"}}},
                                      {{"portId", text_value("p")}},
                                      {}};
  const product::ServiceRecord ip{ServiceId{"sv-x.1.1.0.ip"},    "ip", 0,  "static-ip@1", "t",
                                  product::ServiceState::active, {},   {}, {access.id}};
  const product::Snapshot product{id,
                                  TenantId{"t"},
                                  product::Status::active,
                                  {"O", "Name", "1"},
                                  {{"a", Value{R"({"b":[1]})"}}},
                                  {{"p", "site", "North"}},
                                  {{"c", "Customer"}},
                                  {access, ip},
                                  {},
                                  "1"};
  const Json out = Json::parse(tmf::to_tmf(product, {}, {"po-x/1"}));
  EXPECT_EQ(out["status"], "active");
  EXPECT_EQ(out["href"], "/tmf-api/productInventory/v4/product/pr-x.1.1");
  EXPECT_EQ(out["productOffering"], Json::parse(R"({"id": "O", "name": "Name"})"));
  EXPECT_EQ(out["productCharacteristic"], Json::parse(R"([{"name": "a", "valueType": "object", "value": {"b": [1]}}])"));
  EXPECT_EQ(out["place"][0]["role"], "site");
  EXPECT_EQ(out["relatedParty"][0]["id"], "c");
  EXPECT_EQ(out["realizingService"].size(), 2U);
  EXPECT_EQ(out["productOrderItem"][0]["productOrderId"], "po-x");
  EXPECT_EQ(out["productOrderItem"][0]["orderItemId"], "1");

  const Json service = Json::parse(tmf::to_tmf(access, id, {}, "degraded"));
  EXPECT_EQ(service["state"], "active");
  EXPECT_EQ(service["operatingStatus"], "degraded");
  EXPECT_EQ(service["serviceSpecification"], Json::parse(R"({"id": "fiber-access", "name": "fiber-access", "version": "2"})"));
  EXPECT_EQ(service["serviceCharacteristic"].size(), 2U) << "what was asked for and what came out";
  EXPECT_EQ(service["relatedEntity"][0]["id"], id.value);
  EXPECT_EQ(Json::parse(tmf::to_tmf(ip, id, {}))["serviceRelationship"][0]["service"]["id"], access.id.value);
}

TEST(Render, AServiceOrder) {
  service_order::State state;
  state.status = service_order::Status::failed;
  state.spec.id = ServiceOrderId{"so-x.1.1.0.ip.r1"};
  state.spec.order = OrderId{"po-x"};
  state.spec.service = ServiceId{"sv-x.1.1.0.ip"};
  state.spec.specification = "static-ip@1";
  state.spec.action = Action::add;
  state.spec.depends_on = {ServiceOrderId{"so-x.1.1.0.access.r1"}};
  state.inputs = {{"portId", text_value("p")}};
  state.fault = {FaultClass::permanent, "IP_POOL_EXHAUSTED", "no addresses left"};
  const Json out = Json::parse(tmf::to_tmf(state, {}, {test::kNow, {}, test::kNow}));
  EXPECT_EQ(out["state"], "failed");
  EXPECT_EQ(out["orderDate"], "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(out["orderRelationship"][0]["relationshipType"], "cross-ref");
  EXPECT_EQ(out["orderRelationship"][0]["id"], "po-x");
  EXPECT_EQ(out["orderRelationship"][1]["relationshipType"], "dependency");
  const Json& item = out["serviceOrderItem"][0];
  EXPECT_EQ(item["action"], "add");
  EXPECT_EQ(item["service"]["serviceSpecification"]["version"], "1");
  EXPECT_EQ(item["service"]["serviceCharacteristic"][0]["value"], "p");
  EXPECT_EQ(out["errorMessage"][0]["code"], "IP_POOL_EXHAUSTED");
  for (const char* name : {"milestone", "jeopardyAlert", "requestedCompletionDate"}) EXPECT_FALSE(out.contains(name)) << name;
}

TEST(Render, AServiceOrderWithWhatItReachedAndThatItIsLate) {
  service_order::State state;
  state.status = service_order::Status::in_progress;
  state.spec.id = ServiceOrderId{"so-x.1.1.0.ip.r1"};
  state.requested_completion = test::kNow;
  state.milestones = {{"survey", "The site was visited", "no ladder needed", test::kNow}, {"trench", "", "", test::kNow}};
  state.jeopardy = service_order::JeopardyRaised{"the dog", test::kNow, test::kNow};
  const Json out = Json::parse(tmf::to_tmf(state, {}));
  EXPECT_EQ(out["requestedCompletionDate"], "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(out["milestone"], Json::parse(R"([
    {"id": "1", "name": "survey", "description": "The site was visited", "message": "no ladder needed",
     "milestoneDate": "2026-03-01T00:00:00.000Z", "status": "Completed",
     "serviceOrderItem": [{"itemId": "1", "serviceOrderId": "so-x.1.1.0.ip.r1", "@referredType": "ServiceOrder"}]},
    {"id": "2", "name": "trench", "milestoneDate": "2026-03-01T00:00:00.000Z", "status": "Completed",
     "serviceOrderItem": [{"itemId": "1", "serviceOrderId": "so-x.1.1.0.ip.r1", "@referredType": "ServiceOrder"}]}])"));
  EXPECT_EQ(out["jeopardyAlert"][0]["jeopardyType"], "Hazard");
  EXPECT_EQ(out["jeopardyAlert"][0]["message"], "the dog");
  EXPECT_EQ(out["jeopardyAlert"][0]["alertDate"], "2026-03-01T00:00:00.000Z");
}

TEST(Render, AnOrderThatIsLate) {
  product_order::State state;
  state.status = OrderStatus::in_progress;
  state.order.requested_completion = test::kNow;
  state.jeopardy =
      product_order::JeopardyRaised{{}, product_order::JeopardyKind::person, "nobody decides", test::kNow, test::kNow};
  const Json alert = Json::parse(tmf::to_tmf(state, {}))["productOrderJeopardyAlert"][0];
  EXPECT_EQ(alert["name"], "person");
  EXPECT_EQ(alert["jeopardyType"], "Hazard") << "its date is not past yet";
  EXPECT_EQ(alert["message"], "nobody decides");
  state.jeopardy->at += std::chrono::seconds{1};
  EXPECT_EQ(Json::parse(tmf::to_tmf(state, {}))["productOrderJeopardyAlert"][0]["jeopardyType"], "Critical");
}

}  // namespace
}  // namespace comd
