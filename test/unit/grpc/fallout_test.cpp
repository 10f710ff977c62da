#include <gmock/gmock.h>

#include <set>

#include "test/north/north_fixture.h"

namespace comd::north {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Property;

class Fallout : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
  }
  /// A service order that a report has sent to fallout.
  std::string stuck(const std::string& external_id, const std::string& code = "STUCK_PORT") {
    auto id = service_order_of(submitted(order_json(external_id)));
    EXPECT_EQ(report(failed(id, code)).code(), 0);
    return id;
  }
  api::ListFalloutResponse list(const api::ListFalloutRequest& request, grpc::Status* status = nullptr) {
    Call call;
    api::ListFalloutResponse response;
    const auto answer = fallout->List(&call, request, &response);
    if (status != nullptr) *status = answer;
    EXPECT_TRUE(status != nullptr || answer.ok()) << answer.error_message();
    return response;
  }
  std::vector<std::string> ids(const api::ListFalloutRequest& request) {
    std::vector<std::string> out;
    const auto response = list(request);
    for (const auto& item : response.items()) out.push_back(item.id());
    return out;
  }
  grpc::Status look(const std::string& id, api::GetFalloutResponse& response) {
    Call call;
    api::GetFalloutRequest request;
    request.set_id(id);
    return fallout->Get(&call, request, &response);
  }
  static api::ActRequest request_for(const std::string& id, const std::string& action) {
    api::ActRequest request;
    request.set_id(id);
    request.set_action(action);
    request.set_reason("the port was cleaned");
    return request;
  }
  grpc::Status act(const api::ActRequest& request, api::ActResponse& response) {
    Call call;
    response.Clear();
    return fallout->Act(&call, request, &response);
  }
  std::string state_of(const std::string& service_order) {
    api::GetFalloutResponse response;
    EXPECT_TRUE(look(service_order, response).ok());
    return response.item().state();
  }
};

TEST_F(Fallout, IsListedTheMomentItHappensWithWhatThePartnerSaid) {
  const auto id = stuck("E-1");
  const auto items = api::ListFalloutResponse(list({})).items();
  ASSERT_EQ(items.size(), 1);
  const auto& item = items[0];
  EXPECT_EQ(item.id(), id);
  EXPECT_EQ(item.kind(), "fallout");
  EXPECT_EQ(item.target(), "network");
  EXPECT_EQ(item.specification(), "line@1");
  EXPECT_EQ(item.state(), "held");
  EXPECT_EQ(item.code(), "STUCK_PORT");
  EXPECT_EQ(item.message(), "no port is free");
  EXPECT_EQ(item.attempts(), 1u);
  EXPECT_TRUE(item.has_since());
  EXPECT_GT(item.until().seconds(), item.since().seconds());
}

TEST_F(Fallout, FiltersAllHaveToHold) {
  const auto first = stuck("E-1"), second = stuck("E-2", "STUCK_CARD");
  const auto task = service_order_of(submitted(order_json("E-3", 1, "VISIT")));
  const auto with = [](auto set) {
    api::ListFalloutRequest request;
    set(request);
    return request;
  };
  EXPECT_THAT(ids({}), ElementsAre(first, second, task)) << "oldest first";
  EXPECT_THAT(ids(with([](auto& r) { r.set_kind("task"); })), ElementsAre(task));
  EXPECT_THAT(ids(with([](auto& r) { r.set_target("network"); })), ElementsAre(first, second));
  EXPECT_THAT(ids(with([](auto& r) { r.set_specification("line"); })), ElementsAre(first, second));
  EXPECT_THAT(ids(with([](auto& r) { r.set_specification("line@2"); })), ElementsAre());
  EXPECT_THAT(ids(with([](auto& r) { r.set_code("STUCK_C*"); })), ElementsAre(second));
  EXPECT_THAT(ids(with([](auto& r) { r.set_code("STUCK"); })), ElementsAre());
  EXPECT_THAT(ids(with([](auto& r) { r.set_state("awaitingPerson"); })), ElementsAre(task));
  EXPECT_THAT(ids(with([&](auto& r) { r.set_order_id(list({}).items(1).order_id()); })), ElementsAre(second));
  EXPECT_THAT(ids(with([](auto& r) { r.mutable_since_before()->set_seconds(1); })), ElementsAre());
  EXPECT_THAT(ids(with([](auto& r) { r.mutable_since_after()->set_seconds(1); })).size(), 3u);
  api::ActResponse response;
  auto assign = request_for(second, "assign");
  assign.set_assignee("anna");
  ASSERT_TRUE(act(assign, response).ok());
  EXPECT_THAT(ids(with([](auto& r) { r.set_assignee("anna"); })), ElementsAre(second));
  EXPECT_THAT(ids(with([](auto& r) { r.set_assignee("-"); })), ElementsAre(first, task));
  grpc::Status status;
  list(with([](auto& r) { r.set_kind("tasks"); }), &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("Expected one of fallout, task, quarantine, but got \"tasks\""));
}

