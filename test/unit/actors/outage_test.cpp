#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

using service_order::Outcome;
using service_order::ReportKind;
using service_order::Status;

/// Lanes with the dispatcher around them: what leaves, when, and in which order.
class Outage : public EngineTest {
 protected:
  Outage() {
    options_.limits.lane_failures = 3;
    options_.limits.lane_pause = 1s;
    options_.limits.lane_pause_max = 4s;
  }
  void SetUp() override {
    start();
    load_catalog();
  }
  void restart() {
    crash();
    start();
  }
  /// An order whose first call is to access-system.
  void submit_as(const std::string& id, const std::string& tenant = "t", std::uint8_t priority = 4) {
    Order order = fiber::order({fiber::item("1")});
    order.tenant = {tenant};
    order.priority = priority;
    engine_->execute(StreamId{"po-" + id}, submit(std::move(order), "digest-" + id), {"", "tester", {tenant}, "", ""},
                     [](const Reply& reply) { EXPECT_FALSE(reply.rejection) << reply.rejection->message; });
    run();
  }
  void submit_many(int count, const std::string& prefix, const std::string& tenant = "t") {
    for (int i = 0; i < count; ++i) submit_as(prefix + std::to_string(i), tenant);
  }
  std::vector<std::string> orders_called(std::size_t from = 0) const {
    std::vector<std::string> out;
    for (std::size_t i = from; i < partner_->calls.size(); ++i) out.push_back(partner_->calls[i].call.meta.order.value);
    return out;
  }
  LaneFigures lane(const std::string& name) {
    advance(1s);
    for (const auto& figures : *engine_->shared().lanes.load())
      if (figures.name == name) return figures;
    return {};
  }
  std::size_t calls() const { return partner_->calls.size(); }
  static Outcome refusal(FaultClass fault_class, std::string code) {
    return {Outcome::Kind::refused, {fault_class, std::move(code), "no"}, {}, {}};
  }
};

TEST_F(Outage, ClosesTheLaneAndWhatWaitsStaysInTheQueue) {
  submit_many(5, "a");
  for (std::size_t i = 0; i < 3; ++i) answer(i, outcome(Outcome::Kind::not_sent));
  submit_as("late");
  EXPECT_EQ(calls(), 5u);
  const LaneFigures figures = lane("access-system");
  EXPECT_EQ(figures.breaker, BreakerState::half_open);  // the pause is over, and a probe has left
  EXPECT_EQ(figures.failures, 3u);
  EXPECT_EQ(figures.waiting, 3u);
  EXPECT_EQ(calls(), 6u);
}

TEST_F(Outage, OfOneTargetDoesNotSlowAnother) {
  submit_order();
  answer(0, ok());
  report("access", ReportKind::completed, {{"portId", {"\"p1\""}}});
  ASSERT_EQ(calls(), 3u);  // ip and cpe
  submit_many(4, "down");
  for (std::size_t i = 3; i < 6; ++i) answer(i, outcome(Outcome::Kind::unknown));
  submit_many(2, "held");
  EXPECT_EQ(calls(), 7u);  // access-system is held
  const std::size_t ip = partner_->calls[1].call.effect.lane == "ip-system" ? 1 : 2;
  answer(ip, refusal(FaultClass::transient, "BUSY"));
  advance(900ms);
  EXPECT_EQ(calls(), 7u);
  advance(200ms);
  EXPECT_EQ(service_order_state("ip").attempt, 2u);
  EXPECT_EQ(service_order_state("ip").status, Status::submitted);
}

TEST_F(Outage, IsSeenInUnansweredCallsAndInOverload) {
  submit_many(3, "a");
  answer(0, outcome(Outcome::Kind::unknown));
  answer(1, refusal(FaultClass::transient, "RESOURCE_EXHAUSTED"));
  answer(2, outcome(Outcome::Kind::not_sent));
  submit_as("b");
  EXPECT_EQ(calls(), 3u);
}

TEST_F(Outage, IsNotSeenInOtherRefusals) {
  submit_many(4, "a");
  answer(0, refusal(FaultClass::permanent, "INVALID_ARGUMENT"));
  answer(1, refusal(FaultClass::business, "NO_PORT"));
  answer(2, refusal(FaultClass::transient, "BUSY"));
  answer(3, refusal(FaultClass::permanent, "RESOURCE_EXHAUSTED"));
  submit_as("b");
  EXPECT_EQ(calls(), 5u);
}

