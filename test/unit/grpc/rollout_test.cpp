#include <gmock/gmock.h>

#include <regex>

#include "edge/grpc/errors.h"
#include "test/north/north_fixture.h"

/// New catalogue versions with orders running, over the API.
namespace comd::north {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Version 2 does a line otherwise; a pair stays as it is.
std::string version(const std::string& number) {
  std::string out = std::regex_replace(kCatalog, std::regex("version: \"1\""), "version: \"" + number + "\"");
  out = std::regex_replace(out, std::regex("key: line, specification: line@1"), "key: line, specification: fast-line@1");
  return std::regex_replace(out, std::regex("  visit@1:"), "  fast-line@1: {target: network, delivery: idempotent}\n  visit@1:");
}

class Rollouts : public North {
 protected:
  grpc::Status load(const std::string& number, std::optional<std::uint32_t> percent = {}, std::vector<std::string> tenants = {}) {
    Call call;
    api::LoadCatalogRequest request;
    request.set_content(version(number));
    if (percent) request.set_percent(*percent);
    for (const auto& tenant : tenants) request.add_tenants(tenant);
    api::LoadCatalogResponse response;
    return catalogs->Load(&call, request, &response);
  }
  grpc::Status roll_out(const std::string& number, std::optional<std::uint32_t> percent, std::vector<std::string> tenants = {},
                        const std::string& reason = "trial") {
    Call call;
    api::RollOutCatalogRequest request;
    request.set_version(number);
    if (percent) request.set_percent(*percent);
    for (const auto& tenant : tenants) request.add_tenants(tenant);
    request.set_reason(reason);
    return catalogs->RollOut(&call, request, &rolled_out);
  }
  grpc::Status withdraw(const std::string& number) {
    Call call;
    api::WithdrawCatalogRequest request;
    request.set_version(number);
    request.set_reason("wrong");
    return catalogs->Withdraw(&call, request, &withdrawn);
  }
  std::string taken_by(const std::string& external_id, const std::string& named = {}) {
    Call call;
    api::SubmitRequest request;
    request.set_tmf622_json(order_json(external_id));
    request.set_catalog_version(named);
    api::SubmitResponse response;
    status = orders->Submit(&call, request, &response);
    return status.ok() ? response.catalog_version() : status.error_message();
  }
  std::string pinned(const std::string& id) { return get(id).summary().catalog_version(); }

  static api::MigrateOrdersRequest from_1_to_2(bool dry_run = false) {
    api::MigrateOrdersRequest request;
    request.set_from("1");
    request.set_to("2");
    request.set_reason("new lines");
    request.set_dry_run(dry_run);
    return request;
  }
  /// "EX-1 migrated: cancel line, redo line"; the last message in `last`.
  std::vector<std::string> migrate(const api::MigrateOrdersRequest& request) {
    Call call;
    const auto stream = catalogs->Migrate(&call, request);
    std::vector<std::string> out;
    last.Clear();
    for (api::MigrateOrdersResponse message; stream->Read(&message); last = message) {
      if (!message.has_order()) continue;
      std::string line = message.order().external_id() + " " + message.order().outcome();
      for (const auto& step : message.order().steps()) line += ", " + step.kind() + " " + step.service_key();
      out.push_back(line + (message.order().why().empty() ? "" : ": " + message.order().why()));
    }
    status = stream->Finish();
    std::ranges::sort(out);
    return out;
  }
  /// Two lines and a pair, under way with version 1; version 2 is there for nobody yet.
  void begin() {
    load_catalog();
    one = submitted(order_json("EX-1"));
    two = submitted(order_json("EX-2"));
    pair = submitted(order_json("EX-3", 100, "PAIR"));
    rest();
    ASSERT_TRUE(load("2", 0).ok());
  }