TEST_F(Fallout, PagesHoldEveryItemOnce) {
  std::set<std::string> all, seen;
  for (int i = 0; i < 5; ++i) all.insert(stuck("E-" + std::to_string(i)));
  api::ListFalloutRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    const auto page = list(request);
    EXPECT_LE(page.items_size(), 2);
    for (const auto& item : page.items()) EXPECT_TRUE(seen.insert(item.id()).second);
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 10);
  EXPECT_EQ(seen, all);
  request.set_page_size(1'001);
  request.clear_page_token();
  grpc::Status status;
  list(request, &status);
  EXPECT_THAT(status.error_message(), HasSubstr("at most 1000"));
}

TEST_F(Fallout, ALookSaysWhatHappenedAndWhatEachActionWouldLeadTo) {
  const auto id = stuck("E-1");
  api::GetFalloutResponse response;
  ASSERT_TRUE(look(id, response).ok());
  EXPECT_EQ(response.item().code(), "STUCK_PORT");
  EXPECT_EQ(response.version(), number(log->head(StreamId{id})));
  EXPECT_THAT(response.because(), HasSubstr("no port is free"));
  ASSERT_GT(response.history_size(), 2);
  EXPECT_THAT(response.history(response.history_size() - 1), HasSubstr("Held"));
  std::map<std::string, api::Prospect> by_action;
  for (const auto& prospect : response.prospects()) by_action[prospect.action()] = prospect;
  EXPECT_TRUE(by_action["retry"].allowed());
  EXPECT_THAT(by_action["retry"].leads_to(0), HasSubstr("Queued: attempt 2"));
  EXPECT_TRUE(by_action["skip"].needs_force());
  EXPECT_THAT(by_action["skip"].hint(), HasSubstr("--force"));
  EXPECT_FALSE(by_action["accept"].allowed());
  EXPECT_NE(by_action["accept"].refusal(), "");
}

