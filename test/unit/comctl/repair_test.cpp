#include "cmd/comctl/tool/repair.h"
#include "comd/api/v1/repair.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// `repair` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr char kId[] = "rj-7f3a";
constexpr char kMember[] = "so-7f3a.100.1.0.access.r1";

struct Numbers {
  std::uint32_t open = 0, tried = 0, moved = 0, stuck = 0, refused = 0, skipped = 0;
};

Repair repair(const std::string& status, const Numbers& n) {
  Repair out;
  out.set_id(kId);
  out.set_status(status);
  out.set_action("retry");
  out.set_by("anna");
  out.set_why("the switch is back");
  out.set_query("code=PORT_*");
  out.set_reason(status == "paused" ? "1 of the canary did not move" : "");
  auto& t = *out.mutable_totals();
  t.set_open(n.open);
  t.set_tried(n.tried);
  t.set_moved(n.moved);
  t.set_stuck(n.stuck);
  t.set_refused(n.refused);
  t.set_skipped(n.skipped);
  t.set_members(n.open + n.tried + n.moved + n.stuck + n.refused + n.skipped);
  out.mutable_started_at()->set_seconds(1'700'000'000);
  return out;
}

class FakeRepairs final : public RepairService::Service {
 public:
  grpc::Status Start(grpc::ServerContext*, const StartRepairRequest* request, StartRepairResponse* response) override {
    started.push_back(*request);
    if (lost > 0) {
      --lost;
      return {grpc::StatusCode::UNAVAILABLE, "lost"};
    }
    *response->mutable_repair() = repair("canary", {.open = 20});
    if (!request->dry_run()) return grpc::Status::OK;
    response->set_allowed(19);
    response->set_refused(refused);
    auto& outcome = *response->add_outcomes();
    outcome.set_members(19);
    outcome.set_allowed(true);
    outcome.set_text("Queued");
    auto& forecast = *response->add_forecasts();
    forecast.set_id(kMember);
    forecast.set_refusal("Expected a held one");
    return grpc::Status::OK;
  }
  grpc::Status Get(grpc::ServerContext*, const GetRepairRequest* request, GetRepairResponse* response) override {
    asked.push_back(*request);
    const auto at = std::min(looks++, states.size() - 1);
    if (states[at].status().empty()) return {grpc::StatusCode::UNAVAILABLE, "away"};
    *response->mutable_repair() = states[at];
    response->set_canary(3);
    response->set_canary_passed(true);
    response->set_rate(20);
    response->set_stop_after(10);
    response->set_values_json(R"({"vlan":12})");
    if (request->without_members()) return grpc::Status::OK;
    response->add_history("2026-11-21T04:00:00.000Z Started: retry for 20 (the switch is back)");
    auto& member = *response->add_members();
    member.set_number(request->page_token().empty() ? 1 : 2);
    member.set_id(kMember);
    member.set_verdict("stuck");
    member.set_detail("held again: PORT_BUSY");
    if (request->page_token().empty()) response->set_next_page_token("more");
    return grpc::Status::OK;
  }
  grpc::Status List(grpc::ServerContext*, const ListRepairsRequest* request, ListRepairsResponse* response) override {
    listed = *request;
    *response->add_repairs() = repair("paused", {.open = 15, .moved = 4, .stuck = 1});
    return grpc::Status::OK;
  }
  grpc::Status Steer(grpc::ServerContext*, const SteerRepairRequest* request, SteerRepairResponse* response) override {
    steered = *request;
    *response->mutable_repair() = repair("paused", {.open = 15});
    response->set_changed(request->reason() != "again");
    return grpc::Status::OK;
  }

  int lost = 0;
  std::uint32_t refused = 1;
  std::size_t looks = 0;
  std::vector<Repair> states{repair("finished", {.moved = 20})};  ///< what each Get sees; the last one stays. Empty: away
  std::vector<StartRepairRequest> started;
  std::vector<GetRepairRequest> asked;
  ListRepairsRequest listed;
  SteerRepairRequest steered;
};

class RepairCommands : public AgainstServer {
 protected:
  void SetUp() override { serve(repairs); }
  Ran start(std::vector<std::string> more) const {
    std::vector<std::string> words{"repair", "start", "--code", "PORT_*", "--action", "retry", "--reason", "the switch is back"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }

  FakeRepairs repairs;
};

TEST_F(RepairCommands, startSendsTheFiltersThePlanAndAnIdOfItsOwn) {
  const auto result =
      start({"--kind",  "fallout",    "--target", "t",      "--spec",       "s@1",          "--class", "permanent",
             "--order", "po-1",       "--state",  "held",   "--older-than", "2h",           "--set",   "vlan=12",
             "--force", "--canary",   "3",        "--rate", "50",           "--stop-after", "7",       "--look-every",
             "1s",      "--look-for", "1m"});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_THAT(result.out, HasSubstr("rj-7f3a: retry for 20 members, canary"));
  EXPECT_THAT(result.out, HasSubstr("comctl repair show rj-7f3a --follow"));
  ASSERT_EQ(repairs.started.size(), 1u);
  const auto& asked = repairs.started[0];
  EXPECT_EQ(asked.query().kind(), "fallout");
  EXPECT_EQ(asked.query().target(), "t");
  EXPECT_EQ(asked.query().specification(), "s@1");
  EXPECT_EQ(asked.query().code(), "PORT_*");
  EXPECT_EQ(asked.query().fault_class(), "permanent");
  EXPECT_EQ(asked.query().order_id(), "po-1");
  EXPECT_EQ(asked.query().state(), "held");
  EXPECT_TRUE(asked.query().has_since_before());
  EXPECT_EQ(asked.action(), "retry");
  EXPECT_EQ(asked.reason(), "the switch is back");
  EXPECT_EQ(asked.values_json(), R"({"vlan":12})");
  EXPECT_TRUE(asked.force());
  EXPECT_EQ(asked.canary(), 3u);
  EXPECT_EQ(asked.rate(), 50);
  EXPECT_EQ(asked.stop_after(), 7u);
  EXPECT_EQ(asked.look_every_ms(), 1'000);
  EXPECT_EQ(asked.look_for_ms(), 60'000);
  EXPECT_NE(asked.request_id(), "");
  EXPECT_FALSE(asked.dry_run());
}

TEST_F(RepairCommands, aFewGoFirstUnlessSomebodySaysOtherwise) {
  EXPECT_EQ(start({}).exit, kDone);
  EXPECT_EQ(repairs.started.back().canary(), 5u);
  EXPECT_EQ(repairs.started.back().rate(), 20);
  EXPECT_EQ(repairs.started.back().stop_after(), 10u);
  EXPECT_EQ(start({"--canary", "0"}).exit, kDone);
  EXPECT_EQ(repairs.started.back().canary(), 0u);
}

TEST_F(RepairCommands, aLostAnswerIsAskedForAgainWithTheSameId) {
  repairs.lost = 1;
  EXPECT_EQ(start({}).exit, kDone);
  ASSERT_EQ(repairs.started.size(), 2u);
  EXPECT_EQ(repairs.started[0].request_id(), repairs.started[1].request_id());
}

TEST_F(RepairCommands, aDryRunSaysWhatWouldBecomeOfEachAndExitsWithTheRefusals) {
  auto result = start({"--dry-run"});
  EXPECT_EQ(result.exit, kRejected);
  EXPECT_TRUE(repairs.started.back().dry_run());
  EXPECT_THAT(result.out, HasSubstr("would be allowed for 19 and refused for 1; nothing was recorded"));
  EXPECT_THAT(result.out, ContainsRegex("19 +yes +Queued"));
  EXPECT_THAT(result.out, ContainsRegex("so-7f3a.100.1.0.access.r1 +no +Expected a held one"));
  const auto document = json_of(start({"--dry-run", "-o", "json"}).out);
  EXPECT_EQ(document.at("dryRun"), true);
  EXPECT_EQ(document.at("outcomes")[0].at("members"), 19);
  EXPECT_EQ(document.at("members")[0].at("refusal"), "Expected a held one");
  repairs.refused = 0;
  EXPECT_EQ(start({"--dry-run"}).exit, kDone);
}

TEST_F(RepairCommands, followShowsHowFarItIsAndThenAReportThatSums) {
  repairs.states = {repair("canary", {.open = 17, .tried = 3}), Repair{}, repair("finished", {.moved = 18, .skipped = 2})};
  const auto result = start({"--follow"});
  EXPECT_EQ(result.exit, kDone) << result.err;
  EXPECT_THAT(result.err, HasSubstr("rj-7f3a: retry for 20"));
  EXPECT_THAT(result.err, HasSubstr("0/20"));
  EXPECT_THAT(result.err, HasSubstr("20/20"));
  EXPECT_THAT(result.err, HasSubstr("went away"));
  EXPECT_THAT(result.out, ContainsRegex("moved +18 "));
  EXPECT_THAT(result.out, ContainsRegex("sum +20 +all members"));
  EXPECT_THAT(result.out, HasSubstr("3 first (all moved), then 20 a second; pauses after 10"));
  EXPECT_THAT(result.out, HasSubstr("Started: retry for 20"));
}

TEST_F(RepairCommands, whatDidNotMoveIsTheExitCodeAndTheWayOn) {
  repairs.states = {repair("finished", {.moved = 17, .stuck = 2, .refused = 1})};
  for (const auto& result : {start({"--follow"}), run({"repair", "show", kId})}) {
    EXPECT_EQ(result.exit, kUnexpected);
    EXPECT_THAT(result.err, HasSubstr("Expected all 20 members to move, but 2 are stuck, 1 was refused"));
    EXPECT_THAT(result.err, HasSubstr("comctl repair show rj-7f3a --members --verdict stuck"));
    EXPECT_THAT(result.out, ContainsRegex("stuck +2 "));
  }
  repairs.states = {repair("paused", {.open = 19, .stuck = 1})};
  EXPECT_EQ(run({"repair", "show", kId}).exit, kDone) << "it is only looked at";
  const auto paused = run({"repair", "show", kId, "--follow"});
  EXPECT_EQ(paused.exit, kUnexpected) << "only a person can go on";
  EXPECT_THAT(paused.err, HasSubstr("1 of the canary did not move"));
  EXPECT_THAT(paused.err, HasSubstr("comctl repair resume rj-7f3a"));
}

TEST_F(RepairCommands, showListsMembersOnlyWhenAsked) {
  const auto without = run({"repair", "show", kId});
  EXPECT_THAT(without.out, Not(HasSubstr("PORT_BUSY")));
  EXPECT_THAT(without.out, Not(HasSubstr("--page-token")));
  const auto page = run({"repair", "show", kId, "--members", "--verdict", "stuck", "--page-size", "1"});
  EXPECT_THAT(page.out, ContainsRegex("1 +so-7f3a.100.1.0.access.r1 +stuck +held again: PORT_BUSY"));
  EXPECT_THAT(page.out, HasSubstr("--page-token more"));
  EXPECT_EQ(repairs.asked.back().verdict(), "stuck");
  EXPECT_EQ(repairs.asked.back().page_size(), 1u);
  const auto all = json_of(run({"repair", "show", kId, "--members", "--all", "-o", "json"}).out);
  EXPECT_EQ(all.at("members").size(), 2u);
  EXPECT_EQ(all.at("nextPageToken"), "");
  EXPECT_EQ(all.at("values").at("vlan"), 12);
  EXPECT_EQ(all.at("repair").at("totals").at("moved"), 20);
  EXPECT_THAT(run({"repair", "show", kId, "-o", "yaml"}).out, HasSubstr("status: finished"));
}

TEST_F(RepairCommands, listAndSteer) {
  const auto list = run({"repair", "list", "--status", "paused"});
  EXPECT_THAT(list.out, ContainsRegex("rj-7f3a +paused +retry .* 20 +4 +1 +0 +0 +15 +anna +the switch is back"));
  EXPECT_EQ(repairs.listed.status(), "paused");
  for (const std::string order : {"pause", "resume", "cancel"}) {
    const auto result = run({"repair", order, kId, "--reason", "lunch"});
    EXPECT_EQ(result.exit, kDone) << result.err;
    EXPECT_EQ(result.out, "rj-7f3a is paused\n");
    EXPECT_EQ(repairs.steered.order(), order);
    EXPECT_EQ(repairs.steered.reason(), "lunch");
  }
  EXPECT_EQ(run({"repair", "pause", kId, "--reason", "again"}).out, "rj-7f3a is already paused\n");
}

TEST_F(RepairCommands, wrongUsageReachesNobody) {
  EXPECT_EQ(run({"repair", "start", "--code", "X", "--action", "retry"}).exit, kUsage) << "no reason";
  EXPECT_EQ(run({"repair", "start", "--code", "X", "--reason", "x"}).exit, kUsage) << "no action";
  EXPECT_EQ(run({"repair", "start", "--action", "note", "--reason", "x"}).exit, kUsage);
  EXPECT_EQ(start({"--dry-run", "--follow"}).exit, kUsage);
  EXPECT_EQ(start({"--rate", "0"}).exit, kUsage);
  EXPECT_EQ(start({"--set", "vlan"}).exit, kUsage);
  EXPECT_EQ(run({"repair", "pause", kId}).exit, kUsage) << "no reason";
  EXPECT_TRUE(repairs.started.empty());
}

TEST_F(RepairCommands, theLineOfOneUnderWay) {
  const Time now{Millis(1'700'000'010'000)};
  const auto line = repair_line(repair("running", {.open = 5, .tried = 3, .moved = 10, .stuck = 1, .refused = 1}), now);
  EXPECT_THAT(line, HasSubstr("12/20  60%  1/s"));
  EXPECT_THAT(line, HasSubstr("running, 1 stuck, 1 refused"));
}

}  // namespace
}  // namespace comd::ctl
