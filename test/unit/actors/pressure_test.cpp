#include "test/unit/actors/fixture.h"

/// More at once than comd takes: each queue has a limit with a name, and what is beyond hears which.
namespace comd {
namespace {

using service_order::ReportKind;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Pressure : public EngineTest {
 protected:
  Pressure() {
    options_.limits.in_flight_max = 20;
    options_.limits.stream_waiting_max = 4;
  }
  void SetUp() override {
    start();
    load_catalog();
  }
  std::shared_ptr<std::optional<Reply>> send_cancel() {
    return send(order_, product_order::Command{product_order::Cancel{"x", "tester"}});
  }
  std::shared_ptr<std::optional<Reply>> send_report(std::string_view key, const std::string& id) {
    service_order::Report report;
    report.id = id;
    report.kind = ReportKind::in_progress;
    return send(stream_of(fiber::so(key)), service_order::Command{service_order::TakeReport{report}});
  }
  const StreamId order_ = stream_of(fiber::kOrder);
};

TEST_F(Pressure, OneHotOrderDoesNotTakeTheRoomOfAll) {
  submit_order();
  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
  for (int i = 0; i < 6; ++i) replies.push_back(send_cancel());
  auto other = send(StreamId{"po-other"}, submit());
  run();
  std::size_t full = 0;
  for (const auto& reply : replies) {
    ASSERT_TRUE(reply->has_value());
    if (!(*reply)->rejection || (*reply)->rejection->code != RejectionCode::limit) continue;
    ++full;
    EXPECT_THAT((*reply)->rejection->message,
                AllOf(HasSubstr("Expected at most 4 commands"), HasSubstr(order_.value), HasSubstr("stream_waiting_max")));
    EXPECT_GT((*reply)->retry_after, 0s);
  }
  EXPECT_GT(full, 0u);
  EXPECT_LE(full, 2u);
  EXPECT_FALSE((*other)->rejection);
}

TEST_F(Pressure, AReportBeyondTheLimitIsToBeSentAgainAndIsNotLost) {
  submit_order();
  answer(0, ok());
  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
  for (int i = 0; i < 8; ++i) replies.push_back(send_report("access", "r" + std::to_string(i)));
  run();
  std::size_t again = 0;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    ASSERT_TRUE(replies[i]->has_value());
    if (!(*replies[i])->rejection) continue;
    EXPECT_EQ((*replies[i])->rejection->code, RejectionCode::unavailable);
    ++again;
    const auto repeated = send_report("access", "r" + std::to_string(i));
    run();
    EXPECT_FALSE((*repeated)->rejection);
  }
  EXPECT_GT(again, 0u);
}

TEST_F(Pressure, TheRoomIsFreeAgainOnceTheyAreAnswered) {
  submit_order();
  for (int round = 0; round < 5; ++round) {
    std::vector<std::shared_ptr<std::optional<Reply>>> replies;
    for (int i = 0; i < 4; ++i) replies.push_back(send_cancel());
    run();
    for (const auto& reply : replies)
      if ((*reply)->rejection) { EXPECT_NE((*reply)->rejection->code, RejectionCode::limit); }
  }
  EXPECT_EQ(engine_->in_flight(), 0u);
}

TEST_F(Pressure, WhatWasParkedKeepsItsRoomWhenItsActorIsAnotherOne) {
  submit_order();
  advance(options_.limits.idle * 2);
  for (int i = 0; i < 4; ++i) {
    auto first = send_cancel();
    advance(options_.limits.idle / 4);  // the actor may be on its way out
    ASSERT_TRUE(first->has_value());
    if ((*first)->rejection) { EXPECT_NE((*first)->rejection->code, RejectionCode::limit); }
  }
}

TEST_F(Pressure, ReportsBeyondThoseInFlightAreUnavailableAndTheRestHearsTheLimit) {
  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
  for (int i = 0; i < 20; ++i) replies.push_back(send(StreamId{"po-" + std::to_string(i)}, submit()));
  const auto order = send(StreamId{"po-x"}, submit());
  const auto report = send_report("access", "r");
  ASSERT_TRUE(order->has_value() && report->has_value());
  EXPECT_EQ((*order)->rejection->code, RejectionCode::limit);
  EXPECT_THAT((*order)->rejection->message, HasSubstr("in_flight_max"));
  EXPECT_EQ((*report)->rejection->code, RejectionCode::unavailable);
  run();
}

/// Effects beyond those held in memory wait in the log, and come when there is room.
class ManyEffects : public EngineTest {
 protected:
  ManyEffects() {
    options_.limits.effects_max = 2;
    options_.limits.lane_window = 2;
  }
};

TEST_F(ManyEffects, WaitInTheLogUntilThereIsRoomInMemory) {
  start();
  load_catalog();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(execute(StreamId{"po-" + std::to_string(i)}, submit()).rejection);
  EXPECT_EQ(partner_->calls.size(), 2u);
  for (std::size_t answered = 0; answered < 5; ++answered) {
    ASSERT_GT(partner_->calls.size(), answered);
    answer(answered, ok());
    advance(5s);
    advance(5s);
    EXPECT_LE(engine_->shared().lanes.load()->size(), 3u);
  }
  EXPECT_EQ(partner_->calls.size(), 5u);
}

}  // namespace
}  // namespace comd
