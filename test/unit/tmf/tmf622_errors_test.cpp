#include <gmock/gmock.h>

#include "edge/tmf/dates.h"
#include "test/unit/tmf/support.h"

namespace comd {
namespace {

using test::errors_of;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// An order with one item, `inner` being all its attributes, and `outer` further ones of the order.
std::string order(std::string_view inner, std::string_view outer = "") {
  return "{" + std::string{outer} + R"("productOrderItem": [{)" + std::string{inner} + "}]}";
}

std::string item(std::string_view more) {
  return order(R"("id": "1", "action": "add", "productOffering": {"id": "O"}, )" + std::string{more});
}
std::string with(std::string_view outer) {
  return order(R"("id": "1", "action": "add", "productOffering": {"id": "O"})", std::string{outer} + ", ");
}

struct Case {
  const char* name;
  std::string json;
  std::string error;  ///< "where: message", or how it starts
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class BadOrder : public testing::TestWithParam<Case> {};

TEST_P(BadOrder, IsRefusedWithItsPlace) { EXPECT_THAT(errors_of(GetParam().json), Contains(StartsWith(GetParam().error))); }

INSTANTIATE_TEST_SUITE_P(
    Json, BadOrder,
    testing::Values(Case{"Empty", "", ": Expected JSON, but at line 1, column 1: unexpected end of input"},
                    Case{"Broken", "{\"a\": 1,\n \"b\": }", ": Expected JSON, but at line 2, column 7: unexpected '}'"},
                    Case{"Trailing", "{} x", ": Expected JSON, but at line 1, column 4"},
                    Case{"Zero", std::string("{}\n\0{}", 6), ": Expected JSON, but there is a zero byte at line 2, column 1"},
                    Case{"Utf8", "{\"a\": \"\xff\"}", ": Expected JSON, but at line 1, column 8"},
                    Case{"KeyTwice", R"({"a": {"b": 1, "b": 2}})", "a.b: Expected each attribute once, but 'b' is there twice"},
                    Case{"BigNumber", R"({"a": [1, 12345678901234567890123]})",
                         "a[1]: Expected a number that 64 bits can hold exactly, but got 12345678901234567890123"},
                    Case{"Scalar", "7", ": Expected an object, but got a number"},
                    Case{"List", "[{}, {}]", ": Expected one ProductOrder object, but got an array of 2"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Order, BadOrder,
    testing::Values(Case{"NoItems", R"({"externalId": "E"})",
                         "productOrderItem: Expected productOrderItem with at least one item, but it is missing"},
                    Case{"NullItems", R"({"productOrderItem": null})", "productOrderItem: Expected at least one order item"},
                    Case{"EmptyItems", R"({"productOrderItem": []})",
                         "productOrderItem: Expected at least one order item, but the list is empty"},
                    Case{"ItemsNoList", R"({"productOrderItem": {}})", "productOrderItem: Expected an array, but got an object"},
                    Case{"ExternalIdNumber", with(R"("externalId": 7)"), "externalId: Expected a string, but got a number"},
                    Case{"TwoExternalIds", with(R"("externalId": [{"id": "a"}, {"id": "b"}])"),
                         "externalId: Expected one externalId, but got 2"},
                    Case{"Priority", with(R"("priority": "5")"),
                         "priority: Expected a priority from \"0\" (highest) to \"4\" (lowest), but got \"5\""},
                    Case{"PriorityNumber", with(R"("priority": 1)"), "priority: Expected a string, but got a number"},
                    Case{"Date", with(R"("requestedStartDate": "tomorrow")"),
                         "requestedStartDate: Expected a date like 2026-05-02T08:00:00Z, but got 'tomorrow'"},
                    Case{"PastCompletion", with(R"("requestedCompletionDate": "2026-02-28T00:00:00Z")"),
                         "requestedCompletionDate: Expected a requested completion that is not in the past, but "
                         "2026-02-28T00:00:00.000Z is before "
                         "2026-03-01T00:00:00.000Z (now)"},
                    Case{"BeforeOrderDate", with(R"("orderDate": "2026-02-20", "requestedCompletionDate": "2026-02-19")"),
                         "requestedCompletionDate: Expected a requested completion that is not in the past, but "
                         "2026-02-19T00:00:00.000Z is before "
                         "2026-02-20T00:00:00.000Z (the orderDate)"},
                    Case{"EndBeforeStart", with(R"("requestedStartDate": "2026-05-02", "requestedCompletionDate": "2026-05-01")"),
                         "requestedCompletionDate: Expected a requested completion after the requested start"},
                    Case{"PartyWithoutId", with(R"("relatedParty": [{"id": "a"}, {"role": "x"}])"),
                         "relatedParty[1].id: Expected a string, but it is missing"},
                    Case{"PartyNoObject", with(R"("relatedParty": ["x"])"),
                         "relatedParty[0]: Expected an object, but got a string"},
                    Case{"QualificationId", with(R"("productOfferingQualification": [{"id": 5}])"),
                         "productOfferingQualification[0].id: Expected a string"},
                    Case{"KeptNote", with(R"("note": "hello")"), "note: Expected an array, but got a string"},
                    Case{"KeptDate", with(R"("cancellationDate": "soon")"), "cancellationDate: Expected a date like"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Item, BadOrder,
    testing::Values(
        Case{"NoId", order(R"("action": "add", "productOffering": {"id": "O"})"),
             "productOrderItem[0].id: Expected a string, but it is missing"},
        Case{"EmptyId", order(R"("id": "", "action": "add", "productOffering": {"id": "O"})"),
             "productOrderItem[0].id: Expected a string that is not empty"},
        Case{"IdNumber", order(R"("id": 1, "action": "add", "productOffering": {"id": "O"})"),
             "productOrderItem[0].id: Expected a string, but got a number"},
        Case{"NoAction", order(R"("id": "1", "productOffering": {"id": "O"})"),
             "productOrderItem[0].action: Expected a string, but it is missing"},
        Case{"Action", order(R"("id": "1", "action": "change", "productOffering": {"id": "O"})"),
             "productOrderItem[0].action: Expected one of add, modify, delete, noChange, but got 'change'"},
        Case{"QuantityZero", item(R"("quantity": 0)"),
             "productOrderItem[0].quantity: Expected a whole number of at least 1, but got 0"},
        Case{"QuantityHalf", item(R"("quantity": 1.5)"),
             "productOrderItem[0].quantity: Expected a whole number of at least 1, but got 1.5"},
        Case{"QuantityText", item(R"("quantity": "2")"),
             "productOrderItem[0].quantity: Expected a whole number of at least 1, but got a string"},
        Case{"QuantityHuge", item(R"("quantity": 1001)"),
             "productOrderItem[0].quantity: Expected at most 1000 pieces (max_quantity), but got 1001"},
        Case{"NoOffering", order(R"("id": "1", "action": "add")"),
             "productOrderItem[0].productOffering: Expected a productOffering, but it is missing"},
        Case{"OfferingId", order(R"("id": "1", "action": "add", "productOffering": {"name": "x"})"),
             "productOrderItem[0].productOffering.id: Expected a string, but it is missing"},
        Case{"ModifyWithoutProduct", order(R"("id": "1", "action": "modify")"),
             "productOrderItem[0].product.id: Expected the id of the existing product for action modify, but it is missing"},
        Case{"DeleteWithoutProduct", order(R"("id": "1", "action": "delete", "product": {})"),
             "productOrderItem[0].product.id: Expected the id of the existing product for action delete, but it is missing"},
        Case{"CharacteristicName", item(R"("product": {"productCharacteristic": [{"value": 1}]})"),
             "productOrderItem[0].product.productCharacteristic[0].name: Expected a string, but it is missing"},
        Case{"CharacteristicValue", item(R"("product": {"productCharacteristic": [{"name": "x"}]})"),
             "productOrderItem[0].product.productCharacteristic[0].value: Expected a value of any JSON type, but it is missing"},
        Case{"CharacteristicTwice",
             item(R"("product": {"productCharacteristic": [{"name": "x", "value": 1}, {"name": "x", "value": 2}]})"),
             "productOrderItem[0].product.productCharacteristic[1].name: Expected each characteristic once, but 'x' is there "
             "twice"},
        Case{"ProductNoObject", item(R"("product": [])"), "productOrderItem[0].product: Expected an object, but got an array"},
        Case{"PlaceNoObject", item(R"("product": {"place": [1]})"),
             "productOrderItem[0].product.place[0]: Expected an object, but got a number"},
        Case{"KeptBoolean", item(R"("product": {"isBundle": "yes"})"),
             "productOrderItem[0].product.isBundle: Expected a boolean, but got a string"},
        Case{"RelationType", item(R"("productOrderItemRelationship": [{"id": "1"}])"),
             "productOrderItem[0].productOrderItemRelationship[0].relationshipType: Expected a string"},
        Case{"Dangling", item(R"("productOrderItemRelationship": [{"id": "9", "relationshipType": "reliesOn"}])"),
             "productOrderItem[0].productOrderItemRelationship[0].id: Expected the id of an item of this order, but there is no "
             "item '9'"},
        Case{"SelfCycle", item(R"("productOrderItemRelationship": [{"id": "1", "relationshipType": "reliesOn"}])"),
             "productOrderItem[0].productOrderItemRelationship: Expected relations without a cycle, but 'reliesOn' goes 1 → 1"},
        Case{"Cycle", R"({"productOrderItem": [
               {"id": "1", "action": "add", "productOffering": {"id": "O"}, "productOrderItemRelationship": [{"id": "2", "relationshipType": "reliesOn"}]},
               {"id": "2", "action": "add", "productOffering": {"id": "O"}, "productOrderItemRelationship": [{"id": "3", "relationshipType": "reliesOn"}]},
               {"id": "3", "action": "add", "productOffering": {"id": "O"}, "productOrderItemRelationship": [{"id": "2", "relationshipType": "dependsOn"}]}]})",
             "productOrderItem[0].productOrderItemRelationship: Expected relations without a cycle, but 'reliesOn' goes 2 → 3 → "
             "2"},
        Case{
            "BundleCycle", R"({"productOrderItem": [{"id": "1", "action": "add", "productOrderItem": [
               {"id": "2", "action": "add", "productOrderItemRelationship": [{"id": "1", "relationshipType": "bundles"}]}]}]})",
            "productOrderItem[0].productOrderItemRelationship: Expected relations without a cycle, but 'bundles' goes 1 → 2 → 1"},
        Case{"IdTwice", R"({"productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "O"},
               "productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "O"}}]}]})",
             "productOrderItem[0].productOrderItem[0].id: Expected item ids that are unique in the order, but '1' is also the id "
             "of productOrderItem[0]"}),
    [](const auto& test) { return test.param.name; });

