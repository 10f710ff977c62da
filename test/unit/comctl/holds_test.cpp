#include "comd/api/v1/hold.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// `hold` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;

class FakeHolds final : public HoldService::Service {
 public:
  grpc::Status Place(grpc::ServerContext*, const PlaceHoldRequest* request, PlaceHoldResponse* response) override {
    asked = *request;
    *response->mutable_hold() = hold;
    response->set_changed(changed);
    return grpc::Status::OK;
  }
  grpc::Status Lift(grpc::ServerContext*, const LiftHoldRequest* request, LiftHoldResponse* response) override {
    lifted = *request;
    response->set_position(9);
    return request->name() == "network" ? grpc::Status::OK : grpc::Status(grpc::StatusCode::NOT_FOUND, "no such hold");
  }
  grpc::Status List(grpc::ServerContext*, const ListHoldsRequest* request, ListHoldsResponse* response) override {
    if (any) *response->add_holds() = hold;
    response->set_as_of_position(request->as_of().position());
    return grpc::Status::OK;
  }
  Hold hold;
  PlaceHoldRequest asked;
  LiftHoldRequest lifted;
  bool changed = true, any = true;
};

class HoldCommand : public AgainstServer {
 protected:
  void SetUp() override {
    serve(service);
    service.hold.set_kind("target");
    service.hold.set_name("network");
    service.hold.set_by("ann");
    service.hold.set_reason("maintenance");
    service.hold.set_freeze_timers(true);
  }
  int run(std::vector<std::string> words) {
    const auto ran = AgainstServer::run(std::move(words));
    text = ran.out + ran.err;
    return ran.exit;
  }

  FakeHolds service;
  std::string text;
};

TEST_F(HoldCommand, PlacesOneWithItsPolicy) {
  EXPECT_EQ(run({"hold", "place", "target", "network", "--reason", "maintenance", "--freeze-timers", "--refuse-new"}), kDone);
  EXPECT_THAT(text, HasSubstr("target network is held, to be looked at by"));
  EXPECT_EQ(service.asked.kind(), "target");
  EXPECT_EQ(service.asked.name(), "network");
  EXPECT_EQ(service.asked.reason(), "maintenance");
  EXPECT_TRUE(service.asked.freeze_timers());
  EXPECT_TRUE(service.asked.refuse_new());
  service.changed = false;
  EXPECT_EQ(run({"hold", "place", "tenant", "acme", "--reason", "audit"}), kDone);
  EXPECT_THAT(text, HasSubstr("is held so already"));
  EXPECT_FALSE(service.asked.freeze_timers());
  EXPECT_FALSE(service.asked.refuse_new());
}

TEST_F(HoldCommand, LiftsOne) {
  EXPECT_EQ(run({"hold", "lift", "target", "network", "--reason", "it is back"}), kDone);
  EXPECT_THAT(text, HasSubstr("target network is not held any more"));
  EXPECT_EQ(service.lifted.reason(), "it is back");
  EXPECT_EQ(run({"hold", "lift", "target", "other", "--reason", "it is back"}), kNotFound);
  EXPECT_EQ(run({"hold", "lift", "target", "network", "--reason", "it is back", "-o", "json"}), kDone);
  EXPECT_EQ(json_of(text).at("position"), 9);
}

TEST_F(HoldCommand, ListsThem) {
  EXPECT_EQ(run({"hold", "list"}), kDone);
  EXPECT_THAT(text, HasSubstr("target network"));
  EXPECT_THAT(text, HasSubstr("frozen"));
  EXPECT_EQ(run({"hold", "list", "--output", "json"}), kDone);
  const auto hold = json_of(text).at("holds").at(0);
  EXPECT_EQ(hold.at("name"), "network");
  EXPECT_EQ(hold.at("timers"), "freeze");
  EXPECT_EQ(hold.at("refuseNew"), false);
  EXPECT_EQ(hold.at("by"), "ann");
  service.any = false;
  EXPECT_EQ(run({"hold", "list"}), kDone);
  EXPECT_THAT(text, HasSubstr("Nothing is held."));
}

TEST_F(HoldCommand, NeedsToKnowWhatAndWhy) {
  EXPECT_EQ(run({"hold", "place", "target", "network"}), kUsage);
  EXPECT_EQ(run({"hold", "place", "order", "po-1", "--reason", "why"}), kUsage);
  EXPECT_EQ(run({"hold", "place", "target", "--reason", "why"}), kUsage);
}

}  // namespace
}  // namespace comd::ctl
