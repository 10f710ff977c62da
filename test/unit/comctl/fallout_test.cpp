#include <filesystem>
#include <fstream>

#include "comd/api/v1/fallout.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// `fallout` and `task` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;
using testing::Not;

constexpr char kId[] = "so-7f3a.100.1.0.access.r1";

grpc::Status refusal(const std::string& message, const std::string& hint) {
  ErrorDetails details;
  auto& violation = *details.add_violations();
  violation.set_code("precondition");
  violation.set_message(message);
  violation.set_where("action");
  violation.set_hint(hint);
  api::v1::Status status;
  status.set_message(message);
  status.add_details()->PackFrom(details);
  return {grpc::StatusCode::FAILED_PRECONDITION, message, status.SerializeAsString()};
}

class FakeFallout final : public FalloutService::Service {
 public:
  grpc::Status List(grpc::ServerContext*, const ListFalloutRequest* request, ListFalloutResponse* response) override {
    listed = *request;
    auto& item = *response->add_items();
    fill(item);
    return grpc::Status::OK;
  }
  grpc::Status Get(grpc::ServerContext*, const GetFalloutRequest* request, GetFalloutResponse* response) override {
    fill(*response->mutable_item());
    response->mutable_item()->set_id(request->id());
    response->set_version(7);
    response->set_because("a person must decide (PORT_BUSY)");
    response->add_history("2026-11-21T04:00:00.000Z Held: waits for a person (PORT_BUSY: all taken)");
    auto& retry = *response->add_prospects();
    retry.set_action("retry");
    retry.set_allowed(true);
    retry.add_leads_to("Queued: attempt 2");
    auto& skip = *response->add_prospects();
    skip.set_action("skip");
    skip.set_allowed(true);
    skip.set_needs_force(true);
    skip.add_leads_to("Failed: then skip");
    skip.set_refusal("Expected an optional service order, but it is required");
    skip.set_hint("If the order may go on without it: --force");
    auto& resume = *response->add_prospects();
    resume.set_action("resume");
    resume.set_refusal("Expected a held order");
    return grpc::Status::OK;
  }
  grpc::Status Act(grpc::ServerContext*, const ActRequest* request, ActResponse* response) override {
    acted.push_back(*request);
    if (lost > 0) {
      --lost;
      return {grpc::StatusCode::UNAVAILABLE, "lost"};
    }
    if (request->id().find("required") != std::string::npos) return refusal("Expected an optional one", "--force");
    response->set_position(9);
    response->set_version(8);
    response->add_leads_to("Queued: attempt 2");
    return grpc::Status::OK;
  }

  int lost = 0;
  ListFalloutRequest listed;
  std::vector<ActRequest> acted;

 private:
  static void fill(FalloutItem& item) {
    item.set_id(kId);
    item.set_kind("fallout");
    item.set_order_id("po-7f3a");
    item.set_state("held");
    item.set_target("access-system");
    item.set_code("PORT_BUSY");
    item.set_message("all taken");
    item.set_in_doubt(true);
    item.mutable_since()->set_seconds(1'700'000'000);
  }
};

class FalloutCommands : public AgainstServer {
 protected:
  void SetUp() override { serve(fallout); }