TEST(BadOrders, AllErrorsAreReportedAtOnce) {
  EXPECT_THAT(
      errors_of(
          R"({"externalId": 1, "priority": "9", "productOrderItem": [{"action": "nope"}, {"id": "2", "action": "delete"}]})"),
      ElementsAre(StartsWith("externalId:"), StartsWith("priority:"), StartsWith("productOrderItem[0].id:"),
                  StartsWith("productOrderItem[0].action:"), StartsWith("productOrderItem[1].product.id:")));
}

TEST(BadOrders, ManyErrorsAreCounted) {
  std::string items;
  for (int i = 0; i < 100; ++i) items += (i ? "," : "") + std::string{"{}"};
  const auto errors = errors_of(R"({"productOrderItem": [)" + items + "]}");
  ASSERT_EQ(errors.size(), 51U);
  EXPECT_EQ(errors.back(), ": Expected at most 50 findings (max_findings), but there are 150 more");
}

TEST(Limits, AreNamedWithTheNumber) {
  tmf::Context context = test::context();
  context.limits.max_items = 2;
  context.limits.max_depth = 6;
  context.limits.max_bytes = 2'000;
  context.limits.max_characteristics = 1;
  context.limits.max_places = 1;
  context.limits.max_units = 5;
  const auto errors = [&](const std::string& json) { return errors_of(tmf::parse(json, context)); };
  const std::string one = R"({"id": "1", "action": "add", "productOffering": {"id": "O"}})";
  EXPECT_THAT(errors(R"({"productOrderItem": [)" + one + "," + one + "," + one + "," + one + "]}"),
              Contains("productOrderItem: Expected at most 2 order items (max_items), but got 4"));
  EXPECT_THAT(errors(std::string(2'001, ' ')), ElementsAre("the order: Expected at most 2000 bytes (max_bytes), but got 2001"));
  EXPECT_THAT(errors(R"({"a":[[[[[[1]]]]]]})"),
              ElementsAre(StartsWith("a[0][0][0][0][0]: Expected at most 6 levels of nesting (max_depth)")));
  EXPECT_THAT(errors(item(R"("product": {"productCharacteristic": [{"name": "x", "value": 1}, {"name": "y", "value": 2}]})")),
              Contains(HasSubstr("Expected at most 1 characteristics (max_characteristics), but got 2")));
  EXPECT_THAT(errors(item(R"("product": {"place": [{}, {}]})")),
              Contains(HasSubstr("Expected at most 1 places (max_places), but got 2")));
  EXPECT_THAT(errors(item(R"("quantity": 6)")),
              Contains(HasSubstr("at most 5 units, counting quantity times places, (max_units), but got 6")));
  EXPECT_THAT(errors(with(R"("externalId": ")" + std::string(129, 'x') + "\"")),
              Contains("externalId: Expected at most 128 bytes (max_id), but got 129"));
  const auto too_large = tmf::parse(std::string(2'001, ' '), context);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().front().code, RejectionCode::limit);
}

TEST(Dates, AreReadLeniently) {
  const auto utc = [](std::string_view text) {
    const auto date = tmf::parse_date(text);
    return date ? to_text(*date) : "none";
  };
  EXPECT_EQ(utc("2019-05-02T08:13:59.506Z"), "2019-05-02T08:13:59.506Z");
  EXPECT_EQ(utc("2019-05-02T08:13:59.506789123+02:00"), "2019-05-02T06:13:59.506Z");
  EXPECT_EQ(utc("2017-08-06T00:00"), "2017-08-06T00:00:00.000Z");
  EXPECT_EQ(utc("2017-08-06"), "2017-08-06T00:00:00.000Z");
  EXPECT_EQ(utc("2017-08-06 10:00:00-0130"), "2017-08-06T11:30:00.000Z");
  EXPECT_EQ(utc("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
  EXPECT_EQ(utc("2016-12-31T24:00:00Z"), "2017-01-01T00:00:00.000Z");
  for (const char* bad : {"", "2019", "2019-02-29", "2019-13-01", "2019-05-02T25:00Z", "2019-05-02T08:13:59.Z",
                          "2019-05-02T08:13Zx", "-019-05-02"}) {
    EXPECT_EQ(utc(bad), "none") << bad;
  }
}

TEST(Dates, WhatHasPassedIsNoObstacleToARepeat) {
  const std::string json = with(R"("externalId": "E", "requestedCompletionDate": "2026-03-02")");
  const auto first = tmf::parse_submission(json, test::context());
  const auto repeat = tmf::parse_submission(json, test::context(test::kNow + std::chrono::days{7}));
  ASSERT_TRUE(first && repeat);
  EXPECT_THAT(first->untimely, testing::IsEmpty());
  ASSERT_EQ(repeat->untimely.size(), 1U);
  EXPECT_EQ(repeat->untimely[0].where, "requestedCompletionDate");
  EXPECT_EQ(tmf::digest(first->order), tmf::digest(repeat->order));
}

TEST(Dates, AStartInThePastMeansNow) {
  EXPECT_THAT(errors_of(with(R"("requestedStartDate": "2020-01-01T00:00:00Z")")), testing::IsEmpty());
  EXPECT_THAT(errors_of(with(R"("requestedStartDate": "")")), testing::IsEmpty());
}

}  // namespace
}  // namespace comd
