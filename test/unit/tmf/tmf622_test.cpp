#include "edge/tmf/tmf622.h"

#include <gmock/gmock.h>

#include "test/unit/tmf/support.h"

namespace comd {
namespace {

using test::order_of;
using testing::ElementsAre;
using testing::Pair;

constexpr std::string_view kFull = R"({
  "externalId": "E-1", "category": "B2B", "description": "all of it", "priority": "0",
  "requestedStartDate": "2026-04-01T08:00:00+02:00", "requestedCompletionDate": "2026-04-03T00:00",
  "productOfferingQualification": [{"id": "poq-1"}],
  "relatedParty": [{"id": "c-1", "role": "Customer", "@referredType": "Customer"}, {"id": "c-2", "@referredType": "Individual"}],
  "productOrderItem": [{
    "id": "1", "action": "add", "quantity": 2,
    "productOffering": {"id": "O-1", "name": "One"},
    "product": {
      "productSpecification": {"id": "S-1", "version": "1.2"},
      "productCharacteristic": [
        {"name": "number", "value": 1.50}, {"name": "text", "value": "a \u00e9 \" b"}, {"name": "yes", "value": true},
        {"name": "none", "value": null}, {"name": "list", "value": [3, 1, {"b": 1, "a": 2}]},
        {"name": "object", "value": {"@type": "X", "z": 1, "a": {"deep": []}}}],
      "place": [{"id": "p-1", "role": "site", "name": "North"}, {"role": "site", "street": "by value"}]
    }
  }]
})";

TEST(Tmf622, EveryMappedAttributeReachesTheOrder) {
  const Order order = order_of(kFull);
  EXPECT_EQ(order.tenant.value, "default");
  EXPECT_EQ(order.source, "comctl");
  EXPECT_EQ(order.external_id, "E-1");
  EXPECT_EQ(order.category, "B2B");
  EXPECT_EQ(order.priority, 0);
  EXPECT_EQ(to_text(*order.requested_start), "2026-04-01T06:00:00.000Z");
  EXPECT_EQ(to_text(*order.requested_completion), "2026-04-03T00:00:00.000Z");
  EXPECT_THAT(order.qualifications, ElementsAre("poq-1"));
  EXPECT_THAT(order.parties, ElementsAre(PartyRef{"c-1", "Customer"}, PartyRef{"c-2", ""}));
  ASSERT_EQ(order.items.size(), 1U);
  const OrderItem& item = order.items[0];
  EXPECT_EQ(item.id, "1");
  EXPECT_EQ(item.action, Action::add);
  EXPECT_EQ(item.quantity, 2U);
  EXPECT_EQ(item.offering, (OfferingRef{"O-1", "One", "1.2"}));
  EXPECT_THAT(item.places, ElementsAre(PlaceRef{"p-1", "site", "North"}, PlaceRef{"", "site", ""}));
}

TEST(Tmf622, CharacteristicsOfAnyTypeAreKeptAsCanonicalJson) {
  const Order order = order_of(kFull);
  EXPECT_THAT(order.items[0].characteristics,
              ElementsAre(Pair("list", Value{R"([3,1,{"a":2,"b":1}])"}), Pair("none", Value{"null"}),
                          Pair("number", Value{"1.5"}), Pair("object", Value{R"({"@type":"X","a":{"deep":[]},"z":1})"}),
                          Pair("text", Value{"\"a é \\\" b\""}), Pair("yes", Value{"true"})));
}

TEST(Tmf622, AllFourActions) {
  const Order order = order_of(R"({"productOrderItem": [
    {"id": "1", "action": "add", "productOffering": {"id": "O"}}, {"id": "2", "action": "modify", "product": {"id": "pr-2"}},
    {"id": "3", "action": "delete", "product": {"id": "pr-3"}}, {"id": "4", "action": "noChange", "product": {"id": "pr-4"}}]})");
  std::vector<Action> actions;
  for (const OrderItem& item : order.items) actions.push_back(item.action);
  EXPECT_THAT(actions, ElementsAre(Action::add, Action::modify, Action::remove, Action::no_change));
  EXPECT_EQ(order.items[1].product, ProductId{"pr-2"});
  EXPECT_EQ(order.priority, 4) << "lowest where the order says nothing";
  EXPECT_TRUE(order.external_id.empty());
}

TEST(Tmf622, NestedItemsBecomeFlatOnesBundledByTheirParent) {
  const Order order = order_of(R"({"productOrderItem": [{"id": "a", "action": "add", "productOrderItem": [
      {"id": "b", "action": "add", "productOffering": {"id": "O"},
       "productOrderItem": [{"id": "c", "action": "add", "productOffering": {"id": "O"}}]},
      {"id": "d", "action": "add", "productOffering": {"id": "O"}}]}]})");
  std::vector<std::string> ids;
  for (const OrderItem& item : order.items) ids.push_back(item.id);
  EXPECT_THAT(ids, ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(order.items[0].relations,
              ElementsAre(ItemRelation{RelationKind::bundles, "b"}, ItemRelation{RelationKind::bundles, "d"}));
  EXPECT_THAT(order.items[1].relations, ElementsAre(ItemRelation{RelationKind::bundles, "c"}));
}