TEST_F(Outage, EndsWithOneProbeAndAWindowThatGrows) {
  options_.limits.lane_window = 4;
  restart();
  submit_many(40, "a");
  for (std::size_t i = 0; i < 6; ++i) answer(i, outcome(Outcome::Kind::not_sent));
  ASSERT_EQ(calls(), 6u);  // two took the places of the first two
  advance(1s);
  EXPECT_EQ(calls(), 7u);  // the probe
  answer(6, outcome(Outcome::Kind::not_sent));
  advance(1s);
  EXPECT_EQ(calls(), 7u);  // twice the pause
  advance(1s);
  EXPECT_EQ(calls(), 8u);
  answer(7, ok());
  EXPECT_EQ(calls(), 9u);  // a window of one
  answer(8, ok());
  EXPECT_EQ(calls(), 11u);  // of two
  answer(9, ok());
  answer(10, ok());
  EXPECT_EQ(calls(), 15u);  // of four, which is all
  EXPECT_EQ(lane("access-system").window, 4u);
  for (std::size_t i = 11; i < calls(); ++i) answer(i, ok());
  EXPECT_EQ(calls(), 6u + 1u + 40u);
}

TEST_F(Outage, WhatWasHeldLeavesOldestFirst) {
  options_.limits.lane_window = 3;
  restart();
  submit_many(6, "a");
  for (std::size_t i = 0; i < 5; ++i) answer(i, outcome(Outcome::Kind::not_sent));  // a0 to a4, one after the other
  advance(1s);
  for (std::size_t i = 5; i < calls(); ++i) answer(i, ok());
  EXPECT_THAT(orders_called(5), ::testing::ElementsAre("po-a0", "po-a1", "po-a2", "po-a3", "po-a4", "po-a5"));
}

TEST_F(Outage, AQueueDeadlineGoesOnWhileTheBreakerIsOpen) {
  submit_many(3, "a");
  for (std::size_t i = 0; i < 3; ++i) answer(i, outcome(Outcome::Kind::not_sent));
  submit_order();
  EXPECT_EQ(service_order_state("access").status, Status::queued);
  clock_->now_ += 61min;
  scheduler_->advance_time(61min);
  for (int i = 0; i < 3 && calls() > 3; ++i) answer(calls() - 1, outcome(Outcome::Kind::not_sent));
  run();
  EXPECT_GE(commits_by("TimerDue:queue"), 1u);
}

class Turns : public Outage {};

TEST_F(Turns, ARateIsKept) {
  options_.lanes["access-system"].rate = Rate{10, 1s};
  restart();
  submit_many(5, "a");
  EXPECT_EQ(calls(), 1u);
  advance(50ms);
  EXPECT_EQ(calls(), 1u);
  advance(50ms);
  EXPECT_EQ(calls(), 2u);
  for (int i = 0; i < 3; ++i) advance(100ms);
  EXPECT_EQ(calls(), 5u);
}

TEST_F(Turns, EachLaneHasItsOwnWindow) {
  options_.limits.lane_window = 2;
  options_.lanes["access-system"].window = 3;
  restart();
  submit_many(5, "a");
  EXPECT_EQ(calls(), 3u);
  EXPECT_EQ(lane("access-system").limits.window, 3u);
}

TEST_F(Turns, CancelsThenPriorityThenTenantsInTurn) {
  options_.limits.lane_window = 1;
  restart();
  submit_as("first", "big");
  for (int i = 0; i < 4; ++i) submit_as("big" + std::to_string(i), "big");
  submit_as("small", "small");
  submit_as("urgent", "big", 0);
  for (std::size_t i = 0; i < 4; ++i) answer(i, ok());
  EXPECT_THAT(orders_called(), ::testing::ElementsAre("po-first", "po-urgent", "po-big0", "po-small", "po-big1"));
  EXPECT_FALSE(execute(StreamId{"po-first"}, product_order::Command{product_order::Cancel{"changed my mind", "me"}}).rejection);
  answer(4, ok());
  EXPECT_EQ(partner_->calls.back().call.effect.kind, EffectKind::cancel);
}

