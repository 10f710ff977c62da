#include <gmock/gmock.h>

#include <set>

#include "comd/api/v1/repair.grpc.pb.h"
#include "test/north/north_fixture.h"

namespace comd::north {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing::UnorderedElementsAreArray;

/// Bulk repairs over gRPC; the real clock, so a member is looked at every 100 ms.
class BulkRepair : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    repairs = api::RepairService::NewStub(channel);
    engine->on_commit([this](Position tail) {
      const std::lock_guard lock(mutex_);
      tail_ = tail;
      changed_.notify_all();
    });
    load_catalog();
  }
  std::string stuck(const std::string& external_id, const std::string& code = "STUCK_PORT") {
    auto id = service_order_of(submitted(order_json(external_id)));
    EXPECT_EQ(report(failed(id, code)).code(), 0);
    return id;
  }
  std::vector<std::string> stuck_many(int count) {
    std::vector<std::string> out;
    for (int i = 0; i < count; ++i) out.push_back(stuck("E-" + std::to_string(i)));
    return out;
  }
  static api::StartRepairRequest request_for(const std::string& action) {
    api::StartRepairRequest request;
    request.mutable_query()->set_code("STUCK*");
    request.set_action(action);
    request.set_reason("the switch is back");
    request.set_rate(1'000);
    request.set_look_every_ms(100);
    return request;
  }
  grpc::Status start(const api::StartRepairRequest& request, api::StartRepairResponse& response) {
    Call call;
    response.Clear();
    return repairs->Start(&call, request, &response);
  }
  std::string started(const api::StartRepairRequest& request) {
    api::StartRepairResponse response;
    const auto status = start(request, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.repair().id();
  }
  api::GetRepairResponse get(const std::string& id) {
    Call call;
    api::GetRepairRequest request;
    request.set_id(id);
    api::GetRepairResponse response;
    const auto status = repairs->Get(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  grpc::Status steer(const std::string& id, const std::string& order, api::SteerRepairResponse& response,
                     const std::string& reason = "lunch") {
    Call call;
    api::SteerRepairRequest request;
    request.set_id(id);
    request.set_order(order);
    request.set_reason(reason);
    response.Clear();
    return repairs->Steer(&call, request, &response);
  }
  /// The answer of Get once the condition holds; the log tells when something happened.
  api::GetRepairResponse once(const std::string& id, const std::function<bool(const api::GetRepairResponse&)>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    auto now = get(id);
    for (std::unique_lock lock(mutex_); !condition(now);) {
      const auto seen = tail_;
      lock.unlock();
      now = get(id);
      lock.lock();
      if (!changed_.wait_until(lock, deadline, [&] { return tail_ != seen || condition(now); })) break;
    }
    EXPECT_TRUE(condition(now)) << now.DebugString();
    return now;
  }
  std::size_t jobs() const { return log->scan(Table::repair, {}, {}, 10).rows.size(); }
  static void expect_sums(const api::RepairTotals& t) {
    EXPECT_EQ(t.open() + t.tried() + t.moved() + t.stuck() + t.refused() + t.skipped(), t.members()) << t.DebugString();
  }

  std::unique_ptr<api::RepairService::Stub> repairs;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Position tail_{};
};

TEST_F(BulkRepair, BringsEveryMemberToItsVerdictAndTheNumbersSum) {
  const auto members = stuck_many(4);
  stuck("other", "STUCK_CARD");
  auto request = request_for("complete");
  request.mutable_query()->set_code("STUCK_P*");
  request.set_values_json(R"({"portId": "P-7"})");
  request.set_canary(2);
  api::StartRepairResponse response;
  ASSERT_TRUE(start(request, response).ok());
  EXPECT_THAT(response.repair().id(), StartsWith("rj-"));
  EXPECT_EQ(response.repair().totals().members(), 4u);
  EXPECT_GT(response.position(), 0u);
  EXPECT_FALSE(response.repeated());
  const auto end = once(response.repair().id(), [](const auto& now) { return now.repair().status() == "finished"; });
  EXPECT_EQ(end.repair().totals().moved(), 4u);
  expect_sums(end.repair().totals());
  EXPECT_EQ(end.repair().action(), "complete");
  EXPECT_EQ(end.repair().why(), "the switch is back");
  EXPECT_EQ(end.repair().query(), "code=STUCK_P*");
  EXPECT_TRUE(end.repair().has_ended_at());
  EXPECT_EQ(end.values_json(), R"({"portId":"P-7"})");
  EXPECT_TRUE(end.canary_passed());
  ASSERT_EQ(end.members_size(), 4);
  std::vector<std::string> reached;  // oldest first, but here all may have fallen out in the same millisecond
  for (const auto& member : end.members()) {
    reached.push_back(member.id());
    EXPECT_EQ(member.verdict(), "moved") << member.detail();
    EXPECT_EQ(member.detail(), "completed");
  }
  EXPECT_THAT(reached, UnorderedElementsAreArray(members));
  EXPECT_THAT(end.history(0), HasSubstr("Started: complete for 4 (the switch is back)"));
  EXPECT_THAT(end.history(end.history_size() - 1), HasSubstr("Finished"));
}

TEST_F(BulkRepair, ADryRunTellsWhatEachWouldLeadToAndRecordsNothing) {
  const auto ids = stuck_many(3);
  submitted(order_json("E-9", 1, "VISIT"));
  const auto head = log->head(StreamId{ids[0]});
  auto request = request_for("retry");
  request.mutable_query()->clear_code();
  request.mutable_query()->set_specification("line");
  request.set_dry_run(true);
  api::StartRepairResponse response;
  ASSERT_TRUE(start(request, response).ok());
  EXPECT_EQ(response.repair().id(), "");
  EXPECT_EQ(response.repair().totals().members(), 3u);
  EXPECT_EQ(response.allowed(), 3u);
  EXPECT_EQ(response.refused(), 0u);
  ASSERT_EQ(response.forecasts_size(), 3);
  EXPECT_THAT(ids, Contains(response.forecasts(0).id()));
  EXPECT_EQ(response.forecasts(0).version(), number(log->head(StreamId{response.forecasts(0).id()})));
  EXPECT_THAT(response.forecasts(0).leads_to(0), HasSubstr("Queued: attempt 2"));
  ASSERT_EQ(response.outcomes_size(), 1);
  EXPECT_EQ(response.outcomes(0).members(), 3u);
  EXPECT_EQ(response.outcomes(0).text(), "Queued");

  request.set_action("skip");
  ASSERT_TRUE(start(request, response).ok());
  EXPECT_EQ(response.refused(), 3u);
  EXPECT_THAT(response.forecasts(2).refusal(), HasSubstr("--force"));
  ASSERT_EQ(response.outcomes_size(), 1) << "whom it is about is not what differs";
  EXPECT_THAT(response.outcomes(0).text(), HasSubstr("Expected an optional service order, but it is required"));
  EXPECT_EQ(log->head(StreamId{ids[0]}), head);
  EXPECT_EQ(jobs(), 0u);
}

TEST_F(BulkRepair, TheSameRequestIsTheSameJob) {
  stuck_many(2);
  auto request = request_for("complete");
  request.set_request_id("request-1");
  api::StartRepairResponse first, again, other;
  ASSERT_TRUE(start(request, first).ok());
  once(first.repair().id(), [](const auto& now) { return now.repair().status() == "finished"; });
  ASSERT_TRUE(start(request, again).ok()) << "although nothing is left that its query would find";
  EXPECT_TRUE(again.repeated());
  EXPECT_EQ(again.repair().id(), first.repair().id());
  EXPECT_EQ(again.position(), first.position());
  EXPECT_EQ(again.repair().totals().members(), 2u);
  stuck("E-9");
  request.set_request_id("request-2");
  ASSERT_TRUE(start(request, other).ok());
  EXPECT_NE(other.repair().id(), first.repair().id());
}

TEST_F(BulkRepair, WhatIsMalformedIsRefusedWithItsPlace) {
  stuck("E-1");
  api::StartRepairResponse response;
  const auto refused = [&](const api::StartRepairRequest& request, const std::string& words) {
    for (const bool dry : {false, true}) {
      auto asked = request;
      asked.set_dry_run(dry);
      const auto status = start(asked, response);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << words;
      EXPECT_THAT(status.error_message(), HasSubstr(words));
    }
  };
  const auto with = [](auto change) {
    auto request = request_for("retry");
    change(request);
    return request;
  };
  refused(with([](auto& r) { r.clear_query(); }), "query: Expected at least one filter");
  refused(with([](auto& r) { r.mutable_query()->set_code("NONE"); }), "query: Expected at least one order or service order");
  refused(with([](auto& r) { r.mutable_query()->set_page_size(3); }), "query: Expected filters only");
  refused(with([](auto& r) { r.mutable_query()->set_kind("tasks"); }), "kind: Expected one of fallout, task");
  refused(with([](auto& r) { r.set_action("explode"); }), "action: Expected one of retry");
  refused(with([](auto& r) { r.set_action("note"); }), "The others move nothing");
  refused(with([](auto& r) { r.clear_reason(); }), "reason: Expected a reason");
  refused(with([](auto& r) { r.set_rate(2'000); }), "rate: Expected 0.01 to 1000, but got 2000. 0 means 20.");
  refused(with([](auto& r) { r.set_look_every_ms(5); }), "look_every_ms: Expected 100 to");
  refused(with([](auto& r) { r.set_values_json("[1]"); }), "values_json: Expected an object");
  EXPECT_EQ(jobs(), 0u);
}

TEST_F(BulkRepair, ACanaryThatDoesNotMoveHoldsTheRestUntilAPersonDecides) {
  stuck_many(3);
  auto request = request_for("skip");  // refused: they are not optional
  request.set_canary(1);
  const auto id = started(request);
  const auto paused = once(id, [](const auto& now) { return now.repair().status() == "paused"; });
  EXPECT_EQ(paused.repair().totals().refused(), 1u);
  EXPECT_EQ(paused.repair().totals().open(), 2u);
  EXPECT_THAT(paused.repair().reason(), HasSubstr("canary"));
  expect_sums(paused.repair().totals());
  api::SteerRepairResponse response;
  ASSERT_TRUE(steer(id, "cancel", response, "not optional").ok());
  EXPECT_TRUE(response.changed());
  EXPECT_EQ(response.repair().status(), "cancelled");
  EXPECT_EQ(response.repair().reason(), "not optional");
  ASSERT_TRUE(steer(id, "cancel", response).ok()) << "the same again after a lost answer";
  EXPECT_FALSE(response.changed());
  EXPECT_EQ(steer(id, "resume", response).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(BulkRepair, IsPausedAndResumed) {
  stuck_many(3);
  auto request = request_for("complete");
  request.set_rate(0.01);  // one, and then nothing for long
  const auto id = started(request);
  api::SteerRepairResponse response;
  ASSERT_TRUE(steer(id, "pause", response).ok());
  EXPECT_EQ(response.repair().status(), "paused");
  EXPECT_EQ(response.repair().reason(), "lunch");
  ASSERT_TRUE(steer(id, "pause", response).ok());
  EXPECT_FALSE(response.changed());
  ASSERT_TRUE(steer(id, "resume", response).ok());
  EXPECT_EQ(response.repair().status(), "running");
  EXPECT_THAT(get(id).history(), Contains(HasSubstr("Paused: by local (lunch)")));
  EXPECT_THAT(steer(id, "stop", response).error_message(), HasSubstr("order: Expected one of pause, resume, cancel"));
  EXPECT_THAT(steer(id, "pause", response, "").error_message(), HasSubstr("reason: Expected a reason"));
  EXPECT_EQ(steer("rj-none", "pause", response).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(steer("po-none", "pause", response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(BulkRepair, MembersAreTakenPageByPageAndByVerdict) {
  const auto ids = stuck_many(5);
  auto start = request_for("complete");
  const auto id = started(start);
  once(id, [](const auto& now) { return now.repair().status() == "finished"; });
  std::vector<std::string> seen;
  api::GetRepairRequest request;
  request.set_id(id);
  request.set_page_size(2);
  do {
    Call call;
    api::GetRepairResponse page;
    ASSERT_TRUE(repairs->Get(&call, request, &page).ok());
    EXPECT_LE(page.members_size(), 2);
    for (const auto& member : page.members()) {
      seen.push_back(member.id());
      EXPECT_EQ(member.number(), seen.size());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && seen.size() < 10);
  EXPECT_THAT(seen, UnorderedElementsAreArray(ids));  // oldest first; those of one millisecond by id
  const auto by = [&](const std::string& verdict, api::GetRepairResponse& page) {
    Call call;
    api::GetRepairRequest filtered;
    filtered.set_id(id);
    filtered.set_verdict(verdict);
    return repairs->Get(&call, filtered, &page);
  };
  api::GetRepairResponse page;
  ASSERT_TRUE(by("stuck", page).ok());
  EXPECT_EQ(page.members_size(), 0);
  ASSERT_TRUE(by("moved", page).ok());
  EXPECT_EQ(page.members_size(), 5);
  EXPECT_THAT(by("lost", page).error_message(), HasSubstr("verdict: Expected one of open, tried, moved, stuck"));
  Call call;
  request.Clear();
  request.set_id(id);
  request.set_without_members(true);
  page.Clear();
  ASSERT_TRUE(repairs->Get(&call, request, &page).ok());
  EXPECT_EQ(page.members_size() + page.history_size(), 0);
  EXPECT_EQ(page.repair().totals().members(), 5u);
}

TEST_F(BulkRepair, AreListedNewestFirst) {
  stuck("E-1");
  const auto first = started(request_for("complete"));
  once(first, [](const auto& now) { return now.repair().status() == "finished"; });
  stuck("E-2");
  auto request = request_for("skip");
  request.set_stop_after(1);
  const auto second = started(request);
  once(second, [](const auto& now) { return now.repair().status() == "paused"; });
  const auto list = [&](const std::string& status) {
    Call call;
    api::ListRepairsRequest asked;
    asked.set_status(status);
    api::ListRepairsResponse response;
    EXPECT_TRUE(repairs->List(&call, asked, &response).ok());
    std::vector<std::string> ids;
    for (const auto& one : response.repairs()) ids.push_back(one.id());
    return ids;
  };
  EXPECT_THAT(list(""), ElementsAre(second, first));
  EXPECT_THAT(list("paused"), ElementsAre(second));
  EXPECT_THAT(list("canary"), ElementsAre());
}

}  // namespace
}  // namespace comd::north
