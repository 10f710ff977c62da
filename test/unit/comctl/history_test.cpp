#include "cmd/comctl/tool/moment.h"
#include "comd/api/v1/history.grpc.pb.h"
#include "test/support/temp_file.h"
#include "test/unit/comctl/against_server.h"

/// The past, and what would be, on the command line.
namespace comd::ctl {
namespace {

namespace v1 = api::v1;
using testing::HasSubstr;
using testing::Not;

class FakeHistory final : public v1::HistoryService::Service {
 public:
  grpc::Status Replay(grpc::ServerContext*, const v1::ReplayRequest* request, v1::ReplayResponse* response) override {
    response->set_total(3);
    for (std::uint32_t at = request->after_step() + 1; at <= 3 && response->steps_size() < 2; ++at) {
      auto& step = *response->add_steps();
      step.set_step(at);
      step.mutable_event()->set_event("Event" + std::to_string(at));
      step.mutable_event()->set_stream(request->id());
      step.set_state("state" + std::to_string(at));
      auto& change = *step.add_changes();
      change.set_stream(request->id());
      change.set_field("status");
      change.set_after("state" + std::to_string(at));
    }
    return grpc::Status::OK;
  }
  grpc::Status Diff(grpc::ServerContext*, const v1::DiffRequest* request, v1::DiffResponse* response) override {
    diff = *request;
    response->set_id(request->id());
    auto& change = *response->add_changes();
    change.set_stream("po-1");
    change.set_field("status");
    change.set_before("inProgress\x1b[2J");
    change.set_after("completed");
    return grpc::Status::OK;
  }
  grpc::Status WhatIf(grpc::ServerContext*, const v1::WhatIfRequest* request,
                      grpc::ServerWriter<v1::WhatIfResponse>* writer) override {
    what_if = *request;
    v1::WhatIfResponse message;
    message.set_catalog_version("2");
    message.mutable_totals()->set_orders(2);
    message.mutable_totals()->set_done(2);
    message.mutable_totals()->set_differ(1);
    message.mutable_totals()->set_refused(refused);
    auto& order = *message.add_orders();
    order.set_order_id("po-1");
    order.set_verdict(v1::VERDICT_DIFFERS);
    auto& one = *order.add_service_orders();
    one.set_id("so-1.1.1.0.probe.r1");
    one.set_kind("added");
    message.set_done(true);
    writer->Write(message);
    return grpc::Status::OK;
  }
  grpc::Status Try(grpc::ServerContext*, const v1::TryRequest* request, v1::TryResponse* response) override {
    tried = *request;
    response->set_order_id(request->order_id());
    response->set_quiet(true);
    if (refuse) response->mutable_rejection()->set_message("Expected an open order, but it has ended");
    return grpc::Status::OK;
  }

  v1::DiffRequest diff;
  v1::WhatIfRequest what_if;
  v1::TryRequest tried;
  std::uint64_t refused = 0;
  bool refuse = false;
};

class History : public AgainstServer {
 protected:
  void SetUp() override { serve(service); }

  std::string at_terminal(const std::string& input) const {
    std::istringstream in(input);
    std::ostringstream out, err;
    const std::vector<const char*> words{"comctl", "--server", address.c_str(), "--no-color", "order", "replay", "po-1"};
    EXPECT_EQ(ctl::run(static_cast<int>(words.size()), words.data(), Streams{in, out, err, true, true}), kDone) << err.str();
    return out.str();
  }

