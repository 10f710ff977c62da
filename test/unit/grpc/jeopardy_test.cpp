#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "edge/grpc/outward.h"
#include "test/north/json_of.h"
#include "test/north/north_fixture.h"

/// Forecasts, jeopardy and milestones, as clients and other systems see them.
namespace comd::north {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Lateness : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
  }
  /// Wanted within this time; a line takes a minute.
  std::string wanted(const std::string& external_id, Millis within) {
    const Instant date = WallClock{}.now() + within;
    return submitted(order_json(external_id, 100, "LINE", R"("requestedCompletionDate":")" + to_text(date) + R"(",)"));
  }
  static wire::ServiceOrderReport said(const std::string& service_order, wire::ReportKind kind, const std::string& id) {
    wire::ServiceOrderReport report;
    report.set_service_order_id(service_order);
    report.set_report_id(id);
    report.set_kind(kind);
    report.set_message("said with " + id);
    return report;
  }
  wire::ServiceOrderReport expects(const std::string& service_order, Millis in, const std::string& id) {
    auto report = said(service_order, wire::REPORT_KIND_EXPECTED_DATE, id);
    const auto at = (WallClock{}.now() + in).time_since_epoch().count();
    report.mutable_expected()->set_seconds(at / 1000);
    return report;
  }
  std::vector<outward::Event> told(const std::string& type) {
    outward::Teller teller(*log, 64);
    std::vector<outward::Event> out;
    for (const auto& commit : log->read_feed({}, 1'000'000))
      for (auto& event : teller.tell(commit, [](const OrderId&) { return true; }))
        if (outward::to_text(event.type) == type) out.push_back(std::move(event));
    return out;
  }
  /// What one member of a family tells another arrives right after: waits until so many have been told.
  std::vector<outward::Event> told(const std::string& type, std::size_t count) {
    std::mutex mutex;
    std::condition_variable changed;
    const auto ticket = engine->on_commit([&](Position) { changed.notify_all(); });
    std::vector<outward::Event> out;
    std::unique_lock lock(mutex);
    const auto enough = [&] { return (out = told(type)).size() >= count; };
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!enough() && std::chrono::steady_clock::now() < until) changed.wait_for(lock, std::chrono::milliseconds(20));
    lock.unlock();
    engine->forget(ticket);
    return out;
  }
  std::vector<std::string> in_jeopardy() {
    Call call;
    api::ListOrdersRequest request;
    request.set_in_jeopardy(true);
    api::ListOrdersResponse response;
    EXPECT_TRUE(orders->List(&call, request, &response).ok());
    std::vector<std::string> out;
    for (const auto& order : response.orders()) out.push_back(order.external_id());
    return out;
  }
  api::Explanation explained(const std::string& id) {
    Call call;
    api::ExplainRequest request;
    request.set_order_id(id);
    api::ExplainResponse response;
    EXPECT_TRUE(orders->Explain(&call, request, &response).ok());
    return response.order();
  }
};

TEST_F(Lateness, EveryOrderUnderWayHasAForecastAndOneWithoutADateNothingElse) {
  const auto id = submitted(order_json("E-1"));
  const auto order = get(id);
  EXPECT_TRUE(order.has_expected_completion());
  EXPECT_TRUE(order.service_orders(0).has_expected());
  EXPECT_FALSE(order.has_jeopardy());
  EXPECT_TRUE(json_of(order.tmf622_json()).contains("expectedCompletionDate"));
  EXPECT_TRUE(explained(id).has_expected());
  for (const auto& [name, count] : log->counters()) EXPECT_THAT(name, Not(HasSubstr("jeopardy")));
  report(completed(service_order_of(id)));
  EXPECT_FALSE(get(id).service_orders(0).has_expected());
}