TEST_F(Fallout, AnOrderIsLookedAtAsAWholeOrForOneOfItsServiceOrders) {
  const auto service_order = stuck("E-1");
  const auto order = list({}).items(0).order_id();
  Call call, wrong;
  api::GetFalloutRequest request;
  request.set_id(order);
  request.set_service_order(service_order);
  api::GetFalloutResponse response;
  ASSERT_TRUE(fallout->Get(&call, request, &response).ok());
  EXPECT_EQ(response.item().id(), order);
  EXPECT_GT(response.prospects_size(), 0);
  request.set_service_order("so-other.1.1.0.line.r1");
  EXPECT_EQ(fallout->Get(&wrong, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(Fallout, AnActionSaysWhatItLedToAndTheTimelineWhoAndWhy) {
  const auto id = stuck("E-1");
  api::ActResponse response;
  auto request = request_for(id, "complete");
  request.set_values_json(R"({"portId": "P-7", "vlan": 12})");
  ASSERT_TRUE(act(request, response).ok());
  EXPECT_GT(response.position(), 0u);
  EXPECT_FALSE(response.repeated());
  EXPECT_THAT(response.leads_to(), ElementsAre("Completed: 2 outputs"));
  EXPECT_EQ(response.version(), number(log->head(StreamId{id})));
  EXPECT_EQ(state_of(id), "completed");
  EXPECT_EQ(list({}).items_size(), 0);
  Call call;
  api::TimelineRequest timeline;
  timeline.set_order_id(id);
  api::TimelineResponse story;
  ASSERT_TRUE(orders->Timeline(&call, timeline, &story).ok());
  EXPECT_THAT(story.entries(), Contains(AllOf(Property(&api::TimelineEntry::event, "Intervened"),
                                              Property(&api::TimelineEntry::text, HasSubstr("by local")),
                                              Property(&api::TimelineEntry::reason, "the port was cleaned"))));
}

TEST_F(Fallout, ADryRunSaysTheSameAndRecordsNothing) {
  const auto id = stuck("E-1");
  const auto head = log->head(StreamId{id});
  api::ActResponse dry, real;
  auto request = request_for(id, "complete");
  request.set_dry_run(true);
  ASSERT_TRUE(act(request, dry).ok());
  EXPECT_EQ(dry.position(), 0u);
  EXPECT_EQ(log->head(StreamId{id}), head);
  auto skip = request_for(id, "skip");
  skip.set_dry_run(true);
  EXPECT_EQ(act(skip, real).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  request.set_dry_run(false);
  ASSERT_TRUE(act(request, real).ok());
  EXPECT_THAT(dry.leads_to(), testing::ElementsAreArray(real.leads_to()));
}

TEST_F(Fallout, WhatTheStateForbidsIsRefusedWithTheWayOn) {
  const auto id = stuck("E-1");
  api::ActResponse response;
  const auto status = act(request_for(id, "skip"), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("--force"));
  auto forced = request_for(id, "skip");
  forced.set_force(true);
  EXPECT_TRUE(act(forced, response).ok());
}

TEST_F(Fallout, AnActionDecidedOnAnOlderVersionIsRefused) {
  const auto id = stuck("E-1");
  api::GetFalloutResponse seen;
  ASSERT_TRUE(look(id, seen).ok());
  api::ActResponse response;
  ASSERT_TRUE(act(request_for(id, "note"), response).ok());
  auto request = request_for(id, "retry");
  request.set_if_version(seen.version());
  for (const bool dry : {true, false}) {
    request.set_dry_run(dry);
    const auto status = act(request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_THAT(status.error_message(), HasSubstr("by now"));
  }
  request.set_if_version(seen.version() + 1);
  EXPECT_TRUE(act(request, response).ok());
}

TEST_F(Fallout, TheSameRequestAgainAddsNothing) {
  const auto id = stuck("E-1");
  api::GetFalloutResponse seen;
  ASSERT_TRUE(look(id, seen).ok());
  api::ActResponse first, again;
  auto request = request_for(id, "complete");
  request.set_request_id("request-1");
  request.set_if_version(seen.version());
  ASSERT_TRUE(act(request, first).ok());
  const auto tail = log->tail();
  ASSERT_TRUE(act(request, again).ok()) << "although it is at another version by now";
  EXPECT_TRUE(again.repeated());
  EXPECT_EQ(again.leads_to_size(), 0);
  EXPECT_EQ(log->head(StreamId{id}), Version{first.version()});
  EXPECT_GE(log->tail(), tail);
}

TEST_F(Fallout, WhatIsMalformedIsRefusedWithItsPlace) {
  const auto id = stuck("E-1");
  api::ActResponse response;
  const auto refused = [&](api::ActRequest request, const std::string& words) {
    const auto status = act(request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << words;
    EXPECT_THAT(status.error_message(), HasSubstr(words));
  };
  refused(request_for(id, "explode"), "action: Expected one of retry, complete, skip, fail, compensate, hold, resume, accept");
  refused(request_for("pr-1", "retry"), "id: Expected the id of a product order (po-…) or of a service order (so-…)");
  auto request = request_for(id, "complete");
  request.set_values_json("{\"portId\": }");
  refused(request, "values_json: Expected JSON, but at line 1");
  request.set_values_json("[1]");
  refused(request, "values_json: Expected an object, but got an array");
  request = request_for(id, "fail");
  request.set_values_json("{\"a\": 1}");
  refused(request, "Expected values with complete or retry");
  request = request_for(id, "retry");
  request.set_assignee("anna");
  refused(request, "Expected an assignee with assign");
  request = request_for(id, "retry");
  request.set_service_order(id);
  refused(request, "Expected service_order together with the id of a product order");
  request = request_for(id, "retry");
  request.clear_reason();
  refused(request, "reason");
  EXPECT_EQ(act(request_for("so-none.1.1.0.line.r1", "retry"), response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(Fallout, ATaskIsDoneByHandAndEndsItsOrder) {
  const auto order = submitted(order_json("E-1", 1, "VISIT"));
  const auto task = service_order_of(order);
  api::ActResponse response;
  ASSERT_TRUE(act(request_for(task, "complete"), response).ok());
  api::WatchRequest request;
  request.add_order_ids(order);
  request.set_from_position(0);
  request.set_until_terminal(true);
  EXPECT_EQ(watched(request).back().state(), "completed");
}

}  // namespace
}  // namespace comd::north
