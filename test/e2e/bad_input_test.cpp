#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/e2e/system.h"

/// What people get wrong, end to end: comctl's exit code, one clear error with the place, and nothing recorded.
namespace comd::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kRejected = 1, kUsage = 2, kUnavailable = 3, kNotFound = 4;

class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(comd.start()) << comd.log();
    ASSERT_TRUE(comd.load_catalog(source("test/e2e/catalog.yaml")).ok());
  }

  /// Submits a document; afterwards the store must hold what it held before.
  Finished submit(const std::string& document, std::vector<std::string> options = {}) {
    const std::string file = directory.path() + "/order.json";
    write_file(file, document);
    options.insert(options.begin(), {"order", "submit", file});
    const auto before = comd.status()->tail_position();
    Finished done = comd.comctl(std::move(options));
    EXPECT_EQ(comd.status()->tail_position(), before) << "something was recorded for a refused order";
    return done;
  }

  void expect_refused(const std::string& document, const std::string& part, const std::string& place = "") {
    const Finished done = submit(document);
    EXPECT_EQ(done.exit, kRejected) << document.substr(0, 200) << "\n" << done.output;
    EXPECT_THAT(done.output, AllOf(HasSubstr("Expected"), HasSubstr(part), HasSubstr(place)));
  }

  TempDir directory;
  Comd comd{directory};
};

std::string item(const std::string& id, const std::string& more = "", const std::string& offering = "keyed-3") {
  return R"({"id":")" + id + R"(","action":"add","productOffering":{"id":")" + offering + "\"}" + more + "}";
}
std::string order(const std::string& items, const std::string& more = "") {
  return R"({"externalId":"bad")" + more + R"(,"productOrderItem":[)" + items + "]}";
}

TEST_F(BadInput, MalformedJsonNamesLineAndColumn) {
  expect_refused("{\"externalId\": \"x\",\n  \"productOrderItem\": [}", "line 2");
}

TEST_F(BadInput, AttributesAreMissingOrOfTheWrongType) {
  expect_refused(R"({"externalId":"x"})", "productOrderItem");
  expect_refused(R"({"productOrderItem":[{"id":"1","productOffering":{"id":"keyed-3"}}]})", "missing",
                 "productOrderItem[0].action");
  expect_refused(R"({"productOrderItem":[{"id":"1","action":"buy","productOffering":{"id":"keyed-3"}}]})", "noChange",
                 "productOrderItem[0].action");
  expect_refused(order(item("1", R"(,"quantity":"two")")), "whole number", "productOrderItem[0].quantity");
  expect_refused(R"({"productOrderItem":{"id":"1"}})", "productOrderItem");
}

TEST_F(BadInput, OfferingAndVersionMustExist) {
  expect_refused(order(item("1", "", "no-such-thing")), "no-such-thing", "productOrderItem[id=1].productOffering");
  const Finished done = submit(order(item("1")), {"--catalog-version", "99"});
  EXPECT_NE(done.exit, 0);
  EXPECT_THAT(done.output, HasSubstr("99"));
}

TEST_F(BadInput, RelationsMustMakeSense) {
  const auto relies = [](const std::string& on) {
    return R"(,"productOrderItemRelationship":[{"id":")" + on + R"(","relationshipType":"reliesOn"}])";
  };
  expect_refused(order(item("1", relies("2")) + "," + item("2", relies("1"))), "cycle");
  expect_refused(order(item("1", relies("7"))), "'7'", "productOrderItem[0]");
  expect_refused(order(item("1") + "," + item("1")), "unique", "productOrderItem[1].id");
}

TEST_F(BadInput, LimitsHaveNamesAndNumbers) {
  std::string items = item("0");
  for (int i = 1; i <= 5000; ++i) items += "," + item(std::to_string(i));
  expect_refused(order(items), "5000", "max_items");
  expect_refused(order(item("1"), R"(,"description":")" + std::string(4'200'000, 'x') + "\""), "4194304", "max_bytes");
}

TEST_F(BadInput, DatesInThePast) {
  expect_refused(order(item("1"), R"(,"requestedCompletionDate":"2001-01-01T00:00:00Z")"), "past", "requestedCompletionDate");
}

TEST_F(BadInput, ProductsMustBeThereAndFree) {
  const std::string unknown = R"({"id":"1","action":"modify","product":{"id":"pr-nobody.1.1"}})";
  expect_refused(order(unknown), "pr-nobody.1.1", "productOrderItem[id=1].product.id");
}

TEST_F(BadInput, CataloguesAreLoadedWholeOrNotAtAll) {
  const std::string file = directory.path() + "/catalog.yaml";
  const auto load = [&](const std::string& yaml) {
    write_file(file, yaml);
    return comd.comctl({"catalog", "load", file});
  };
  const Finished broken = load(
      "catalog: x\nversion: \"2\"\nspecifications: {}\nofferings:\n  - {id: a, services: [{key: k, specification: gone@1}]}\n");
  EXPECT_EQ(broken.exit, kRejected) << broken.output;
  EXPECT_THAT(broken.output, AllOf(HasSubstr("Expected"), HasSubstr("gone@1")));
  EXPECT_NE(load(": : :\n  - [").exit, 0);
  const std::string bench = read_file(source("test/e2e/catalog.yaml"));
  const Finished other = load(bench + "# other bytes\n");
  EXPECT_EQ(other.exit, kRejected) << other.output;
  EXPECT_THAT(other.output, HasSubstr("Expected"));
  EXPECT_EQ(load(bench).exit, 0) << "the same bytes again are no error";
}

TEST_F(BadInput, CommandsSayWhatIsWrongWithThem) {
  EXPECT_EQ(comd.comctl({"order", "get", "po-nobody"}).exit, kNotFound);
  EXPECT_EQ(comd.comctl({"order", "submit", directory.path() + "/gone.json"}).exit, kUsage);
  EXPECT_EQ(comd.comctl({"order", "frobnicate"}).exit, kUsage);
  EXPECT_EQ(run({program("comctl"), "--server", "127.0.0.1:1", "--timeout", "1s", "status"}).exit, kUnavailable);
}

TEST_F(BadInput, TheDaemonChecksItsConfiguration) {
  const std::string file = directory.path() + "/wrong.yaml";
  write_file(file, "listen: 127.0.0.1:7622\nlimits:\n  in_flight_max: many\n");
  const Finished wrong = run({program("comd"), "--check-config", "--config", file});
  EXPECT_NE(wrong.exit, 0);
  EXPECT_THAT(wrong.output, AllOf(HasSubstr("wrong.yaml:3"), HasSubstr("in_flight_max")));
  const Finished open = run({program("comd"), "--check-config", "--listen", "0.0.0.0:7622"});
  EXPECT_NE(open.exit, 0) << "without authentication only the loopback may be served";
  EXPECT_THAT(open.output, HasSubstr("Expected"));
  EXPECT_EQ(run({program("comd"), "--check-config"}).exit, 0);
}

}  // namespace
}  // namespace comd::e2e
