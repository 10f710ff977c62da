#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "edge/tmf/render.h"
#include "test/unit/tmf/fulfil.h"

/// TM Forum's published TMF622 payloads, read where they lie beside the source tree; nothing of them is copied here. Without
/// them these tests are skipped; the ones on our own orders of the same shape always run.
namespace comd {
namespace {

using test::errors_of;
using testing::IsEmpty;

const std::filesystem::path kSamples = test::source("../shared/tmf/examples");
const std::filesystem::path kCatalog = test::source("test/data/catalog-tmf.yaml");

/// What becomes of each file, and why.
struct Verdict {
  const char* file;
  bool accepted;
  const char* error;  ///< what the first error says, if refused
  const char* why;
};

const Verdict kVerdicts[] = {
    {"tmf622v4-productOrder-bundle.json", true, "",
     "valid v4. It is a copy of an order that was placed in 2019: its dates are judged by its own orderDate, and what only the "
     "server sets is ignored"},
    {"tmf622v4-cancelProductOrder.json", false, "looks like a CancelProductOrder", "another resource, with a call of its own"},
    {"tmf622v5-create-bundle.request.json", false,
     "requestedCompletionDate: Expected a requested completion that is not in the past",
     "v5's spelling of externalId and relatedParty means the same and is read; but it is a new order, to be completed in 2019"},
    {"tmf622v5-create-uni-object-characteristic.request.json", false,
     "productOrderItem[0].productOffering: Expected a productOffering",
     "names a product specification only, and comd decomposes by offering; and the same date"},
    {"tmf622v5-change-order-noChange-add.json", false, "productOrderItem[1].productOffering: Expected a productOffering",
     "a v5 answer, not a request: its added item names the product that was made and no offering"},
    {"tmf622v5-event-informationRequired.json", false, "looks like an event notification",
     "what an ordering system sends, not takes"},
    {"tmf622v5-event-milestone.json", false, "looks like an event notification", "as above"},
    {"tmf622v5-event-stateChange.json", false, "looks like an event notification", "as above"},
    {"tmf622v5-list-fields-selection.response.json", false, ": Expected one ProductOrder object, but got an array of 4",
     "a list response"},
    {"tmf622v5-patch-json-patch-query.request.json", false,
     ": Expected one ProductOrder object, but this looks like a JSON Patch", "a change request"},
};

class Tmf622Samples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kSamples))
      GTEST_SKIP() << "TM Forum's samples are not at " << kSamples << "; see docs/tmf622.md";
  }
};

TEST_F(Tmf622Samples, EachHasItsVerdict) {
  for (const Verdict& verdict : kVerdicts) {
    SCOPED_TRACE(verdict.file);
    SCOPED_TRACE(verdict.why);
    const auto order = tmf::parse(test::read_file(kSamples / verdict.file), test::context());
    EXPECT_EQ(order.has_value(), verdict.accepted);
    if (verdict.accepted) {
      EXPECT_THAT(errors_of(order), IsEmpty());
    } else if (!order) {
      EXPECT_THAT(errors_of(order).front(), testing::HasSubstr(verdict.error));
    }
  }
}

TEST_F(Tmf622Samples, TheTableIsComplete) {
  std::set<std::string> files, listed;
  for (const auto& entry : std::filesystem::directory_iterator{kSamples}) {
    if (entry.path().filename().string().starts_with("tmf622")) files.insert(entry.path().filename());
  }
  for (const Verdict& verdict : kVerdicts) listed.insert(verdict.file);
  EXPECT_EQ(files, listed);
}

/// Fulfils an order and checks what is given back: completed, nothing of the client's lost.
void expect_fulfilled(const std::string& json) {
  const auto catalog = test::catalog_of(kCatalog);
  const auto state = test::fulfil(test::order_of(json), catalog);
  EXPECT_EQ(to_text(state.status), "completed") << state.reason;
  const auto given = nlohmann::json::parse(json);
  const auto back = nlohmann::json::parse(tmf::to_tmf(state, {}));
  EXPECT_EQ(back.at("state"), "completed");
  EXPECT_EQ(back.at("externalId"), given.at("externalId"));
  EXPECT_EQ(back.at("relatedParty"), given.at("relatedParty"));
  ASSERT_EQ(back.at("productOrderItem").size(), given.at("productOrderItem").size());
  for (std::size_t i = 0; i < given.at("productOrderItem").size(); ++i) {
    EXPECT_EQ(back["productOrderItem"][i]["state"], "completed");
    for (const auto& [name, value] : given["productOrderItem"][i].items()) {
      if (name == "state" || name == "product") continue;  // the server's
      EXPECT_EQ(back["productOrderItem"][i][name], value) << name;
    }
  }
}

TEST_F(Tmf622Samples, TheV4BundleIsFulfilledToTheEnd) {
  expect_fulfilled(test::read_file(kSamples / "tmf622v4-productOrder-bundle.json"));
}

TEST_F(Tmf622Samples, TheV5BundleIsFulfilledOnceItsDatesAreAhead) {
  auto json = nlohmann::json::parse(test::read_file(kSamples / "tmf622v5-create-bundle.request.json"));
  json["requestedStartDate"] = "2019-05-03T08:13:59.506Z";
  json["requestedCompletionDate"] = "2030-05-02T08:13:59.506Z";
  const Order order = test::order_of(json.dump());
  EXPECT_EQ(order.external_id, "456");
  EXPECT_THAT(order.parties, testing::ElementsAre(PartyRef{"456-dd-df45", "Seller"}, PartyRef{"ff55-hjy4", "Customer"}));
  expect_fulfilled(json.dump());
}

TEST(OwnOrdersOfTheSameShape, AFlatBundleWithPricesIsFulfilledToTheEnd) {
  expect_fulfilled(R"({
    "externalId": "OWN-1", "relatedParty": [{"id": "c", "role": "Customer", "@referredType": "Customer", "@type": "RelatedParty"}],
    "productOrderItem": [
      {"id": "100", "quantity": 1, "action": "add", "product": {"isBundle": true}, "productOffering": {"id": "14277"},
       "productOrderItemRelationship": [{"id": "110", "relationshipType": "bundles"}, {"id": "120", "relationshipType": "bundles"}]},
      {"id": "110", "quantity": 1, "action": "add", "productOffering": {"id": "14305"}, "itemPrice": [{"priceType": "recurring", "price": {"taxRate": 0}}],
       "product": {"productSpecification": {"id": "x", "version": "1"}, "productCharacteristic": [{"name": "TEL_MSISDN", "value": "1 2 3"}]}},
      {"id": "120", "action": "add", "productOffering": {"id": "14354"}, "itemTerm": [{"duration": {"amount": 12, "units": "month"}}],
       "product": {"productCharacteristic": [{"name": "CoverageOptions", "value": "National"}]},
       "productOrderItemRelationship": [{"id": "110", "relationshipType": "reliesOn"}]}]})");
}

}  // namespace
}  // namespace comd
