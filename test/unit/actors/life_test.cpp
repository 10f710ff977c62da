#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

using service_order::Outcome;
using service_order::ReportKind;
using service_order::Status;

/// An order's way through dispatcher, partners, timers and inventory.
class Life : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
  }
  std::vector<std::string> called() const {
    std::vector<std::string> out;
    for (const auto& made : partner_->calls) out.push_back(made.call.effect.key);
    return out;
  }
  void complete(std::string_view key, Values outputs = {}) {
    EXPECT_FALSE(report(key, ReportKind::completed, std::move(outputs)).rejection);
  }
  void fulfil() {
    submit_order();
    answer(0, ok());
    complete("access", {{"portId", {"\"p1\""}}});
    answer(1, ok());
    answer(2, ok());
    complete("ip");
    complete("cpe");
  }
  const std::string access_ = fiber::so("access").value;
};

TEST_F(Life, AnOrderIsFulfilled) {
  fulfil();
  EXPECT_EQ(order_state().status, OrderStatus::completed);
  EXPECT_EQ(partner_->calls.size(), 3u);
  EXPECT_EQ(partner_->calls[1].call.request.characteristics.at("port"), (Value{"\"p1\""}));
  EXPECT_EQ(partner_->calls[0].call.meta.correlation, "corr-1");
  EXPECT_EQ(partner_->calls[0].call.meta.order, fiber::kOrder);
  const StreamId product = stream_of(product_id(fiber::kOrder, "1", 1));
  auto folded = fold<product::State>(log_->read_stream(product, {}), product);
  EXPECT_EQ(folded->state.product.status, product::Status::active);
  for (const auto& record : folded->state.product.services) {
    const auto service = fold<service::State>(log_->read_stream(stream_of(record.id), {}), stream_of(record.id));
    EXPECT_EQ(service->state.record, record);
  }
  EXPECT_EQ(folded->state.product.services.size(), 3u);
  EXPECT_TRUE(log_->outbox(nullptr, 10).empty());
  EXPECT_TRUE(log_->tells(nullptr, 10).empty());
  EXPECT_FALSE(log_->next_due());
}

TEST_F(Life, TheSendIsDurableBeforeTheCallLeaves) {
  partner_->before_call = [&](const ActivationCall& made) {
    EXPECT_EQ(made.effect.key, service_order::attempt_key(fiber::so("access"), 1));
    EXPECT_EQ(service_order_state("access").status, Status::submitted);
  };
  submit_order();
  EXPECT_EQ(partner_->calls.size(), 1u);
  answer(0, ok());
  EXPECT_EQ(service_order_state("access").reference, "ref");
  EXPECT_EQ(commits_by("MarkSent"), 1u);
  EXPECT_EQ(commits_by("SettleEffect"), 1u);
}

TEST_F(Life, WithoutMarkSentTheSameCallLeavesAgain) {
  crash();
  start({.skip_mark_sent = true});
  submit_order();
  answer(0, ok());
  for (int i = 0; i < 4; ++i) advance(5s);
  EXPECT_GT(partner_->calls.size(), 1u);
}

TEST_F(Life, ATellIsConsumedOnceAlsoWhenItComesTwice) {
  submit_order();
  answer(0, ok());
  complete("access", {{"portId", {"\"p1\""}}});
  const Tell settled{stream_of(fiber::kOrder), "settled"};
  const auto consumed = [&] {
    std::ptrdiff_t out = 0;
    for (const Commit& commit : commits()) out += std::ranges::count(commit.consumed, settled.name, &ConsumedTell::name);
    return out;
  };
  const auto repeat = [&] {
    auto mail = std::make_shared<Mail>();
    mail->stream = stream_of(fiber::so("access"));
    mail->ask = Rehint{{settled}};
    send_mail(engine_->shared(), mail);
    run();
  };
  EXPECT_EQ(consumed(), 1);
  repeat();
  EXPECT_EQ(consumed(), 1);
  for (int i = 0; i < 7; ++i) advance(options_.limits.idle / 4);  // both actors leave: what was taken is in the log too
  repeat();
  EXPECT_EQ(consumed(), 1);
}

