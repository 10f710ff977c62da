#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

using service_order::Status;

/// What is called at once is recorded as sent by the append that decides on it; what has to wait goes by the outbox.
class Departures : public EngineTest {
 protected:
  static constexpr std::string_view kLane = "access-system";

  void begin() {
    start();
    load_catalog();
    submit_order();  // somebody has asked for a place now: from here on some are lent
    answer(0, ok());
  }
  Reply submit_another() { return execute(other_, submit()); }
  service_order::State other_access() const {
    const StreamId stream{"so-other.1.1.0.access.r1"};
    auto folded = fold<service_order::State>(log_->inner->read_stream(stream), stream);
    EXPECT_TRUE(folded.has_value());
    return folded->state;
  }
  /// The commit in which the other order's first call is recorded as sent also opens its service order.
  bool sent_with_its_decision() const {
    for (const Commit& commit : commits())
      for (const StreamSlice& slice : commit.streams)
        if (slice.stream.value == "so-other.1.1.0.access.r1" && commit.cause_of(slice).command == "MarkSent")
          return std::ranges::any_of(commit.streams, [&](const StreamSlice& one) { return one.stream == other_; });
    return false;
  }
  const StreamId other_{"po-other"};
};

TEST_F(Departures, AreRecordedByTheAppendThatDecidesOnThem) {
  begin();
  submit_another();
  EXPECT_TRUE(sent_with_its_decision());
  EXPECT_EQ(other_access().status, Status::submitted);
  ASSERT_EQ(partner_->calls.size(), 2u);
  EXPECT_EQ(partner_->calls[1].call.effect.key, "so-other.1.1.0.access.r1#1");
  answer(1, ok());
  EXPECT_EQ(other_access().reference, "ref");
  EXPECT_EQ(engine_->shared().slots->taken(), 0u);
  EXPECT_EQ(engine_->shared().effects_under_way, 0u);
}

TEST_F(Departures, NoneWhereSomebodyWaits) {
  options_.limits.lane_window = 1;
  start();
  load_catalog();
  submit_order();  // its call takes the only place
  submit_another();
  EXPECT_EQ(other_access().status, Status::queued);
  EXPECT_EQ(partner_->calls.size(), 1u);
  answer(0, ok());
  EXPECT_EQ(partner_->calls.size(), 2u) << "the place goes to whoever waits for it";
  EXPECT_FALSE(sent_with_its_decision());
}

TEST_F(Departures, OfARefusedAppendNeverLeaveAndTheirPlaceIsFreeAgain) {
  options_.limits.lane_window = 1;
  begin();
  log_->fail_next = AppendError::full;
  EXPECT_TRUE(submit_another().rejection);
  EXPECT_EQ(partner_->calls.size(), 1u);
  EXPECT_EQ(engine_->shared().slots->taken(), 0u);
  submit_another();
  EXPECT_EQ(partner_->calls.size(), 2u);
}

TEST_F(Departures, OfAConflictLeaveOnce) {
  begin();
  log_->fail_next = AppendError::conflict;
  EXPECT_FALSE(submit_another().rejection);
  EXPECT_EQ(partner_->calls.size(), 2u);
  EXPECT_EQ(other_access().status, Status::submitted);
}

TEST_F(Departures, NoneOfWhatIsHeld) {
  begin();
  hold::State state;
  const hold::Scope access{hold::Kind::target, std::string(kLane)};
  state.in_force[access] = {access, hold::Timers::keep, false, "ann", "now", clock_->now(), clock_->now() + 24h, 0};
  engine_->shared().holds.set(state);
  submit_another();
  EXPECT_EQ(other_access().status, Status::queued);
  EXPECT_EQ(partner_->calls.size(), 1u);
}

TEST_F(Departures, NoneToATargetThatPromisesNothing) {
  begin();
  report("access", service_order::ReportKind::completed, {{"portId", {"\"p1\""}}});
  submit_another();
  for (std::size_t i = 1; i < partner_->calls.size(); ++i) answer(i, ok());
  EXPECT_EQ(service_order_state("cpe").status, Status::submitted);
  EXPECT_EQ(engine_->shared().slots->lent("cpe-system"), std::nullopt) << "nobody has asked for a place";
  EXPECT_NE(engine_->shared().slots->lent("ip-system"), std::nullopt);
}

TEST_F(Departures, NoneWhenStopping) {
  begin();
  engine_->stop_admitting();
  EXPECT_FALSE(engine_->shared().slots->take(std::string(kLane)));
}

/// A call that an earlier life of the process made, or was about to make.
class LostCalls : public EngineTest {
 protected:
  void crash_with(std::string_view last) {
    start();
    load_catalog();
    submit_order();
    if (last == "access") return restart();
    answer(0, ok());
    report("access", service_order::ReportKind::completed, {{"portId", {"\"p1\""}}});
    restart();
  }
  void restart() {
    crash();
    partner_ = std::make_shared<ManualPartner>();
    start();
    run();
  }
  std::vector<std::string> called() const {
    std::vector<std::string> out;
    for (const auto& made : partner_->calls)
      out.push_back(std::string(to_text(made.call.effect.kind)) + " " + made.call.request.service_order.value);
    return out;
  }
};

TEST_F(LostCalls, AreMadeAgainAtOnceWhereThatIsNoSecondPieceOfWork) {
  crash_with("ip");
  ASSERT_THAT(called(), ::testing::ElementsAre("submit " + fiber::so("ip").value)) << "without the clock having moved";
  EXPECT_EQ(partner_->calls[0].call.effect.key, fiber::so("ip").value + "#1") << "the same key";
  EXPECT_EQ(service_order_state("ip").doubts, 1u);
  answer(0, ok());
  EXPECT_EQ(service_order_state("ip").reference, "ref");
}

TEST_F(LostCalls, OfATargetThatPromisesNothingAreLeftToTheirDeadline) {
  crash_with("ip");
  EXPECT_EQ(service_order_state("cpe").status, Status::submitted);
  advance(service_order_state("cpe").call_timeout + service_order::kAnswerMargin);
  EXPECT_EQ(service_order_state("cpe").status, Status::held);
}

TEST_F(LostCalls, OfATargetThatCanBeAskedAreLeftToTheirDeadline) {
  crash_with("access");
  EXPECT_EQ(service_order_state("access").status, Status::submitted);
  advance(service_order_state("access").call_timeout + service_order::kAnswerMargin);
  EXPECT_EQ(service_order_state("access").status, Status::in_doubt);
}

TEST_F(LostCalls, AreNotThoseThatWereAnswered) {
  start();
  load_catalog();
  submit_order();
  answer(0, ok());
  report("access", service_order::ReportKind::completed, {{"portId", {"\"p1\""}}});
  for (std::size_t i = 1; i < partner_->calls.size(); ++i) answer(i, ok());
  restart();
  EXPECT_THAT(called(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace comd
