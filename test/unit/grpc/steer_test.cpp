#include <gmock/gmock.h>

#include "test/north/north_fixture.h"

/// Orders under way that are held item by item, wanted sooner, begin later, or depend on one another, over the API.
namespace comd::north {
namespace {

using testing::HasSubstr;

constexpr char kLater[] = "2099-04-01T08:00:00Z";

class Steer : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
  }
  grpc::Status act(const std::string& id, const std::string& action, const std::function<void(api::ActRequest&)>& more,
                   api::ActResponse* response = nullptr) {
    Call call;
    api::ActRequest request;
    request.set_id(id);
    request.set_action(action);
    request.set_reason("because");
    more(request);
    api::ActResponse own;
    return fallout->Act(&call, request, response == nullptr ? &own : response);
  }
  static std::string related(const std::string& type, const std::string& id) {
    return R"("orderRelationship":[{"id":")" + id + R"(","relationshipType":")" + type + R"("}],)";
  }
  api::CancelOrderResponse cancelled(const std::string& id) {
    Call call;
    api::CancelOrderRequest request;
    request.set_order_id(id);
    request.set_reason("no");
    api::CancelOrderResponse response;
    const auto status = orders->Cancel(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  std::string state(const std::string& id) { return get(id).summary().state(); }
};

TEST_F(Steer, AnItemIsHeldAndGoesOn) {
  const auto id = submitted(order_json("one", 100, "PAIR"));
  const auto first = get(id).service_orders(0).id();
  rest();
  ASSERT_TRUE(act(id, "hold", [](auto& request) { request.set_item("1"); }).ok());
  report(completed(first));
  rest();
  EXPECT_EQ(get(id).service_orders(1).status(), "waiting") << "what ran was taken, and nothing more is started";
  EXPECT_EQ(state(id), "held");
  EXPECT_THAT(get(id).tmf622_json(), HasSubstr(R"("state":"held")"));
  ASSERT_TRUE(act(id, "resume", [](auto& request) { request.set_item("1"); }).ok());
  until([&] { return get(id).service_orders(1).status() != "waiting"; });
  EXPECT_EQ(state(id), "inProgress");
}

TEST_F(Steer, WhatCannotBeHeldIsRefusedWithTheReason) {
  const auto id = submitted(order_json("one", 100, "PAIR"));
  const auto unknown = act(id, "hold", [](auto& request) { request.set_item("7"); });
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(unknown.error_message(), HasSubstr("no item '7'"));
  EXPECT_EQ(act(id, "retry", [](auto& request) { request.set_item("1"); }).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(act(service_order_of(id), "hold", [](auto& request) { request.set_item("1"); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(Steer, AnotherPriorityReachesWhatHasNotEnded) {
  const auto id = submitted(order_json("one", 100, "PAIR"));
  EXPECT_EQ(act(id, "prioritise", [](auto&) {}).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "which?";
  EXPECT_EQ(act(id, "prioritise", [](auto& request) { request.set_priority(7); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(act(id, "prioritise", [](auto& request) { request.set_priority(0); }).ok());
  EXPECT_EQ(get(id).summary().priority(), 0u);
  EXPECT_THAT(get(id).tmf622_json(), HasSubstr(R"("priority":"0")"));
  const auto second = get(id).service_orders(1).id();
  until([&] {
    Call call;
    api::TimelineRequest request;
    request.set_order_id(second);
    api::TimelineResponse response;
    EXPECT_TRUE(orders->Timeline(&call, request, &response).ok());
    return response.entries_size() > 0 && response.entries(response.entries_size() - 1).event() == "Prioritised";
  });
}

TEST_F(Steer, AnItemBeginsOnItsDate) {
  auto json = order_json("one");
  const std::string action = R"("action":"add",)";
  json.insert(json.find(action), R"("requestedStartDate":")" + std::string(kLater) + R"(",)");
  const auto id = submitted(json);
  EXPECT_EQ(get(id).service_orders(0).status(), "waiting");
  Call call;
  api::ExplainRequest request;
  request.set_order_id(id);
  api::ExplainResponse response;
  ASSERT_TRUE(orders->Explain(&call, request, &response).ok());
  EXPECT_THAT(response.order().ShortDebugString(), HasSubstr("its time to come"));
  cancelled(id);
  until([&] { return state(id) == "cancelled"; });
}

TEST_F(Steer, AnOrderStartsAfterAnotherThatIsNamedByItsExternalId) {
  const auto one = submitted(order_json("one"));
  const auto two = submitted(order_json("two", 100, "LINE", related("startAfter", "one")));
  EXPECT_EQ(state(two), "pending");
  EXPECT_EQ(get(two).service_orders_size(), 0);
  report(completed(service_order_of(one)));
  until([&] { return get(two).service_orders_size() == 1; });
  EXPECT_EQ(state(two), "inProgress");
}

TEST_F(Steer, AnOrderIsCancelledWithAnother) {
  const auto one = submitted(order_json("one"));
  const auto later = R"("requestedStartDate":")" + std::string(kLater) + R"(",)";
  const auto two = submitted(order_json("two", 100, "LINE", later + related("cancelWith", one)));
  cancelled(one);
  wire::ServiceOrderReport gone = completed(service_order_of(one));
  gone.set_kind(wire::REPORT_KIND_CANCELLED);
  report(gone);
  until([&] { return state(two) == "cancelled"; });
  EXPECT_THAT(get(two).cancellations(0).reason(), HasSubstr(one));
}

TEST_F(Steer, AnOrderThatItDependsOnMustBeThere) {
  api::SubmitResponse response;
  const auto status = submit(order_json("two", 100, "LINE", related("startAfter", "nobody")), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("Submit that order first"));
}

}  // namespace
}  // namespace comd::north