TEST_F(Life, ALostTellIsRepeatedFromTheLog) {
  crash();
  start({.drop_tell = true});
  submit_order();
  answer(0, ok());
  complete("access", {{"portId", {"\"p1\""}}});
  answer(1, ok());
  const std::size_t pending = log_->tells(nullptr, 10).size();
  EXPECT_GT(pending, 0u);  // dropped
  crash();
  start();
  advance(1ms);
  EXPECT_TRUE(log_->tells(nullptr, 10).empty());
}

TEST_F(Life, AfterARestartTheOutboxIsTakenUpAgain) {
  auto reply = EngineTest::send(stream_of(fiber::kOrder), submit());
  while (!*reply) step();
  EXPECT_EQ(log_->outbox(nullptr, 10).size(), 1u);
  crash();
  EXPECT_TRUE(partner_->calls.empty());
  start();
  EXPECT_THAT(called(), ::testing::ElementsAre(access_ + "#1"));
  EXPECT_EQ(commits_by("MarkSent"), 1u);
}

TEST_F(Life, ACallThatWasUnderWayInTheCrashIsNotMadeAgain) {
  submit_order();
  EXPECT_EQ(partner_->calls.size(), 1u);
  crash();
  start();
  for (int i = 0; i < 5; ++i) advance(5s);
  // access is queryable: comd asks, it does not send again.
  ASSERT_FALSE(partner_->calls.empty());
  for (const auto& made : partner_->calls) EXPECT_EQ(made.call.effect.kind, EffectKind::ask);
}

TEST_F(Life, ACallThatNeverLeftGoesOutAgainAfterAPause) {
  submit_order();
  answer(0, outcome(Outcome::Kind::not_sent));
  EXPECT_EQ(service_order_state("access").status, Status::queued);
  EXPECT_EQ(partner_->calls.size(), 1u);
  advance(100ms);
  EXPECT_THAT(called(), ::testing::ElementsAre(access_ + "#1", access_ + "#1"));
  answer(1, outcome(Outcome::Kind::not_sent));
  advance(100ms);
  EXPECT_EQ(partner_->calls.size(), 2u);  // the pause doubles
  advance(100ms);
  EXPECT_EQ(partner_->calls.size(), 3u);
  answer(2, ok());
  EXPECT_EQ(service_order_state("access").status, Status::submitted);
}

TEST_F(Life, AnUnknownOutcomeAtAnIdempotentTargetSendsTheSameKeyAgain) {
  submit_order();
  answer(0, ok());
  complete("access", {{"portId", {"\"p1\""}}});
  auto ip = std::ranges::find_if(partner_->calls, [](const auto& made) { return made.call.effect.lane == "ip-system"; });
  ASSERT_NE(ip, partner_->calls.end());
  const std::string key = ip->call.effect.key;
  ip->done(outcome(Outcome::Kind::unknown));
  run();
  for (int i = 0; i < 4; ++i) advance(1s);
  EXPECT_EQ(std::ranges::count(called(), key), 2);
}

TEST_F(Life, ThePlantedFreshKeyIsSeen) {
  crash();
  start({.fresh_key_on_resend = true});
  submit_order();
  answer(0, outcome(Outcome::Kind::not_sent));
  advance(100ms);
  EXPECT_NE(called().at(0), called().at(1));
}

TEST_F(Life, ADueTimerFiresOnce) {
  submit_order();
  answer(0, ok());
  advance(1min + 1s);
  EXPECT_EQ(commits_by("TimerDue:acknowledge"), 1u);
  EXPECT_EQ(gauge("comd_timers_fired_total"), 1);
  advance(1ms);
  EXPECT_EQ(commits_by("TimerDue:acknowledge"), 1u);
  EXPECT_EQ(service_order_state("access").status, Status::in_doubt);
}

TEST_F(Life, AnEarlierTimerWakesTheTimersActorInTime) {
  submit_order();  // answer timer in 12 s
  answer(0, {Outcome::Kind::refused, {FaultClass::transient, "BUSY", "busy"}, {}, {}});
  EXPECT_EQ(service_order_state("access").status, Status::retry_waiting);
  advance(2s);
  EXPECT_EQ(commits_by("TimerDue:retry"), 1u);
  EXPECT_THAT(called(), ::testing::ElementsAre(access_ + "#1", access_ + "#2"));
}