TEST_F(Turns, AnotherPriorityMovesWhatWaits) {
  options_.limits.lane_window = 1;
  restart();
  submit_many(4, "a");
  Intervention sooner{"i-1", Remedy::prioritise, "ann", "hospital", {}, {}, false};
  sooner.priority = 0;
  EXPECT_FALSE(execute(StreamId{"po-a3"}, product_order::Command{product_order::Intervene{{}, sooner}}).rejection);
  run();
  answer(0, ok());
  answer(1, ok());
  EXPECT_THAT(orders_called(), ::testing::ElementsAre("po-a0", "po-a3", "po-a1"));
}

TEST_F(Turns, CallsThatCanNeitherBeRepeatedNorAskedForGoOneAtATime) {
  const auto until_cpe = [&](const std::string& id) {
    submit_as(id);
    const auto access = std::ranges::find_if(partner_->calls, [&](const auto& made) {
      return made.call.meta.order.value == "po-" + id && made.call.effect.lane == "access-system";
    });
    ASSERT_NE(access, partner_->calls.end());
    const ServiceOrderId service_order = access->call.request.service_order;
    access->done(ok());
    run();
    service_order::Report done;
    done.id = "done-" + id;
    done.kind = ReportKind::completed;
    done.outputs = {{"portId", {"\"p1\""}}};
    execute(stream_of(service_order), service_order::Command{service_order::TakeReport{done}});
  };
  const auto cpe = [&] {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < calls(); ++i)
      if (partner_->calls[i].call.effect.lane == "cpe-system") out.push_back(i);
    return out;
  };
  for (const std::string id : {"a", "b", "c"}) until_cpe(id);
  ASSERT_EQ(cpe().size(), 1u);
  log_->fail_next = AppendError::unknown;  // the outcome is not recorded at first
  answer(cpe()[0], outcome(Outcome::Kind::unknown));
  EXPECT_EQ(cpe().size(), 1u);
  advance(5s);
  EXPECT_EQ(cpe().size(), 2u);  // now it is with a person, and the next may leave
  answer(cpe()[1], ok());
  EXPECT_EQ(cpe().size(), 3u);
}

class Backlog : public Outage {
 protected:
  Backlog() {
    options_.limits.lane_window = 1;
    options_.lanes["access-system"].backlog = 2;
  }
};

TEST_F(Backlog, BeyondItsLimitOrdersThatNeedTheLaneAreTurnedAway) {
  submit_many(4, "a");  // one under way, three wait
  const Reply refused = execute(StreamId{"po-more"}, submit());
  ASSERT_TRUE(refused.rejection);
  EXPECT_EQ(refused.rejection->code, RejectionCode::limit);
  EXPECT_THAT(refused.rejection->message,
              ::testing::HasSubstr("at most 2 calls waiting for activation system access-system (its backlog), but there are 3"));
  EXPECT_GE(refused.retry_after, Millis{1'000});
  EXPECT_EQ(log_->head(StreamId{"po-more"}), Version{});

  const Reply again = execute(StreamId{"po-a0"}, submit(fiber::order({fiber::item("1")}), "digest-a0"));
  EXPECT_FALSE(again.rejection);  // is there already
  Order bundle = fiber::order({fiber::item("1", Action::add, "bundle")});
  const Reply other = execute(StreamId{"po-other"}, submit(bundle, "other"));
  EXPECT_FALSE(other.rejection && other.rejection->code == RejectionCode::limit);

  answer(0, ok());
  EXPECT_FALSE(execute(StreamId{"po-more"}, submit()).rejection);
}

TEST_F(Backlog, TheRefusalSaysHowLong) {
  submit_many(4, "a");
  for (std::size_t i = 0; i < 2; ++i) {
    answer(i, ok());
    advance(20s);
    submit_as("b" + std::to_string(i));
  }
  const Reply refused = execute(StreamId{"po-more"}, submit());
  ASSERT_TRUE(refused.rejection);
  EXPECT_THAT(refused.rejection->message, ::testing::HasSubstr("the oldest waits 40 s; drained in about "));
}

}  // namespace
}  // namespace comd