  FakeFallout fallout;
};

TEST_F(FalloutCommands, listAsksForWhatItWasToldAndShowsTheCause) {
  const auto result =
      run({"fallout", "list",      "--kind",     "fallout", "--target", "t",    "--spec",  "s@1",  "--code",       "PORT*",
           "--class", "permanent", "--assignee", "-",       "--order",  "po-1", "--state", "held", "--older-than", "2h"});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_THAT(result.out, HasSubstr(kId));
  EXPECT_THAT(result.out, HasSubstr("PORT_BUSY: all taken"));
  const auto& asked = fallout.listed;
  EXPECT_EQ(asked.kind(), "fallout");
  EXPECT_EQ(asked.target(), "t");
  EXPECT_EQ(asked.specification(), "s@1");
  EXPECT_EQ(asked.code(), "PORT*");
  EXPECT_EQ(asked.fault_class(), "permanent");
  EXPECT_EQ(asked.assignee(), "-");
  EXPECT_EQ(asked.order_id(), "po-1");
  EXPECT_EQ(asked.state(), "held");
  EXPECT_TRUE(asked.has_since_before());
  EXPECT_FALSE(asked.has_since_after());
  EXPECT_EQ(run({"task", "list"}).exit, kDone);
  EXPECT_EQ(fallout.listed.kind(), "task");
}

TEST_F(FalloutCommands, showSaysWhatEachActionLeadsTo) {
  const auto result = run({"fallout", "show", kId});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_THAT(result.out, HasSubstr("partner said"));
  EXPECT_THAT(result.out, HasSubstr("the partner may have done it"));
  EXPECT_THAT(result.out, HasSubstr("Held: waits for a person"));
  EXPECT_THAT(result.out, testing::ContainsRegex("retry +yes +Queued: attempt 2"));
  EXPECT_THAT(result.out, testing::ContainsRegex("skip +needs --force +Failed: then skip .Expected an optional"));
  EXPECT_THAT(result.out, testing::ContainsRegex("resume +no +Expected a held order"));
  const auto document = json_of(run({"fallout", "show", kId, "-o", "json"}).out);
  EXPECT_EQ(document.at("version"), 7);
  EXPECT_EQ(document.at("actions")[1].at("needsForce"), true);
  EXPECT_THAT(run({"task", "show", kId, "-o", "yaml"}).out, HasSubstr("code: PORT_BUSY"));
}

TEST_F(FalloutCommands, anActionCarriesEverythingAndAnIdOfItsOwn) {
  const auto result = run({"fallout", "retry", kId, "--reason", "cleaned", "--set", "vlan=12", "--set", "name=a b", "--set",
                           "code=\"12\"", "--force", "--if-version", "7"});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_EQ(result.out, std::string(kId) + " retry: Queued: attempt 2\n");
  ASSERT_EQ(fallout.acted.size(), 1u);
  const auto& asked = fallout.acted[0];
  EXPECT_EQ(asked.action(), "retry");
  EXPECT_EQ(asked.reason(), "cleaned");
  EXPECT_EQ(asked.values_json(), R"({"vlan":12,"name":"a b","code":"12"})");
  EXPECT_TRUE(asked.force());
  EXPECT_EQ(asked.if_version(), 7u);
  EXPECT_NE(asked.request_id(), "");
}

TEST_F(FalloutCommands, aLostAnswerIsAskedForAgainWithTheSameId) {
  fallout.lost = 1;
  EXPECT_EQ(run({"fallout", "retry", kId, "--reason", "again"}).exit, kDone);
  ASSERT_EQ(fallout.acted.size(), 2u);
  EXPECT_EQ(fallout.acted[0].request_id(), fallout.acted[1].request_id());
}

TEST_F(FalloutCommands, severalAreActedOnOneByOne) {
  const auto result = run({"fallout", "skip", "so-1", "so-required", "so-3", "--reason", "no need"});
  EXPECT_EQ(result.exit, kRejected);
  EXPECT_THAT(result.out, HasSubstr("so-1 skip: Queued"));
  EXPECT_THAT(result.out, HasSubstr("so-3 skip: Queued"));
  EXPECT_THAT(result.out, HasSubstr("2 done, 1 refused"));
  EXPECT_THAT(result.err, HasSubstr("so-required: FAILED_PRECONDITION"));
  ASSERT_EQ(fallout.acted.size(), 3u);
  EXPECT_NE(fallout.acted[0].request_id(), fallout.acted[2].request_id());
  const auto document = json_of(run({"fallout", "skip", "so-1", "so-required", "--reason", "x", "-o", "json"}).out);
  EXPECT_EQ(document.at("results")[1].at("error").at("code"), "FAILED_PRECONDITION");
  EXPECT_EQ(document.at("results")[0].at("leadsTo")[0], "Queued: attempt 2");
}

TEST_F(FalloutCommands, aRefusalIsTheExitCodeAndTheWayOn) {
  const auto result = run({"fallout", "skip", "so-required", "--reason", "no need"});
  EXPECT_EQ(result.exit, kRejected);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("→ --force"));
}

TEST_F(FalloutCommands, tasksAreTheSameInOtherWords) {
  EXPECT_EQ(run({"task", "provide", kId, "--set", "vlan=12", "--reason", "told"}).exit, kDone);
  EXPECT_EQ(fallout.acted.back().action(), "retry");
  EXPECT_EQ(run({"task", "complete", kId, "--values", "-", "--reason", "done"}, R"({"serial": "R-1"})").exit, kDone);
  EXPECT_EQ(fallout.acted.back().values_json(), R"({"serial":"R-1"})");
  EXPECT_EQ(run({"task", "assign", kId, "--to", "anna", "--reason", "near"}).exit, kDone);
  EXPECT_EQ(fallout.acted.back().assignee(), "anna");
  EXPECT_EQ(run({"task", "assign", kId, "--to", "-", "--reason", "ill"}).exit, kDone);
  EXPECT_EQ(fallout.acted.back().assignee(), "");
  const auto dry = run({"task", "fail", kId, "--reason", "no", "--dry-run"});
  EXPECT_THAT(dry.out, HasSubstr("would lead to"));
  EXPECT_TRUE(fallout.acted.back().dry_run());
}

TEST_F(FalloutCommands, wrongUsageReachesNobody) {
  EXPECT_EQ(run({"fallout", "retry", kId}).exit, kUsage) << "no reason";
  EXPECT_EQ(run({"fallout", "retry", kId, "--reason", "x", "--set", "vlan"}).exit, kUsage);
  EXPECT_EQ(run({"fallout", "retry", kId, "--reason", "x", "--values", "-"}, "[1]").exit, kUsage);
  EXPECT_EQ(run({"fallout", "retry", "so-1", "so-2", "--reason", "x", "--if-version", "3"}).exit, kUsage);
  EXPECT_EQ(run({"fallout", "list", "--kind", "tasks"}).exit, kUsage);
  EXPECT_EQ(run({"task", "provide", kId, "--reason", "x"}).exit, kUsage);
  EXPECT_TRUE(fallout.acted.empty());
}

}  // namespace
}  // namespace comd::ctl
