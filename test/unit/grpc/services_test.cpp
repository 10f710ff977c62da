#include <gmock/gmock.h>

#include <map>
#include <set>

#include "test/north/north_fixture.h"

namespace comd::north {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(North, ASubmissionIsAnsweredOnceItIsRecorded) {
  load_catalog();
  api::SubmitResponse response;
  ASSERT_TRUE(submit(order_json("E-1"), response).ok());
  EXPECT_EQ(response.outcome(), api::SUBMIT_OUTCOME_CREATED);
  EXPECT_EQ(response.state(), "acknowledged");
  EXPECT_EQ(response.catalog_version(), "1");
  EXPECT_GT(response.position(), 0u);
  EXPECT_EQ(response.correlation_id().size(), 32u);
  EXPECT_NE(log->head(StreamId{response.order_id()}), Version{});
}

TEST_F(North, TheSameSubmissionAgainGetsTheSameAnswer) {
  load_catalog();
  api::SubmitResponse first, again;
  ASSERT_TRUE(submit(order_json("E-1"), first).ok());
  ASSERT_TRUE(submit(" " + order_json("E-1"), again).ok());
  EXPECT_EQ(again.outcome(), api::SUBMIT_OUTCOME_REPEATED);
  again.set_outcome(first.outcome());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
}

TEST_F(North, OtherContentUnderTheSameIdIsAConflictThatNamesTheDifference) {
  load_catalog();
  api::SubmitResponse response;
  ASSERT_TRUE(submit(order_json("E-1", 100), response).ok());
  const auto status = submit(order_json("E-1", 200), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_THAT(status.error_message(), HasSubstr("productCharacteristic[0].value"));
  EXPECT_THAT(status.error_message(), Not(HasSubstr("200"))) << "it may be personal data";
}

TEST_F(North, AKeyIsTheIdentityWhereThereIsNoExternalId) {
  load_catalog();
  api::SubmitResponse first, again, other, none, none_again;
  ASSERT_TRUE(submit(order_json(""), first, "key-1").ok());
  ASSERT_TRUE(submit(order_json(""), again, "key-1").ok());
  ASSERT_TRUE(submit(order_json(""), other, "key-2").ok());
  ASSERT_TRUE(submit(order_json(""), none).ok());
  ASSERT_TRUE(submit(order_json(""), none_again).ok());
  EXPECT_EQ(first.order_id(), again.order_id());
  EXPECT_EQ((std::set{first.order_id(), other.order_id(), none.order_id(), none_again.order_id()}.size()), 4u);
}

TEST_F(North, WhatIsRefusedIsNotRecorded) {
  load_catalog();
  const auto tail = log->tail();
  api::SubmitResponse response;
  const auto malformed = submit("{\n  \"productOrderItem\": [}", response);
  EXPECT_EQ(malformed.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(malformed.error_message(), HasSubstr("line 2"));
  const auto unknown = submit(order_json("E-9", 1, "NO-SUCH-OFFERING"), response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(unknown.error_message(), HasSubstr("NO-SUCH-OFFERING"));
  EXPECT_EQ(log->tail(), tail);
  EXPECT_TRUE(submit(order_json("E-9"), response).ok()) << "a rejected submission does not use up its external id";
}

TEST_F(North, ABadOrderOfAStreamHarmsOnlyItself) {
  load_catalog();
  Call call;
  auto stream = orders->SubmitStream(&call);
  for (std::uint64_t i = 0; i < 50; ++i) {
    api::SubmitStreamRequest request;
    request.set_sequence(i);
    request.mutable_order()->set_tmf622_json(i == 7 ? "not json" : order_json("E-" + std::to_string(i)));
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  std::map<std::uint64_t, api::SubmitStreamResponse> results;
  api::SubmitStreamResponse response;
  while (stream->Read(&response)) results[response.sequence()] = response;
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(results.size(), 50u);
  for (const auto& [sequence, result] : results) EXPECT_EQ(result.has_error(), sequence == 7) << sequence;
  EXPECT_EQ(results[7].error().code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_GT(results[7].error().details().violations_size(), 0);
}

TEST_F(North, AnOrderIsFulfilledByReportsAndShowsItEverywhere) {
  load_catalog();
  const auto id = submitted(order_json("E-1"));
  const auto service_order = service_order_of(id);
  EXPECT_EQ(report(completed(service_order)).code(), 0);

  api::WatchRequest request;
  request.add_order_ids(id);
  request.set_from_position(0);
  request.set_until_terminal(true);
  const auto story = watched(request);
  ASSERT_FALSE(story.empty());
  EXPECT_EQ(story.front().event(), "Submitted");
  EXPECT_TRUE(story.back().terminal());
  EXPECT_EQ(story.back().state(), "completed");

  const auto order = get(id);
  EXPECT_EQ(order.summary().state(), "completed");
  EXPECT_TRUE(order.summary().terminal());
  EXPECT_THAT(order.tmf622_json(), HasSubstr("\"state\":\"completed\""));
  EXPECT_EQ(order.service_orders(0).status(), "completed");
  EXPECT_EQ(order.service_orders(0).outputs().at("portId"), "\"p-1\"");

  Call call, second, third, fourth;
  api::TimelineRequest timeline_request;
  timeline_request.set_order_id(id);
  api::TimelineResponse timeline;
  ASSERT_TRUE(orders->Timeline(&call, timeline_request, &timeline).ok());
  std::set<std::string> streams, correlations;
  for (const auto& entry : timeline.entries()) {
    streams.insert(entry.stream());
    correlations.insert(entry.cause().correlation_id());
  }
  EXPECT_EQ(streams, (std::set{id, service_order}));
  EXPECT_EQ(correlations.size(), 1u) << "one correlation, from submission to completion, reports included";

  api::ListProductsResponse products;
  ASSERT_TRUE(inventory->ListProducts(&second, {}, &products).ok());
  ASSERT_EQ(products.products_size(), 1);
  EXPECT_EQ(products.products(0).status(), "active");
  api::GetProductRequest product_request;
  product_request.set_product_id(products.products(0).id());
  api::GetProductResponse product;
  ASSERT_TRUE(inventory->GetProduct(&third, product_request, &product).ok());
  EXPECT_THAT(product.tmf637_json(), HasSubstr("\"active\""));
  ASSERT_EQ(product.services_size(), 1);
  EXPECT_GT(product.history_size(), 0);
  api::GetServiceRequest service_request;
  service_request.set_service_id(product.services(0).id());
  api::GetServiceResponse service;
  ASSERT_TRUE(inventory->GetService(&fourth, service_request, &service).ok());
  EXPECT_EQ(service.outputs().at("portId"), "\"p-1\"");
}

TEST_F(North, ExplainSaysWhatAnOpenOrderWaitsForAndPlanShowsItsServiceOrders) {
  load_catalog();
  const auto id = submitted(order_json("E-1"));
  Call call, second;
  api::ExplainRequest explain_request;
  explain_request.set_order_id(id);
  api::ExplainResponse explained;
  ASSERT_TRUE(orders->Explain(&call, explain_request, &explained).ok());
  ASSERT_GT(explained.order().waits_size(), 0);
  EXPECT_TRUE(explained.order().waits(0).has_until());
  EXPECT_EQ(explained.service_orders_size(), 1);
  api::PlanRequest plan_request;
  plan_request.set_order_id(id);
  api::PlanResponse planned;
  ASSERT_TRUE(orders->Plan(&second, plan_request, &planned).ok());
  EXPECT_TRUE(planned.decomposed());
  ASSERT_EQ(planned.nodes_size(), 1);
  EXPECT_EQ(planned.nodes(0).specification(), "line@1");
  EXPECT_EQ(planned.products_size(), 1);
}

TEST_F(North, ListsPageSortAndFilter) {
  load_catalog();
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(submitted(order_json("E-" + std::to_string(i))));
  const auto list = [&](api::ListOrdersRequest request) {
    std::vector<std::string> out;
    do {
      Call call;
      api::ListOrdersResponse page;
      EXPECT_TRUE(orders->List(&call, request, &page).ok());
      EXPECT_LE(page.orders_size(), 3);
      for (const auto& order : page.orders()) out.push_back(order.external_id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return out;
  };
  api::ListOrdersRequest request;
  request.set_page_size(3);
  EXPECT_EQ(list(request).size(), 7u);
  request.set_related_party("cust-1");
  request.add_states("inProgress");
  request.set_sort(api::SORT_ORDER_OLDEST_FIRST);
  EXPECT_EQ(list(request).size(), 7u);
  request.set_external_id("E-3");
  EXPECT_EQ(list(request), std::vector<std::string>{"E-3"});
  request.clear_external_id();
  request.set_offering("OTHER");
  EXPECT_TRUE(list(request).empty());

  Call call;
  api::ListOrdersRequest bad;
  bad.add_states("sleeping");
  api::ListOrdersResponse page;
  EXPECT_EQ(orders->List(&call, bad, &page).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(North, ReportsRepeatedLateAndUnmatchedAreRecordedOnce) {
  load_catalog();
  const auto service_order = service_order_of(submitted(order_json("E-1")));
  Call call;
  auto stream = feedback->ReportStream(&call);
  for (const auto& message : {completed(service_order), completed(service_order), completed("so-nobody.1.1.0.x.r1", "r-2"),
                              completed("whatever", "r-3")}) {
    ASSERT_TRUE(stream->Write(message));
  }
  auto bad = completed(service_order, "");
  ASSERT_TRUE(stream->Write(bad));
  stream->WritesDone();
  std::multimap<std::string, int> acks;
  wire::ReportAck ack;
  while (stream->Read(&ack)) acks.emplace(ack.report_id(), ack.code());
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(acks,
            (std::multimap<std::string, int>{
                {"", static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT)}, {"r-1", 0}, {"r-1", 0}, {"r-2", 0}, {"r-3", 0}}));
  Call second;
  api::ListUnmatchedResponse unmatched;
  ASSERT_TRUE(system->ListUnmatched(&second, {}, &unmatched).ok());
  EXPECT_EQ(unmatched.total(), 2u);
  ASSERT_EQ(unmatched.reports_size(), 2);
  EXPECT_EQ(unmatched.reports(0).service_order(), "so-nobody.1.1.0.x.r1");
  EXPECT_EQ(unmatched.reports(0).report_id(), "r-2");
}

TEST_F(North, AQuietStreamDoesNotHoldUpTheEnd) {
  load_catalog();
  Call call;
  auto stream = feedback->ReportStream(&call);
  ASSERT_TRUE(stream->Write(completed("so-nobody.1.1.0.x.r1")));
  wire::ReportAck ack;
  ASSERT_TRUE(stream->Read(&ack));
  const auto before = std::chrono::steady_clock::now();
  server->stop(Millis{15'000});
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  EXPECT_FALSE(stream->Read(&ack));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(North, ACancelledOrderEndsCancelled) {
  load_catalog();
  const auto id = submitted(order_json("E-1"));
  Call call;
  api::CancelOrderRequest request;
  request.set_order_id(id);
  request.set_reason("customer changed their mind");
  api::CancelOrderResponse response;
  ASSERT_TRUE(orders->Cancel(&call, request, &response).ok());
  EXPECT_GT(response.position(), 0u);
  auto stopped = completed(service_order_of(id));
  stopped.set_kind(wire::REPORT_KIND_CANCELLED);
  stopped.clear_outputs();
  EXPECT_EQ(report(stopped).code(), 0);
  api::WatchRequest watch;
  watch.add_order_ids(id);
  watch.set_until_terminal(true);
  const auto story = watched(watch);
  ASSERT_FALSE(story.empty());
  EXPECT_EQ(story.back().state(), "cancelled");
}

TEST_F(North, ACatalogueVersionNeverChanges) {
  load_catalog();
  Call call, second, third;
  api::LoadCatalogRequest request;
  request.set_content(kCatalog);
  api::LoadCatalogResponse response;
  ASSERT_TRUE(catalogs->Load(&call, request, &response).ok());
  EXPECT_TRUE(response.repeated_load());
  request.set_content(std::string(kCatalog) + "# changed\n");
  EXPECT_EQ(catalogs->Load(&second, request, &response).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  api::GetCatalogResponse got;
  ASSERT_TRUE(catalogs->Get(&third, {}, &got).ok());
  EXPECT_EQ(got.content(), kCatalog);
  EXPECT_TRUE(got.summary().newest());
}

TEST_F(North, ABadCatalogueIsToldWithAllThatIsWrong) {
  Call call;
  api::ValidateCatalogRequest request;
  request.set_content("catalog: x\nversion: \"1\"\nofferings:\n  - {id: A, services: [{key: a, specification: none@1}]}\n");
  api::ValidateCatalogResponse response;
  ASSERT_TRUE(catalogs->Validate(&call, request, &response).ok());
  EXPECT_GT(response.violations_size(), 0);
  EXPECT_FALSE(response.has_summary());
}

TEST_F(North, WhatIsNotThereIsNotFound) {
  for (const char* id : {"po-nobody", "", "pr-x", "so-nobody.1.1.0.x.r1"}) {
    Call call;
    api::GetOrderRequest request;
    request.set_order_id(id);
    api::GetOrderResponse response;
    EXPECT_EQ(orders->Get(&call, request, &response).error_code(), grpc::StatusCode::NOT_FOUND) << id;
  }
  Call call, second;
  api::CancelOrderRequest cancel;
  cancel.set_order_id("po-nobody");
  api::CancelOrderResponse response;
  EXPECT_EQ(orders->Cancel(&call, cancel, &response).error_code(), grpc::StatusCode::NOT_FOUND);
  api::GetServiceRequest service;
  service.set_service_id("sv-nobody");
  api::GetServiceResponse found;
  EXPECT_EQ(inventory->GetService(&second, service, &found).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(North, StatusCountsWhatThereIs) {
  load_catalog();
  submitted(order_json("E-1"));
  Call call;
  api::StatusResponse status;
  ASSERT_TRUE(system->Status(&call, {}, &status).ok());
  EXPECT_EQ(status.version(), "test");
  EXPECT_GE(status.tail_position(), 2u);
  EXPECT_LE(status.tail_position(), number(log->tail()));
  EXPECT_EQ(status.counters().at("orders{tenant=\"default\",state=\"inProgress\"}"), 1);
  EXPECT_TRUE(status.has_next_timer());
  ASSERT_EQ(status.catalog_versions_size(), 1);
  EXPECT_EQ(status.catalog_versions(0), "1");
}

TEST_F(North, LanesSayHowItGoesToEachTarget) {
  load_catalog();
  submitted(order_json("E-1", 100, "PAIR"));
  const auto of_network = [&]() -> std::optional<api::Lane> {
    Call call;
    api::ListLanesResponse response;
    EXPECT_TRUE(system->ListLanes(&call, {}, &response).ok());
    for (const auto& lane : response.lanes())
      if (lane.name() == "network") return lane;
    return std::nullopt;
  };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  auto lane = of_network();
  while (!lane && std::chrono::steady_clock::now() < until) lane = of_network();
  ASSERT_TRUE(lane);
  EXPECT_EQ(lane->window_limit(), Limits{}.lane_window);
  EXPECT_EQ(lane->backlog_limit(), Limits{}.lane_backlog);
  EXPECT_EQ(lane->breaker(), api::BREAKER_STATE_CLOSED);
  EXPECT_FALSE(lane->has_open_until());
  EXPECT_EQ(lane->rate().calls(), 0u);
  EXPECT_EQ(lane->ahead(), 1u);
}

}  // namespace
}  // namespace comd::north