  std::string one, two, pair;
  grpc::Status status;
  api::RollOutCatalogResponse rolled_out;
  api::WithdrawCatalogResponse withdrawn;
  api::MigrateOrdersResponse last;
};

TEST_F(Rollouts, NewOrdersTakeTheVersionThatIsRolledOutToThem) {
  load_catalog();
  ASSERT_TRUE(load("2", 0).ok());
  EXPECT_EQ(taken_by("EX-1"), "1");
  EXPECT_EQ(taken_by("EX-2", "2"), "2") << "who names it gets it";
  ASSERT_TRUE(roll_out("2", {}, {"default"}).ok());
  EXPECT_EQ(rolled_out.summary().percent(), 0U) << "tenants alone: only theirs";
  EXPECT_TRUE(rolled_out.changed());
  EXPECT_EQ(taken_by("EX-3"), "2");
  ASSERT_TRUE(roll_out("2", {}, {"another"}).ok());
  EXPECT_EQ(taken_by("EX-4"), "1");
  ASSERT_TRUE(roll_out("2", 50).ok());
  int second = 0;
  for (int i = 0; i < 100; ++i) second += taken_by("EX-1" + std::to_string(i)) == "2" ? 1 : 0;
  EXPECT_NEAR(second, 50, 25);
  ASSERT_TRUE(roll_out("2", {}).ok());
  EXPECT_EQ(taken_by("EX-5"), "2");
  ASSERT_TRUE(roll_out("2", {}).ok());
  EXPECT_FALSE(rolled_out.changed());
}

TEST_F(Rollouts, AreRefusedWithTheReason) {
  load_catalog();
  EXPECT_EQ(roll_out("3", 10).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(roll_out("1", 10).error_code(), grpc::StatusCode::FAILED_PRECONDITION) << "who would take the others?";
  EXPECT_EQ(roll_out("1", 101).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(roll_out("1", 100, {}, "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(withdraw("1").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(withdraw("3").error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(Rollouts, OutliveARestart) {
  load_catalog();
  ASSERT_TRUE(load("2", 0, {"acme"}).ok());
  ASSERT_TRUE(load("3").ok());
  ASSERT_TRUE(withdraw("3").ok());
  TearDown();
  SetUp();
  EXPECT_EQ(taken_by("EX-1"), "1");
  Call call;
  api::ListCatalogsResponse list;
  ASSERT_TRUE(catalogs->List(&call, {}, &list).ok());
  ASSERT_EQ(list.catalogs_size(), 3);
  EXPECT_EQ(list.catalogs(0).percent(), 100U);
  EXPECT_THAT(list.catalogs(1).tenants(), ElementsAre("acme"));
  EXPECT_EQ(list.catalogs(1).percent(), 0U);
  EXPECT_TRUE(list.catalogs(2).withdrawn());
}

TEST_F(Rollouts, AVersionThatOrdersNeedIsNotWithdrawn) {
  begin();
  ASSERT_TRUE(roll_out("2", 100).ok());
  const auto refused = withdraw("1");
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr("Expected no order under way with catalogue version 1, but there are 3"));
  const auto details = error_of(refused).details();
  EXPECT_EQ(details.violations_size(), 4) << "what is wrong, and each order";
  EXPECT_THAT(details.violations(1).message(), HasSubstr("of tenant default is inProgress"));

  migrate(from_1_to_2());
  ASSERT_TRUE(withdraw("1").ok());
  EXPECT_TRUE(withdrawn.summary().withdrawn());
  EXPECT_THAT(taken_by("EX-9", "1"), HasSubstr("1 is withdrawn"));
  EXPECT_EQ(taken_by("EX-1", "1"), "2") << "the same submission again is no new order";
  EXPECT_EQ(taken_by("EX-9"), "2");
  ASSERT_TRUE(withdraw("1").ok());
  EXPECT_FALSE(withdrawn.changed());
  Call call;
  api::GetCatalogRequest request;
  request.set_version("1");
  api::GetCatalogResponse content;
  ASSERT_TRUE(catalogs->Get(&call, request, &content).ok());
  EXPECT_EQ(content.content(), kCatalog) << "it can be read for ever";
}

TEST_F(Rollouts, OrdersThatHaveEndedNeedNothing) {
  load_catalog();
  const auto id = submitted(order_json("EX-1"));
  rest();
  EXPECT_EQ(report(completed(service_order_of(id))).code(), 0);
  until([&] { return get(id).summary().state() == "completed"; });
  ASSERT_TRUE(load("2").ok());
  EXPECT_TRUE(withdraw("1").ok());
}

TEST_F(Rollouts, AMigrationDoesWhatItsDryRunSaid) {
  begin();
  const auto tail = log->tail();
  const auto rehearsed = migrate(from_1_to_2(true));
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(rehearsed, ElementsAre("EX-1 would migrate, cancel line, redo line", "EX-2 would migrate, cancel line, redo line",
                                     "EX-3 would migrate, keep first, keep second"));
  EXPECT_TRUE(last.done());
  EXPECT_EQ(last.totals().migrated(), 3U);
  EXPECT_EQ(last.totals().left(), 3U);
  EXPECT_EQ(log->tail(), tail) << "nothing was recorded";

  auto done = migrate(from_1_to_2());
  for (auto& line : done) line = std::regex_replace(line, std::regex("migrated"), "would migrate");
  EXPECT_EQ(done, rehearsed);
  EXPECT_EQ(last.totals().migrated(), 3U);
  EXPECT_EQ(last.totals().left(), 0U);
  for (const auto& id : {one, two, pair}) EXPECT_EQ(pinned(id), "2");
  EXPECT_THAT(migrate(from_1_to_2()), IsEmpty()) << "the same again";
  EXPECT_EQ(submitted(order_json("EX-1")), one);
}

TEST_F(Rollouts, OnlyTheOrdersThatAreNamedAreMigrated) {
  begin();
  auto request = from_1_to_2();
  request.add_order_ids(pair);
  request.add_order_ids("po-none");
  EXPECT_THAT(migrate(request),
              ElementsAre(HasSubstr(" refused: Expected the id of a product order"), HasSubstr("EX-3 migrated")));
  EXPECT_EQ(last.totals().left(), 2U);
  request.mutable_order_ids()->RemoveLast();
  EXPECT_THAT(migrate(request), ElementsAre("EX-3 unchanged: it is pinned to catalogue version 2"));
  EXPECT_EQ(pinned(one), "1");
  request = from_1_to_2();
  request.set_tenant("another");
  EXPECT_THAT(migrate(request), IsEmpty());
}

TEST_F(Rollouts, WhatCannotBeUndoneStaysAsItIsAndIsNamed) {
  load_catalog(std::regex_replace(kCatalog, std::regex("  line@1:\n"), "  line@1:\n    pointOfNoReturn: hard\n"));
  one = submitted(order_json("EX-1"));
  two = submitted(order_json("EX-2"));
  rest();
  auto past = completed(service_order_of(one));
  past.set_kind(wire::REPORT_KIND_PONR_REACHED);
  ASSERT_EQ(report(past).code(), 0);
  ASSERT_TRUE(load("2", 0).ok());
  for (const bool dry_run : {true, false}) {
    const auto results = migrate(from_1_to_2(dry_run));
    EXPECT_THAT(results,
                ElementsAre(HasSubstr("Expected a revision that leaves as it is what cannot be undone"), HasSubstr("EX-2")));
    EXPECT_EQ(last.totals().refused(), 1U);
  }
  EXPECT_EQ(pinned(one), "1");
  EXPECT_EQ(get(one).revision(), 1U);
  EXPECT_EQ(pinned(two), "2");
  EXPECT_EQ(last.totals().left(), 1U);
}

TEST_F(Rollouts, AMigrationThatMakesNoSenseIsRefused) {
  load_catalog();
  migrate(from_1_to_2());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(load("2").ok());
  auto request = from_1_to_2();
  request.set_to("1");
  migrate(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request = from_1_to_2();
  request.clear_reason();
  migrate(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(withdraw("2").ok());
  migrate(from_1_to_2());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace comd::north