TEST(Tmf622, FlatItemsRelate) {
  const Order order = order_of(R"({"productOrderItem": [
      {"id": "1", "action": "add", "productOrderItemRelationship": [{"id": "2", "relationshipType": "bundles"}]},
      {"id": "2", "action": "add", "productOffering": {"id": "O"},
       "productOrderItemRelationship": [{"id": "3", "relationshipType": "reliesOn"}, {"id": "3", "relationshipType": "CONNECTS_TO"}]},
      {"id": "3", "action": "add", "productOffering": {"id": "O"},
       "productOrderItemRelationship": [{"id": "1", "relationshipType": "bundledBy"}]}]})");
  EXPECT_THAT(order.items[0].relations,
              ElementsAre(ItemRelation{RelationKind::bundles, "2"}, ItemRelation{RelationKind::bundles, "3"}));
  EXPECT_THAT(order.items[1].relations, ElementsAre(ItemRelation{RelationKind::relies_on, "3"}));
}

TEST(Tmf622, TheDocumentIsCanonicalAndWithoutWhatOnlyTheServerSets) {
  const Order order = order_of(
      R"({ "state": "completed", "id": "x", "href": "h", "orderDate": "2026-01-01", "b": [1,  2], "a": {"y": 1, "x": null},
      "completionDate": "", "productOrderItem": [{"state": "held", "id": "1", "action": "add", "productOffering": {"id": "O"}}] })");
  EXPECT_EQ(order.document,
            R"({"a":{"x":null,"y":1},"b":[1,2],"productOrderItem":[{"action":"add","id":"1","productOffering":{"id":"O"}}]})");
}

TEST(Tmf622, DigestIsOfTheContentAndNotOfItsSpelling) {
  const auto digest = [](std::string_view json) { return tmf::digest(order_of(json)); };
  const auto first = digest(R"({"externalId":"E","productOrderItem":[{"id":"1","action":"add","productOffering":{"id":"O"}}]})");
  EXPECT_EQ(
      first,
      digest(
          R"({ "productOrderItem" : [ {"action":"add", "productOffering":{"id":"O"},"id":"1"}], "id": "77", "externalId":"\u0045"})"));
  EXPECT_NE(
      first,
      digest(R"({"externalId":"E","productOrderItem":[{"id":"1","action":"add","quantity":1,"productOffering":{"id":"O"}}]})"));
  EXPECT_EQ(first.size(), 64U);
}

// On disk and in clients' hands: these may never change.
TEST(Tmf622, OrderIdsAreDerivedAndStayAsTheyAre) {
  const TenantId tenant{"default"};
  EXPECT_EQ(tmf::order_id(tenant, "comctl", "EX-1001").value, "po-rvhfabogahuhzgvm7yv56sbl5i");
  EXPECT_EQ(tmf::order_id(tenant, "comctl", "EX-1001").value.size(), 3U + 26U);
  EXPECT_NE(tmf::order_id(tenant, "comctl", "EX-1001"), tmf::order_id(TenantId{"other"}, "comctl", "EX-1001"));
  EXPECT_NE(tmf::order_id(tenant, "ab", "c"), tmf::order_id(tenant, "a", "bc")) << "parts cannot run into each other";
  EXPECT_NE(tmf::order_id(tenant, "comctl", "k"), tmf::order_id_of_key(tenant, "comctl", "k"));
}

TEST(Tmf622, DifferenceNamesThePaths) {
  EXPECT_EQ(tmf::difference(R"({"a":1})", R"({"a":1})"), "");
  EXPECT_EQ(tmf::difference(R"({"a":{"b":[1,2]},"c":"x"})", R"({"a":{"b":[1,3]},"d":true})"),
            "a.b[1]: another value; c: was there, now absent; d: was absent, now there");
  EXPECT_EQ(tmf::difference(R"({"a":[1]})", R"({"a":[1,2]})"), "a: first 1 entries, now 2");
  EXPECT_THAT(tmf::difference("[1,2,3,4,5,6,7,8]", "[0,0,0,0,0,0,0,0]"), testing::EndsWith("; and more"));
}

TEST(Tmf622, AnItemHasADateOfItsOwnAndAnOrderDependsOnOthers) {
  const Order order = order_of(R"({"externalId": "E-2",
    "orderRelationship": [{"id": "po-7f3a", "relationshipType": "startAfter"}, {"id": "E-1", "relationshipType": "cancelWith"},
                          {"id": "E-1", "relationshipType": "cancelWith"}, {"id": "x", "relationshipType": "cross-ref"}],
    "productOrderItem": [{"id": "1", "action": "add", "requestedStartDate": "2026-04-01T08:00:00+02:00",
                          "productOffering": {"id": "O-1"}}]})");
  ASSERT_TRUE(order.items[0].requested_start);
  EXPECT_EQ(to_text(*order.items[0].requested_start), "2026-04-01T06:00:00.000Z");
  const OrderId named = tmf::order_id(order.tenant, order.source, "E-1");
  EXPECT_THAT(order.relations, ElementsAre(OrderRelation{OrderRelationKind::start_after, {"po-7f3a"}},
                                           OrderRelation{OrderRelationKind::cancel_with, named}))
      << "each once; other types mean nothing to the plan";
}

}  // namespace
}  // namespace comd
