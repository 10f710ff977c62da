#include <gmock/gmock.h>

#include "test/north/north_fixture.h"

/// The cancellation of a whole order, over the API: a task that is carried out, or denied with each reason.
namespace comd::north {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Cancel : public North {
 protected:
  /// Orders of PAIR, of whose first line undoing is past this point of no return once it is done.
  std::string order_past(const std::string& ponr) {
    std::string yaml = kCatalog;
    yaml.insert(yaml.find("    timeouts:"), "    pointOfNoReturn: " + ponr + "\n");
    load_catalog(yaml);
    const auto id = submitted(order_json("EX-1", 100, "PAIR"));
    rest();
    EXPECT_EQ(report(completed(get(id).service_orders(0).id(), "r-0")).code(), 0);
    rest();
    return id;
  }
  api::CancelOrderRequest request_for(const std::string& id) const {
    api::CancelOrderRequest out;
    out.set_order_id(id);
    out.set_reason("changed their mind");
    return out;
  }
  grpc::Status cancel(const api::CancelOrderRequest& request, api::CancelOrderResponse& response) {
    Call call;
    return orders->Cancel(&call, request, &response);
  }
  static std::vector<std::string> kinds(const api::CancelOrderResponse& response) {
    std::vector<std::string> out;
    for (const auto& step : response.steps()) out.push_back(step.kind() + " " + step.service_key());
    return out;
  }
};

TEST_F(Cancel, ADryRunSaysWhatTheRunThenDoesAndTheTaskEndsWithTheOrder) {
  const auto id = order_past("none");
  auto request = request_for(id);
  api::CancelOrderResponse rehearsed, done;
  request.set_dry_run(true);
  ASSERT_TRUE(cancel(request, rehearsed).ok());
  EXPECT_THAT(kinds(rehearsed), ElementsAre("undo first", "cancel second"));
  EXPECT_EQ(get(id).version(), rehearsed.version()) << "nothing was recorded";
  EXPECT_EQ(get(id).cancellations_size(), 0);

  request.set_dry_run(false);
  request.set_if_version(rehearsed.version() - 1);
  EXPECT_FALSE(cancel(request, done).ok()) << "it has moved since";
  request.set_if_version(rehearsed.version());
  const auto status = cancel(request, done);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(done.task().state(), "inProgress");
  ASSERT_TRUE(cancel(request, done).ok()) << "the same again, although it has moved by itself";
  auto second = completed(get(id).service_orders(1).id(), "r-1");
  second.set_kind(wire::REPORT_KIND_CANCELLED);
  EXPECT_EQ(report(second).code(), 0);
  until([&] { return get(id).service_orders_size() == 3; });
  EXPECT_EQ(report(completed(get(id).service_orders(2).id(), "r-2")).code(), 0);
  until([&] { return get(id).summary().terminal(); });
  const auto order = get(id);
  EXPECT_EQ(order.summary().state(), "cancelled");
  ASSERT_EQ(order.cancellations_size(), 1);
  EXPECT_EQ(order.cancellations(0).state(), "done");
  EXPECT_EQ(order.cancellations(0).id(), id + ".cancel.1");
  EXPECT_TRUE(order.cancellations(0).has_ended_at());
}

TEST_F(Cancel, PastAHardPointOfNoReturnIsDeniedAndTheTaskKept) {
  const auto id = order_past("hard");
  auto request = request_for(id);
  api::CancelOrderResponse response;
  request.set_dry_run(true);
  ASSERT_TRUE(cancel(request, response).ok());
  ASSERT_EQ(response.obstacles_size(), 1);
  EXPECT_EQ(response.obstacles(0).item(), "1");
  EXPECT_EQ(response.steps_size(), 0);

  request.set_dry_run(false);
  const auto status = cancel(request, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("point of no return"));
  const auto order = get(id);
  EXPECT_EQ(order.summary().state(), "inProgress");
  ASSERT_EQ(order.cancellations_size(), 1);
  EXPECT_EQ(order.cancellations(0).state(), "terminatedWithError");
  ASSERT_EQ(order.cancellations(0).obstacles_size(), 1);
  EXPECT_EQ(order.cancellations(0).obstacles(0).service_order(), order.service_orders(0).id());
}

TEST_F(Cancel, PastASoftPointOfNoReturnNeedsTheCostToBeAccepted) {
  const auto id = order_past("soft");
  auto request = request_for(id);
  api::CancelOrderResponse response;
  request.set_dry_run(true);
  ASSERT_TRUE(cancel(request, response).ok());
  EXPECT_EQ(response.costs_size(), 1);
  EXPECT_THAT(kinds(response), ElementsAre("undo first", "cancel second"));
  request.set_dry_run(false);
  EXPECT_EQ(cancel(request, response).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(get(id).cancellations_size(), 0) << "it was not assessed: there is still a choice";
  request.set_accept_cost(true);
  ASSERT_TRUE(cancel(request, response).ok());
  EXPECT_EQ(response.state(), "pendingCancellation");
}

TEST_F(Cancel, TheSameAgainWhileItIsBeingAssessedIsNotToldThatTheOrderHasMoved) {
  std::string yaml = kCatalog;
  yaml.insert(yaml.find("    timeouts:"), "    cancelRefused: deny\n");
  load_catalog(yaml);
  const auto id = submitted(order_json("EX-1", 100, "PAIR"));
  rest();
  auto request = request_for(id);
  request.set_if_version(get(id).version());
  api::CancelOrderResponse response;
  ASSERT_TRUE(cancel(request, response).ok());
  EXPECT_EQ(response.state(), "assessingCancellation");
  const auto status = cancel(request, response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

}  // namespace
}  // namespace comd::north