  FakeHistory service;
};

TEST(Moments, AreTimesPositionsAndVersions) {
  EXPECT_EQ(parse_moment("@4711")->position, 4711U);
  EXPECT_EQ(parse_moment("v12")->version, 12U);
  EXPECT_EQ(parse_moment("2h ago")->ago, std::chrono::hours(2));
  EXPECT_TRUE(parse_moment("2026-01-31T10:00:00Z")->time.has_value());
  EXPECT_TRUE(parse_moment("now").has_value());
  for (const auto* bad : {"", "v", "@", "v1x", "@-1", "yesterday", "x ago", "12"}) EXPECT_FALSE(parse_moment(bad)) << bad;
}

TEST_F(History, ReplayPrintsAllStepsOfAllPages) {
  const auto ran = run({"order", "replay", "po-1"});
  EXPECT_EQ(ran.exit, kDone);
  for (const auto* event : {"Event1", "Event2", "Event3"}) EXPECT_THAT(ran.out, HasSubstr(event));
  const auto document = json_of(run({"order", "replay", "po-1", "-o", "json"}).out);
  EXPECT_EQ(document.at("total"), 3);
  EXPECT_EQ(document.at("steps").size(), 3U);
  EXPECT_EQ(document.at("steps").at(0).at("changes").at(0).at("before"), nullptr);
  const auto second = run({"order", "replay", "po-1", "--step", "2"});
  EXPECT_THAT(second.out, HasSubstr("Event2"));
  EXPECT_THAT(second.out, Not(HasSubstr("Event1")));
  EXPECT_EQ(run({"order", "replay", "po-1", "--step", "4"}).exit, kUsage);
}

TEST_F(History, ReplayStepsForwardAndBackOnATerminal) {
  const auto out = at_terminal("n\np\ng 3\nn\nx\nq\nn\n");
  std::vector<std::string> seen;
  for (std::size_t at = 0; (at = out.find("/3  ", at)) != std::string::npos; at += 3) seen.push_back(out.substr(at - 1, 1));
  EXPECT_EQ(seen, (std::vector<std::string>{"1", "2", "1", "3", "3", "3"}));
  EXPECT_THAT(out, HasSubstr("That was the last step."));
  EXPECT_THAT(out, HasSubstr("Expected n, p, g 1 to g 3 or q, but got \"x\"."));
}

TEST_F(History, DiffSendsTheMomentsAndSteersNoTerminal) {
  const auto ran = run({"order", "diff", "po-1", "v3", "@9"});
  EXPECT_EQ(ran.exit, kDone) << ran.err;
  EXPECT_EQ(service.diff.from().version(), 3U);
  EXPECT_EQ(service.diff.to().position(), 9U);
  EXPECT_THAT(ran.out, HasSubstr("completed"));
  EXPECT_THAT(ran.out, Not(HasSubstr("\x1b")));
  EXPECT_EQ(run({"order", "diff", "po-1", "12"}).exit, kUsage);
}

TEST_F(History, RehearseIsAGate) {
  const test::TempFile file("catalog: x");
  const auto same = run({"catalog", "rehearse", file.path(), "--last", "30d"});
  EXPECT_EQ(same.exit, kDone) << same.err;
  EXPECT_TRUE(service.what_if.has_from());
  EXPECT_EQ(service.what_if.content(), "catalog: x");
  EXPECT_THAT(same.out, HasSubstr("added"));
  EXPECT_EQ(run({"catalog", "rehearse", file.path(), "--all", "--fail-on-difference"}).exit, kUnexpected);
  service.refused = 1;
  EXPECT_EQ(run({"catalog", "rehearse", file.path(), "--all"}).exit, kUnexpected);
  const auto what_if = run({"log", "what-if", "--catalog", "2026.2", "po-1", "-o", "json"});
  EXPECT_EQ(what_if.exit, kDone) << what_if.err;
  EXPECT_EQ(service.what_if.version(), "2026.2");
  EXPECT_EQ(service.what_if.order_ids(0), "po-1");
  const auto document = json_of(what_if.out);
  EXPECT_EQ(document.at("orders").at(0).at("verdict"), "differs");
  EXPECT_EQ(document.at("totals").at("refused"), 1);
}

TEST_F(History, ATryThatWouldBeRefusedSaysSo) {
  auto ran =
      run({"order", "try", "po-1", "retry", "--at", "v4", "--reason", "cleaned", "--service-order", "so-1", "--set", "vlan=12"});
  EXPECT_EQ(ran.exit, kDone) << ran.err;
  EXPECT_EQ(service.tried.at().version(), 4U);
  EXPECT_EQ(service.tried.act().action(), "retry");
  EXPECT_EQ(service.tried.act().id(), "so-1");
  EXPECT_EQ(service.tried.act().values_json(), R"({"vlan":12})");
  EXPECT_THAT(ran.out, HasSubstr("nothing left"));
  service.refuse = true;
  ran = run({"order", "try", "po-1", "cancel", "--reason", "moved"});
  EXPECT_EQ(ran.exit, kRejected);
  EXPECT_EQ(service.tried.cancel().reason(), "moved");
  EXPECT_THAT(ran.out, HasSubstr("Would be refused"));
}

}  // namespace
}  // namespace comd::ctl