TEST_F(Life, TimersOfAnEarlierLifeFire) {
  submit_order();
  answer(0, ok());
  crash();
  clock_->now_ += 5min;
  start();
  EXPECT_EQ(commits_by("TimerDue:acknowledge"), 1u);
}

TEST_F(Life, AQueuedCallThatIsCancelledDoesNotLeave) {
  crash();
  options_.limits.lane_window = 1;
  start();
  execute(StreamId{"po-other"}, submit());
  submit_order();
  EXPECT_EQ(partner_->calls.size(), 1u);  // the other order's
  EXPECT_FALSE(
      execute(stream_of(fiber::kOrder), product_order::Command{product_order::Cancel{"changed my mind", "me"}}).rejection);
  EXPECT_EQ(order_state().status, OrderStatus::cancelled);
  answer(0, ok());
  EXPECT_EQ(partner_->calls.size(), 1u);
  EXPECT_TRUE(log_->outbox(nullptr, 10).empty());
}

TEST_F(Life, AModifyClaimsItsProductAndAnotherOrderCannot) {
  fulfil();
  const ProductId product = product_id(fiber::kOrder, "1", 1);
  OrderItem change = fiber::item("1", Action::modify);
  change.product = product;
  change.characteristics = {{"bandwidth", {"200"}}};
  EXPECT_FALSE(execute(StreamId{"po-second"}, submit(fiber::order({change}), "second")).rejection);
  auto folded = fold<product_order::State>(log_->read_stream(StreamId{"po-second"}, {}), StreamId{"po-second"});
  EXPECT_TRUE(folded->state.claims.at(product).granted);
  EXPECT_TRUE(folded->state.decomposed);
  const Reply third = execute(StreamId{"po-third"}, submit(fiber::order({change}), "third"));
  ASSERT_TRUE(third.rejection);  // the inventory already says so
  EXPECT_THAT(third.rejection->message, ::testing::HasSubstr("po-second"));
}

TEST_F(Life, ThePartnersWindowIsALimit) {
  crash();
  options_.limits.lane_window = 2;
  start();
  for (int i = 0; i < 5; ++i) execute(StreamId{"po-" + std::to_string(i)}, submit());
  EXPECT_EQ(partner_->calls.size(), 2u);
  answer(0, ok());
  EXPECT_EQ(partner_->calls.size(), 3u);
  answer(1, ok());
  EXPECT_EQ(partner_->calls.size(), 4u);
  EXPECT_EQ(partner_->calls[3].call.meta.order, OrderId{"po-3"});  // oldest first
}

/// Found by the simulator: the machine was suspended between recording the send and making the call. By the time it woke, the
/// deadline of the recorded send had asked, heard "never received", and had the same key sent again.
TEST_F(Life, ACallThatWouldLeaveAfterItsDeadlineDoesNotLeave) {
  send(stream_of(fiber::kOrder), submit());
  while (commits_by("MarkSent") == 0 && scheduler_->has_job()) step();
  ASSERT_TRUE(partner_->calls.empty());
  clock_->now_ += 1h;
  run();
  EXPECT_EQ(commits_by("MarkSent"), 2u) << "queued again, since nothing left, and recorded anew";
  ASSERT_EQ(partner_->calls.size(), 1u);
  EXPECT_LE(partner_->calls[0].call.effect.call_timeout, Millis{10'000});
}

class Push : public Life {
 protected:
  Push() { options_.push_products = true; }
};

TEST_F(Push, AProductIsPushedUntilItIsTaken) {
  fulfil();
  ASSERT_EQ(inventory_->pushes.size(), 1u);
  EXPECT_EQ(inventory_->pushes[0].version, 1u);
  inventory_->pushes[0].done(false, "down");
  run();
  advance(1s);
  ASSERT_EQ(inventory_->pushes.size(), 2u);
  inventory_->pushes[1].done(true, "");
  run();
  EXPECT_TRUE(log_->outbox(nullptr, 10).empty());
}

}  // namespace
}  // namespace comd
