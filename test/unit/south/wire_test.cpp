#include "edge/south/wire.h"

#include <gtest/gtest.h>

namespace comd::south {
namespace {

ActivationCall a_call() {
  ActivationCall call;
  call.effect.key = "so-1/1";
  call.effect.lane = "access-activation";
  call.meta = {TenantId{"acme"}, OrderId{"po-1"}, "corr-1", "00-abc-def-01"};
  ActivationRequest& request = call.request;
  request.service_order = {"so-1"};
  request.order = {"po-1"};
  request.tenant = {"acme"};
  request.item = "item 1";
  request.service = {"sv-1"};
  request.specification = "access-line@1.0";
  request.action = Action::modify;
  request.revision = 3;
  request.attempt = 2;
  request.priority = 1;
  request.characteristics = {{"speed", {"100"}}, {"name", {"\"x\""}}};
  request.previous = {{"speed", {"50"}}};
  request.compensation = true;
  request.reason = "customer";
  return call;
}

wire::ServiceOrderReport a_report(wire::ReportKind kind) {
  wire::ServiceOrderReport report;
  report.set_report_id("r1");
  report.set_service_order_id("so-1");
  report.set_attempt(2);
  report.set_kind(kind);
  report.set_reporter("access-activation");
  return report;
}

TEST(Wire, SubmitCarriesEverything) {
  wire::SubmitRequest request;
  fill_submit(a_call(), request);
  EXPECT_EQ(request.call().idempotency_key(), "so-1/1");
  EXPECT_EQ(request.call().correlation_id(), "corr-1");
  EXPECT_EQ(request.call().traceparent(), "00-abc-def-01");
  EXPECT_EQ(request.call().tenant(), "acme");
  EXPECT_EQ(request.call().target(), "access-activation");
  const auto& order = request.service_order();
  EXPECT_EQ(order.id(), "so-1");
  EXPECT_EQ(order.order_id(), "po-1");
  EXPECT_EQ(order.item_id(), "item 1");
  EXPECT_EQ(order.service_id(), "sv-1");
  EXPECT_EQ(order.specification(), "access-line@1.0");
  EXPECT_EQ(order.action(), wire::ACTION_MODIFY);
  EXPECT_EQ(order.revision(), 3U);
  EXPECT_EQ(order.attempt(), 2U);
  EXPECT_EQ(order.priority(), 1U);
  EXPECT_EQ(order.characteristics().at("speed"), "100");
  EXPECT_EQ(order.characteristics().at("name"), "\"x\"");
  EXPECT_EQ(order.previous().at("speed"), "50");
  EXPECT_TRUE(order.compensation());
}

TEST(Wire, AnAmendmentCarriesTheWholeServiceOrderAsItIsWanted) {
  wire::ReviseRequest request;
  fill_revise(a_call(), request);
  EXPECT_EQ(request.call().idempotency_key(), "so-1/1");
  EXPECT_EQ(request.service_order().id(), "so-1");
  EXPECT_EQ(request.service_order().attempt(), 2U);
  EXPECT_EQ(request.service_order().revision(), 3U);
  EXPECT_EQ(request.service_order().characteristics().at("speed"), "100");
}

TEST(Wire, AskAndCancelNameTheServiceOrderAndItsAttempt) {
  wire::GetRequest get;
  fill_get(a_call(), get);
  EXPECT_EQ(get.service_order_id(), "so-1");
  EXPECT_EQ(get.attempt(), 2U);
  wire::CancelRequest cancel;
  fill_cancel(a_call(), cancel);
  EXPECT_EQ(cancel.service_order_id(), "so-1");
  EXPECT_EQ(cancel.attempt(), 2U);
  EXPECT_EQ(cancel.order_id(), "po-1");
  EXPECT_EQ(cancel.service_id(), "sv-1");
  EXPECT_EQ(cancel.reason(), "customer");
  EXPECT_EQ(cancel.call().idempotency_key(), "so-1/1");
}

TEST(Wire, EveryReportKindHasItsDomainKind) {
  using service_order::ReportKind;
  const std::pair<wire::ReportKind, ReportKind> kinds[] = {{wire::REPORT_KIND_ACKNOWLEDGED, ReportKind::acknowledged},
                                                           {wire::REPORT_KIND_REJECTED, ReportKind::rejected},
                                                           {wire::REPORT_KIND_IN_PROGRESS, ReportKind::in_progress},
                                                           {wire::REPORT_KIND_PENDING_EXTERNAL, ReportKind::pending_external},
                                                           {wire::REPORT_KIND_COMPLETED, ReportKind::completed},
                                                           {wire::REPORT_KIND_PARTIAL_ACTIVATION, ReportKind::partial},
                                                           {wire::REPORT_KIND_FAILED, ReportKind::failed},
                                                           {wire::REPORT_KIND_CANCELLED, ReportKind::cancelled},
                                                           {wire::REPORT_KIND_CANCEL_REFUSED, ReportKind::cancel_refused},
                                                           {wire::REPORT_KIND_PONR_REACHED, ReportKind::ponr_reached},
                                                           {wire::REPORT_KIND_EXPECTED_DATE, ReportKind::expected_date}};
  for (const auto& [from, to] : kinds) {
    auto report = a_report(from);
    report.mutable_expected()->set_seconds(10);
    report.mutable_expected()->set_nanos(7'000'000);
    const auto read = report_of(report);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->kind, to);
    EXPECT_EQ(read->attempt, 2U);
    EXPECT_EQ(read->expected, Instant{Millis{10'007}});
  }
  EXPECT_EQ(std::size(kinds), static_cast<std::size_t>(wire::ReportKind_ARRAYSIZE - 1));
}

TEST(Wire, OutputsBecomeCanonicalJson) {
  auto report = a_report(wire::REPORT_KIND_COMPLETED);
  (*report.mutable_outputs())["port"] = R"({ "b": 1, "a": [1,  2] })";
  const auto read = report_of(report);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->outputs.at("port").json, R"({"a":[1,2],"b":1})");
}

TEST(Wire, ReportsThatCannotBeRecordedNameTheField) {
  auto no_id = a_report(wire::REPORT_KIND_COMPLETED);
  no_id.clear_report_id();
  EXPECT_NE(report_of(no_id).error().find("report_id"), std::string::npos);
  auto no_order = a_report(wire::REPORT_KIND_COMPLETED);
  no_order.clear_service_order_id();
  EXPECT_NE(report_of(no_order).error().find("service_order_id"), std::string::npos);
  EXPECT_NE(report_of(a_report(wire::REPORT_KIND_UNSPECIFIED)).error().find("kind of report"), std::string::npos);
  EXPECT_NE(report_of(a_report(static_cast<wire::ReportKind>(40))).error().find("40"), std::string::npos);
  EXPECT_NE(report_of(a_report(wire::REPORT_KIND_EXPECTED_DATE)).error().find("expected"), std::string::npos);
  auto bare = a_report(wire::REPORT_KIND_COMPLETED);
  (*bare.mutable_outputs())["port"] = "PORT-1";
  EXPECT_EQ(report_of(bare).error(),
            "Expected outputs[\"port\"] to be JSON text (a string in double quotes, a number, true, …), but got: PORT-1");
}

TEST(Wire, FaultsKeepTheirClass) {
  auto report = a_report(wire::REPORT_KIND_FAILED);
  report.mutable_fault()->set_fault_class(wire::FAULT_CLASS_BUSINESS);
  report.mutable_fault()->set_code("NO_PORT");
  report.mutable_fault()->set_message("none left");
  EXPECT_EQ(report_of(report)->fault, (service_order::Fault{FaultClass::business, "NO_PORT", "none left"}));
  report.mutable_fault()->clear_fault_class();
  EXPECT_EQ(report_of(report)->fault.fault_class, FaultClass::unknown);
}

TEST(Wire, NewsOfAService) {
  wire::ServiceNews news;
  news.set_news_id("n1");
  news.set_service_id("sv-1");
  news.set_kind(wire::NEWS_KIND_DEGRADED);
  (*news.mutable_characteristics())["level"] = "3";
  const auto read = news_of(news);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->kind, service::NewsKind::degraded);
  EXPECT_EQ(read->characteristics.at("level").json, "3");
  news.set_kind(static_cast<wire::NewsKind>(9));
  EXPECT_FALSE(news_of(news));
}

}  // namespace
}  // namespace comd::south
