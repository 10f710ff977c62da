#include <gmock/gmock.h>

#include "comd/api/v1/hold.grpc.pb.h"
#include "test/north/north_fixture.h"

/// What is held as a whole, as operators and clients see it.
namespace comd::north {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Held : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
    stub = api::HoldService::NewStub(channel);
  }
  grpc::Status place(const std::string& kind, const std::string& name, bool refuse_new = false, bool freeze = false) {
    Call call;
    api::PlaceHoldRequest request;
    request.set_kind(kind);
    request.set_name(name);
    request.set_reason("maintenance");
    request.set_refuse_new(refuse_new);
    request.set_freeze_timers(freeze);
    return stub->Place(&call, request, &placed);
  }
  grpc::Status lift(const std::string& kind, const std::string& name) {
    Call call;
    api::LiftHoldRequest request;
    request.set_kind(kind);
    request.set_name(name);
    request.set_reason("it is back");
    return stub->Lift(&call, request, &lifted);
  }
  api::ListHoldsResponse listed(std::uint64_t as_of = 0) {
    Call call;
    api::ListHoldsRequest request;
    if (as_of != 0) request.mutable_as_of()->set_position(as_of);
    api::ListHoldsResponse response;
    const auto status = stub->List(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  api::ExplainResponse explained(const std::string& id, std::uint64_t as_of = 0) {
    Call call;
    api::ExplainRequest request;
    request.set_order_id(id);
    if (as_of != 0) request.mutable_as_of()->set_position(as_of);
    api::ExplainResponse response;
    const auto status = orders->Explain(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  std::string state_of(const std::string& order) { return get(order).service_orders(0).status(); }

  std::unique_ptr<api::HoldService::Stub> stub;
  api::PlaceHoldResponse placed;
  api::LiftHoldResponse lifted;
};

TEST_F(Held, IsPlacedListedAndLifted) {
  ASSERT_TRUE(place("target", "network", true, true).ok());
  EXPECT_TRUE(placed.changed());
  EXPECT_EQ(placed.hold().reason(), "maintenance");
  EXPECT_TRUE(placed.hold().has_review_at());
  const auto position = placed.position();
  ASSERT_TRUE(place("target", "network", true, true).ok());
  EXPECT_FALSE(placed.changed());
  const auto found = listed();
  ASSERT_EQ(found.holds_size(), 1);
  EXPECT_EQ(found.holds(0).kind(), "target");
  EXPECT_EQ(found.holds(0).name(), "network");
  EXPECT_TRUE(found.holds(0).freeze_timers());
  EXPECT_TRUE(found.holds(0).refuse_new());
  EXPECT_FALSE(found.holds(0).by().empty());
  ASSERT_TRUE(lift("target", "network").ok());
  EXPECT_EQ(listed().holds_size(), 0);
  EXPECT_EQ(listed(position).holds_size(), 1) << "it was held then";
  EXPECT_EQ(listed(position).as_of_position(), position);
}

TEST_F(Held, SaysWhatWaitsForItAndLetsItGo) {
  ASSERT_TRUE(place("target", "network").ok());
  const auto order = submitted(order_json("E-1"));
  until([&] { return state_of(order) == "queued"; });
  const auto explanation = explained(order);
  ASSERT_EQ(explanation.service_orders_size(), 1);
  for (const api::Explanation& one : {explanation.order(), explanation.service_orders(0)}) {
    EXPECT_THAT(one.because(), AllOf(HasSubstr("target network is held by "), HasSubstr(": maintenance")));
    EXPECT_THAT(one.next(), Contains(HasSubstr("comctl hold lift target network --reason")));
  }
  const auto position = number(log->tail());
  ASSERT_TRUE(lift("target", "network").ok());
  until([&] { return state_of(order) == "submitted"; });
  EXPECT_THAT(explained(order).order().because(), Not(HasSubstr("held")));
  EXPECT_THAT(explained(order, position).order().because(), HasSubstr("target network is held by "));
}

TEST_F(Held, RefusesNewOrdersIfItSaysSo) {
  const auto before = submitted(order_json("E-1"));
  ASSERT_TRUE(place("specification", "line@1", true).ok());
  api::SubmitResponse response;
  const auto status = submit(order_json("E-2"), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("specification line@1 is held by "));
  EXPECT_EQ(submitted(order_json("E-1")), before);
  submitted(order_json("E-3", 100, "VISIT"));
  ASSERT_TRUE(lift("specification", "line@1").ok());
  submitted(order_json("E-2"));
}

TEST_F(Held, IsRefusedWhereItWouldHoldNothing) {
  EXPECT_EQ(place("target", "netwrok").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(place("specification", "line@9").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(place("order", "po-1").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(place("tenant", "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(place("tenant", std::string(300, 'x')).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(lift("target", "network").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(place("tenant", "whoever").ok()) << "tenants are listed nowhere";
}

}  // namespace
}  // namespace comd::north