TEST_F(Lateness, AnActivationSystemsOwnDateMovesTheForecast) {
  const auto id = submitted(order_json("E-1"));
  const auto before = get(id).expected_completion().seconds();
  report(expects(service_order_of(id), Millis{7'200'000}, "r-1"));
  EXPECT_GT(get(id).expected_completion().seconds(), before + 3'600);
}

TEST_F(Lateness, AnOrderThatCannotBeInTimeIsInJeopardyFromItsSubmissionOn) {
  submitted(order_json("E-0"));
  wanted("E-1", Millis{3'600'000});
  const auto id = wanted("E-2", Millis{30'000});
  const auto order = get(id);
  ASSERT_TRUE(order.has_jeopardy());
  EXPECT_EQ(order.jeopardy().kind(), "plan");
  EXPECT_EQ(order.jeopardy().service_order(), order.service_orders(0).id());
  EXPECT_THAT(in_jeopardy(), ElementsAre("E-2"));
  EXPECT_THAT(explained(id).jeopardy(), HasSubstr(order.service_orders(0).id()));
  EXPECT_EQ(log->counters()["orders_in_jeopardy{tenant=\"default\"}"], 1);
  const auto raised = told("ProductOrderJeopardyEvent");
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].order.value, id);
  EXPECT_EQ(raised[0].reason, order.jeopardy().cause());
  const auto shown = json_of(raised[0].payload).at("productOrder");
  EXPECT_EQ(shown.at("productOrderJeopardyAlert")[0].at("jeopardyType"), "Hazard");
  EXPECT_GT(shown.at("expectedCompletionDate"), shown.at("requestedCompletionDate"));
  EXPECT_EQ(json_of(outward::to_json(raised[0])).at("domain"), "productOrdering");
}

TEST_F(Lateness, WhatAnActivationSystemExpectsRaisesItAndEasesIt) {
  const auto id = wanted("E-1", Millis{3'600'000});
  const auto service_order = service_order_of(id);
  EXPECT_THAT(told("ProductOrderJeopardyEvent"), IsEmpty());
  report(expects(service_order, Millis{7'200'000}, "r-1"));
  EXPECT_EQ(json_of(told("ProductOrderJeopardyEvent", 1).at(0).payload)["productOrder"]["productOrderJeopardyAlert"][0]["name"],
            "partner");
  report(expects(service_order, Millis{600'000}, "r-2"));
  const auto all = told("ProductOrderJeopardyEvent", 2);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(json_of(all[1].payload)["productOrder"]["productOrderJeopardyAlert"][0]["jeopardyType"], "Normal");
  EXPECT_EQ(all[1].reason, "expected to be in time again");
  EXPECT_NE(all[0].id, all[1].id);
  EXPECT_THAT(in_jeopardy(), IsEmpty());
}

TEST_F(Lateness, AServiceOrderThatTakesLongerThanExpectedSaysSoItself) {
  const auto id = wanted("E-1", Millis{3'600'000});
  report(expects(service_order_of(id), Millis{-60'000}, "r-1"));
  const auto raised = told("ServiceOrderJeopardyEvent", 1);
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].subject, service_order_of(id));
  EXPECT_THAT(raised[0].reason, HasSubstr("was expected to be done by"));
  EXPECT_EQ(json_of(raised[0].payload)["serviceOrder"]["jeopardyAlert"][0]["jeopardyType"], "Hazard");
  EXPECT_EQ(get(id).service_orders(0).jeopardy().kind(), "overrun");
  EXPECT_FALSE(get(id).has_jeopardy()) << "there is still an hour";
}

TEST_F(Lateness, MilestonesAreToldOnceAndShown) {
  const auto id = submitted(order_json("E-1"));
  const auto service_order = service_order_of(id);
  auto survey = said(service_order, wire::REPORT_KIND_IN_PROGRESS, "r-1");
  survey.set_milestone("surveyed");
  EXPECT_EQ(report(survey).code(), 0);
  EXPECT_EQ(report(survey).code(), 0);
  survey.set_report_id("r-2");
  report(survey);
  auto other = said(service_order, wire::REPORT_KIND_IN_PROGRESS, "r-3");
  other.set_milestone("nobody knows this one");
  EXPECT_EQ(report(other).code(), 0);
  const auto reached = told("ServiceOrderMilestoneEvent");
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_EQ(reached[0].subject, service_order);
  EXPECT_EQ(reached[0].order.value, id);
  EXPECT_EQ(reached[0].reason, "said with r-1");
  const auto shown = json_of(reached[0].payload).at("serviceOrder").at("milestone");
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].at("name"), "surveyed");
  EXPECT_EQ(shown[0].at("description"), "The site was visited");
  EXPECT_EQ(shown[0].at("status"), "Completed");
  const auto order = get(id);
  ASSERT_EQ(order.service_orders(0).milestones_size(), 1);
  EXPECT_EQ(order.service_orders(0).milestones(0).name(), "surveyed");
}

TEST_F(Lateness, AMilestoneToldWithTheEndHidesNoStateChange) {
  const auto id = submitted(order_json("E-1"));
  auto last = completed(service_order_of(id));
  last.set_milestone("surveyed");
  report(last);
  EXPECT_EQ(told("ServiceOrderMilestoneEvent").size(), 1u);
  const auto changes = told("ServiceOrderStateChangeEvent");
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.back().before + ">" + changes.back().after, "acknowledged>completed");
}

}  // namespace
}  // namespace comd::north
