#include "comd/api/v1/system.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;

class FakeSystem final : public SystemService::Service {
 public:
  grpc::Status ListLanes(grpc::ServerContext*, const ListLanesRequest*, ListLanesResponse* response) override {
    *response = lanes;
    return grpc::Status::OK;
  }
  ListLanesResponse lanes;
};

class LanesCommand : public AgainstServer {
 protected:
  void SetUp() override {
    serve(system_);

    auto& access = *system_.lanes.add_lanes();
    access.set_name("access");
    access.set_waiting(100'003);
    access.set_backlog_limit(100'000);
    access.set_window_limit(64);
    access.set_breaker(BREAKER_STATE_OPEN);
    access.mutable_open_until()->set_seconds(1'800'000'030);
    access.set_failures(7);
    access.mutable_oldest()->set_seconds(1'800'000'000);
    access.mutable_rate()->set_calls(50);
    access.mutable_rate()->set_per_ms(1'000);
    auto& ip = *system_.lanes.add_lanes();
    ip.set_name("ip");
    ip.set_waiting(12);
    ip.set_under_way(4);
    ip.set_ahead(9);
    ip.set_window(4);
    ip.set_window_limit(64);
    ip.set_backlog_limit(100'000);
    ip.set_breaker(BREAKER_STATE_CLOSED);
    ip.set_ended_per_second(2.5);
    ip.set_drained_in_ms(6'400);
  }
  std::string run(std::vector<std::string> words) {
    const auto ran = AgainstServer::run(std::move(words));
    EXPECT_EQ(ran.exit, kDone) << ran.err;
    return ran.out;
  }

 private:
  FakeSystem system_;
};

TEST_F(LanesCommand, SaysWhatWaitsAndWhenItIsDone) {
  const auto out = run({"lanes"});
  EXPECT_THAT(out, testing::ContainsRegex("access +open until 08:00:30 +7 +100003 .*0 of 64 +50/s +0.0 +–"));
  EXPECT_THAT(out, testing::ContainsRegex("ip +closed +0 +12 +– +9 +4 +4 of 64 +– +2.5 +6.4s"));
  EXPECT_THAT(out, HasSubstr("access: more than 100000 wait, so new orders that need it are refused"));
}

TEST_F(LanesCommand, PrintsTheSameForMachines) {
  const auto lanes = json_of(run({"lanes", "-o", "json"})).at("lanes");
  ASSERT_EQ(lanes.size(), 2u);
  EXPECT_EQ(lanes[0].at("breaker"), "open");
  EXPECT_EQ(lanes[0].at("openUntil"), "2027-01-15T08:00:30.000Z");
  EXPECT_EQ(lanes[0].at("rate"), (Json{{"calls", 50}, {"perMs", 1'000}}));
  EXPECT_TRUE(lanes[0].at("drainedInMs").is_null());
  EXPECT_EQ(lanes[1].at("drainedInMs"), 6'400);
  EXPECT_EQ(lanes[1].at("ahead"), 9);
  EXPECT_TRUE(lanes[1].at("rate").is_null());
  EXPECT_THAT(run({"lanes", "-o", "yaml"}), HasSubstr("lane: access"));
}

}  // namespace
}  // namespace comd::ctl
