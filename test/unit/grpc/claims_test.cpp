#include <gmock/gmock.h>

#include "test/north/north_fixture.h"

/// Two orders for one product, over the API: the later one is accepted, says what it waits for, and goes on when it is its turn.
namespace comd::north {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClaimsInLine : public North {
 protected:
  /// A line, there and active.
  void sell(const std::string& claims) {
    std::string yaml = kCatalog;
    yaml.insert(yaml.find("specifications:"), "claims: " + claims + "\n");
    load_catalog(yaml);
    const auto id = submitted(order_json("EX-1"));
    rest();
    finish(id);
    product_ = product_id(OrderId{id}, "1", 1).value;
  }
  void finish(const std::string& id) {
    until([&] { return get(id).service_orders_size() == 1; });
    EXPECT_EQ(report(completed(get(id).service_orders(0).id())).code(), 0);
    until([&] { return get(id).summary().terminal(); });
  }
  std::string change_json(const std::string& external_id, int speed) const {
    return R"({"externalId":")" + external_id + R"(","productOrderItem":[{"id":"1","action":"modify","product":{"id":")" +
           product_ + R"(","productCharacteristic":[{"name":"speed","value":)" + std::to_string(speed) + "}]}}]}";
  }
  api::GetProductResponse shown() {
    Call call;
    api::GetProductRequest request;
    request.set_product_id(product_);
    api::GetProductResponse out;
    EXPECT_TRUE(inventory->GetProduct(&call, request, &out).ok());
    return out;
  }
  std::string reason(const std::string& id) { return get(id).summary().reason(); }

  std::string product_;
};

TEST_F(ClaimsInLine, TheLaterOrderWaitsAndIsTheNext) {
  sell("queue");
  const auto first = submitted(change_json("EX-2", 200)), second = submitted(change_json("EX-3", 300));
  until([&] { return !reason(second).empty() && reason(second).find("place 1") != std::string::npos; });
  EXPECT_THAT(reason(second), HasSubstr("claimed by " + first));
  EXPECT_EQ(shown().summary().claimed_by(), first);
  EXPECT_THAT(shown().claims_waiting(), ElementsAre(second));
  finish(first);
  finish(second);
  EXPECT_EQ(get(second).summary().state(), "completed");
  EXPECT_THAT(shown().tmf637_json(), HasSubstr("300"));
  EXPECT_EQ(shown().claims_waiting_size(), 0);
}

TEST_F(ClaimsInLine, WhatWaitsCanBeCancelledButNotRevised) {
  sell("queue");
  const auto first = submitted(change_json("EX-2", 200)), second = submitted(change_json("EX-3", 300));
  until([&] { return reason(second).find("place 1") != std::string::npos; });
  api::ReviseOrderRequest revise;
  revise.set_order_id(second);
  revise.set_tmf622_json(change_json("EX-3", 400));
  revise.set_revision(2);
  revise.set_reason("faster");
  api::ReviseOrderResponse revised;
  Call revising;
  const auto refused = orders->Revise(&revising, revise, &revised);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr("place 1 in line"));
  api::CancelOrderRequest request;
  request.set_order_id(second);
  request.set_reason("changed their mind");
  api::CancelOrderResponse response;
  Call cancelling;
  ASSERT_TRUE(orders->Cancel(&cancelling, request, &response).ok());
  until([&] { return get(second).summary().terminal(); });
  EXPECT_EQ(get(second).summary().state(), "cancelled");
  EXPECT_EQ(shown().claims_waiting_size(), 0);
  EXPECT_EQ(shown().summary().claimed_by(), first);
}

TEST_F(ClaimsInLine, IsRefusedWhereTheCatalogueSaysSo) {
  sell("refuse");
  const auto first = submitted(change_json("EX-2", 200));
  until([&] { return shown().summary().claimed_by() == first; });
  api::SubmitResponse response;
  const auto refused = submit(change_json("EX-3", 300), response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr(first));
}

}  // namespace
}  // namespace comd::north
