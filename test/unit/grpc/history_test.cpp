#include "comd/api/v1/history.grpc.pb.h"

#include <gmock/gmock.h>

#include "test/north/north_fixture.h"

/// What was, event by event; and what would be, by another catalogue or after another command.
namespace comd::north {
namespace {

using testing::HasSubstr;

/// The same shop, but: LINE has a second service, PAIR lost its second, VISIT is not sold any more.
std::string changed_catalog() {
  std::string out = kCatalog;
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    out.replace(at, from.size(), to);
  };
  replace("version: \"1\"", "version: \"2\"");
  replace("required: false}]}\n", "required: false}]}\n      - {key: probe, specification: line@1, dependsOn: [line]}\n");
  replace("      - {key: second, specification: line@1, dependsOn: [first]}\n", "");
  replace("  - id: VISIT\n", "  - id: WAS-VISIT\n");
  return out;
}

using Streams = std::map<std::string, std::vector<std::string>>;

class History : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    history = api::HistoryService::NewStub(channel);
    load_catalog();
  }

  api::ReplayResponse replay(const std::string& id, std::uint32_t after = 0, std::uint32_t size = 0) {
    Call call;
    api::ReplayRequest request;
    request.set_id(id);
    request.set_after_step(after);
    request.set_page_size(size);
    api::ReplayResponse response;
    const auto status = history->Replay(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  api::DiffResponse diff(const std::string& id, std::uint64_t from_version, std::optional<std::uint64_t> to_version = {}) {
    Call call;
    api::DiffRequest request;
    request.set_id(id);
    request.mutable_from()->set_version(from_version);
    if (to_version) request.mutable_to()->set_version(*to_version);
    api::DiffResponse response;
    const auto status = history->Diff(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  grpc::Status what_if(const api::WhatIfRequest& request, std::map<std::string, api::OrderDifference>& found,
                       api::WhatIfTotals& totals) {
    Call call;
    auto stream = history->WhatIf(&call, request);
    for (api::WhatIfResponse message; stream->Read(&message);) {
      for (const auto& order : message.orders()) found[order.external_id()] = order;
      totals = message.totals();
    }
    return stream->Finish();
  }
  /// Stream by stream, the events of an order's family behind a position.
  Streams streams_after(const std::string& id, std::uint64_t position) {
    Streams out;
    const auto whole = replay(id);
    for (const auto& step : whole.steps())
      if (step.event().position() > position) out[step.event().stream()].push_back(step.event().event());
    return out;
  }
  api::TryResponse tried(const api::TryRequest& request) {
    Call call;
    api::TryResponse response;
    const auto status = history->Try(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static const api::FieldChange* change(const google::protobuf::RepeatedPtrField<api::FieldChange>& changes,
                                        const std::string& stream, const std::string& field) {
    for (const auto& one : changes)
      if (one.stream() == stream && one.field() == field) return &one;
    return nullptr;
  }

  std::unique_ptr<api::HistoryService::Stub> history;
};

TEST_F(History, ReplayTellsEveryEventWithWhatItChangedAndItsPagesFitTogether) {
  const auto id = submitted(order_json("one", 100, "PAIR"));
  report(completed(service_order_of(id)));
  until([&] { return get(id).service_orders(1).status() != "waiting"; });
  rest();
  const auto whole = replay(id);
  ASSERT_EQ(static_cast<int>(whole.total()), whole.steps_size());
  ASSERT_GT(whole.steps_size(), 5);
  EXPECT_EQ(whole.steps(0).event().event(), "Submitted");
  const auto* status = change(whole.steps(0).changes(), id, "status");
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->before(), "");
  EXPECT_EQ(whole.steps(0).state(), status->after());
  api::ReplayResponse joined;
  for (std::uint32_t at = 0; at < whole.total(); at += 2)
    joined.MergeFrom([&] {
      auto page = replay(id, at, 2);
      page.clear_total();
      return page;
    }());
  joined.set_total(whole.total());
  EXPECT_EQ(joined.SerializeAsString(), whole.SerializeAsString());
  // What the steps changed, one after the other, is what changed between the ends.
  const auto service_order = service_order_of(id);
  std::string last;
  for (const auto& step : whole.steps())
    if (const auto* one = change(step.changes(), service_order, "status")) {
      EXPECT_EQ(one->before(), last);
      last = one->after();
    }
  EXPECT_EQ(last, "completed");
}

TEST_F(History, DiffNamesWhatChangedAndTheEventsBetween) {
  const auto id = submitted(order_json("one"));
  const auto service_order = service_order_of(id);
  report(completed(service_order));
  until([&] { return get(id).summary().terminal(); });
  const auto whole = diff(id, 1);
  const auto* status = change(whole.changes(), id, "status");
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->before(), "inProgress");
  EXPECT_EQ(status->after(), "completed");
  const auto* port = change(whole.changes(), service_order, "outputs.portId");
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->before(), "");
  EXPECT_EQ(port->after(), "\"p-1\"");
  bool reported = false;
  for (const auto& event : whole.events()) {
    EXPECT_GT(event.position(), whole.from_position());
    reported = reported || event.event() == "Reported";
  }
  EXPECT_TRUE(reported);
  EXPECT_EQ(diff(id, 2, 2).changes_size(), 0);
  Call call;
  api::DiffRequest backwards;
  backwards.set_id(id);
  backwards.mutable_to()->set_version(1);
  api::DiffResponse response;
  EXPECT_EQ(history->Diff(&call, backwards, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(History, WhatIfSaysOfEachOrderWhatWouldBeDifferent) {
  submitted(order_json("line"));
  const auto pair = submitted(order_json("pair", 1, "PAIR"));
  submitted(order_json("visit", 1, "VISIT"));
  rest();
  const auto tail = log->tail();
  api::WhatIfRequest request;
  request.set_content(changed_catalog());
  request.set_all(true);
  std::map<std::string, api::OrderDifference> found;
  api::WhatIfTotals totals;
  const auto status = what_if(request, found, totals);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(totals.orders(), 3U);
  EXPECT_EQ(totals.done(), 3U);
  EXPECT_EQ(totals.differ(), 2U);
  EXPECT_EQ(totals.refused(), 1U);
  EXPECT_EQ(totals.added(), 1U);
  EXPECT_EQ(totals.dropped(), 1U);
  ASSERT_EQ(found["line"].service_orders_size(), 1);
  EXPECT_EQ(found["line"].service_orders(0).kind(), "added");
  EXPECT_EQ(found["line"].service_orders(0).key(), "probe");
  ASSERT_EQ(found["pair"].service_orders_size(), 1);
  EXPECT_EQ(found["pair"].service_orders(0).kind(), "dropped");
  EXPECT_EQ(found["pair"].service_orders(0).key(), "second");
  EXPECT_EQ(found["visit"].verdict(), api::VERDICT_REFUSED);
  ASSERT_GT(found["visit"].violations_size(), 0);
  EXPECT_THAT(found["visit"].violations(0).message(), HasSubstr("VISIT"));
  EXPECT_EQ(log->tail(), tail);

  request.clear_all();
  request.add_order_ids(pair);
  request.add_order_ids("po-nobody");
  found.clear();
  ASSERT_TRUE(what_if(request, found, totals).ok());
  EXPECT_EQ(totals.done(), 2U);
  EXPECT_EQ(totals.undecidable(), 1U);
}

TEST_F(History, ByTheSameCatalogueNothingIsDifferent) {
  submitted(order_json("line"));
  submitted(order_json("pair", 1, "PAIR"));
  api::WhatIfRequest request;
  request.set_version("1");
  request.set_all(true);
  std::map<std::string, api::OrderDifference> found;
  api::WhatIfTotals totals;
  ASSERT_TRUE(what_if(request, found, totals).ok());
  EXPECT_EQ(totals.same(), 2U);
  EXPECT_TRUE(found.empty());
}

TEST_F(History, WhatIfNeedsToKnowWhichOrdersAndWhichCatalogue) {
  std::map<std::string, api::OrderDifference> found;
  api::WhatIfTotals totals;
  api::WhatIfRequest request;
  request.set_version("1");
  EXPECT_THAT(what_if(request, found, totals).error_message(), HasSubstr("which orders"));
  request.set_all(true);
  request.add_order_ids("po-1");
  EXPECT_EQ(what_if(request, found, totals).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_order_ids();
  request.set_version("77");
  EXPECT_EQ(what_if(request, found, totals).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_content("catalog: [");
  EXPECT_EQ(what_if(request, found, totals).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(History, ATryTellsWhatWouldFollowAndRecordsAndSendsNothing) {
  const auto id = submitted(order_json("one", 100, "PAIR"));
  const auto service_order = service_order_of(id);
  rest();  // the partner has it: from here on, only what a person does would make comd call again
  const auto tail = log->tail();
  const auto rows = log->derived();

  api::TryRequest request;
  request.set_order_id(id);
  request.mutable_cancel()->set_reason("customer moved");
  const auto cancelled = tried(request);
  EXPECT_FALSE(cancelled.has_rejection()) << cancelled.rejection().message();
  EXPECT_TRUE(cancelled.quiet());
  ASSERT_EQ(cancelled.calls_size(), 1);
  EXPECT_EQ(cancelled.calls(0).kind(), "cancel");
  EXPECT_EQ(cancelled.calls(0).service_order(), service_order);
  EXPECT_EQ(cancelled.calls(0).target(), "network");
  EXPECT_FALSE(cancelled.calls(0).pending());
  EXPECT_GT(cancelled.timers_size(), 0);
  const auto* wanted = change(cancelled.changes(), id, "cancelRequested");
  ASSERT_NE(wanted, nullptr);
  EXPECT_EQ(wanted->after(), "true");

  // Nothing of it has reached the log or the order, and no call has left: an answered one would have changed the rows.
  EXPECT_EQ(log->tail(), tail);
  EXPECT_EQ(log->derived(), rows);
  EXPECT_EQ(get(id).summary().state(), "inProgress");

  // What is then really done leads to the same.
  Call call;
  api::CancelOrderRequest real;
  real.set_order_id(id);
  real.set_reason("customer moved");
  api::CancelOrderResponse response;
  ASSERT_TRUE(orders->Cancel(&call, real, &response).ok());
  // Stream by stream: between two streams the partner's answer comes when it comes.
  Streams would;
  for (const auto& event : cancelled.events()) would[event.stream()].push_back(event.event());
  ASSERT_TRUE(would.contains(id) && would.contains(service_order));
  rest();
  auto did = streams_after(id, number(tail));
  for (const auto& [stream, events] : would) {
    ASSERT_GE(did[stream].size(), events.size()) << stream;
    did[stream].resize(events.size());  // then the partner answers
    EXPECT_EQ(events, did[stream]) << stream;
  }
}

TEST_F(History, ATryInThePastGoesOnFromThere) {
  const auto id = submitted(order_json("one"));
  const auto service_order = service_order_of(id);
  report(completed(service_order));
  until([&] { return get(id).summary().state() == "completed"; });
  api::TryRequest request;
  request.set_order_id(id);
  request.mutable_cancel()->set_reason("too late");
  const auto now = tried(request);
  EXPECT_TRUE(now.has_rejection());
  EXPECT_EQ(now.events_size(), 0);
  request.mutable_at()->set_version(1);
  const auto then = tried(request);
  EXPECT_FALSE(then.has_rejection()) << then.rejection().message();
  EXPECT_LT(then.at_position(), number(log->tail()));
  EXPECT_GT(then.events_size(), 0);
  const auto* status = change(then.changes(), id, "status");
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->before(), "inProgress");
}

TEST_F(History, ATryOfAPersonsActionAndOfWhatIsNotThere) {
  const auto id = submitted(order_json("held", 50));
  const auto service_order = service_order_of(id);
  report(failed(service_order, "STUCK_1"));
  api::TryRequest request;
  request.set_order_id(id);
  request.mutable_act()->set_action("retry");
  request.mutable_act()->set_id(service_order);
  request.mutable_act()->set_reason("another port");
  const auto retried = tried(request);
  EXPECT_FALSE(retried.has_rejection()) << retried.rejection().message();
  ASSERT_EQ(retried.calls_size(), 1);
  EXPECT_EQ(retried.calls(0).kind(), "submit");
  EXPECT_EQ(retried.calls(0).attempt(), 2U);
  EXPECT_EQ(get(id).service_orders(0).attempt(), 1U);

  request.mutable_act()->set_id("so-nobody.1.1.0.line.r1");
  Call call;
  api::TryResponse response;
  EXPECT_EQ(history->Try(&call, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
  Call another;
  request.set_order_id("po-nobody");
  EXPECT_EQ(history->Try(&another, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace comd::north
