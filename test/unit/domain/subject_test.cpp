#include "domain/subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/views.h"
#include "test/support/fiber.h"

namespace comd::subject {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

const Instant kNow = fiber::kNow;
const StreamId kStream = subject_stream("pseudonym");
const OrderView kClosed{OrderId{"po-1"}, false, "completed", {"2-aaaaaaaa"}};
const OrderView kOpen{OrderId{"po-2"}, true, "inProgress", {"3-bbbbbbbb", "4-cccccccc"}};
const ProductView kActive{ProductId{"pr-1"}, true, "active"};
const Forget kForget{{"t"}, "dpo", "asked by letter", false, false};

/// given(events).when(command): what is decided.
struct Given {
  State state;
  Context context{kNow, {}};
  explicit Given(const std::vector<Event>& events) {
    state.id = kStream.value;
    for (const Event& event : events) evolve(state, event);
  }
  Given& has(Findings findings) { return context.findings = std::move(findings), *this; }
  Given& at(Instant now) { return context.now = now, *this; }
  auto when(const Command& command) const { return decide(state, command, context); }
};

Forgotten forgotten(std::vector<ForgottenOrder> orders) { return {{"t"}, "dpo", "asked by letter", std::move(orders), {}, kNow}; }
Asked asked() { return {{"t"}, "dpo", "asked by letter", false, "po-2 is inProgress", kNow, kNow + 1min}; }
Forget when_closed() {
  Forget out = kForget;
  out.when_closed = true;
  return out;
}

TEST(Subject, IsForgottenWithTheKeysOfEachOfItsOrders) {
  const auto events = Given({}).has({{kClosed}, {}}).when(kForget);
  EXPECT_EQ(events.value(), std::vector<Event>{forgotten({{kClosed.id, kClosed.keys}})});
}

TEST(Subject, IsNotForgottenWhileAnOrderIsOpen) {
  const auto refused = Given({}).has({{kClosed, kOpen}, {}}).when(kForget);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, RejectionCode::precondition);
  EXPECT_THAT(refused.error().message, HasSubstr("po-2 is inProgress"));
  EXPECT_THAT(refused.error().hint, HasSubstr("--when-closed"));
}

TEST(Subject, LiveProductsStandInTheWayUnlessForced) {
  Given given({});
  given.has({{kClosed}, {kActive}});
  const auto refused = given.when(kForget);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("pr-1 is active"));
  EXPECT_THAT(refused.error().hint, HasSubstr("--force"));
  Forget force = kForget;
  force.force = true;
  const auto events = given.when(force);
  ASSERT_TRUE(events);
  EXPECT_EQ(std::get<Forgotten>(events->at(0)).products, std::vector{kActive.id});
}

TEST(Subject, NobodyIsNotFound) {
  EXPECT_EQ(Given({}).when(kForget).error().code, RejectionCode::not_found);
  Forget silent = kForget;
  silent.why.clear();
  EXPECT_EQ(Given({}).has({{kClosed}, {}}).when(silent).error().code, RejectionCode::invalid);
  EXPECT_EQ(Given({}).has({{kClosed}, {}, true}).when(kForget).error().code, RejectionCode::limit);
}

TEST(Subject, TheSameAgainRecordsNothingAndANewOrderIsForgottenAlone) {
  Given given({forgotten({{kClosed.id, kClosed.keys}}), Erased{1, kNow}});
  EXPECT_TRUE(given.has({{kClosed}, {}}).when(kForget)->empty());
  OrderView later{OrderId{"po-3"}, false, "completed", {"9-dddddddd"}};
  EXPECT_EQ(given.has({{kClosed, later}, {}}).when(kForget).value(), std::vector<Event>{forgotten({{later.id, later.keys}})});
}

TEST(Subject, WaitsUntilNothingIsInTheWay) {
  EXPECT_EQ(Given({}).has({{kOpen}, {}}).when(when_closed()).value(), std::vector<Event>{asked()});
  Given given({asked()});
  const Agenda wants = agenda(given.state);
  ASSERT_EQ(wants.wakeups.size(), 1u);
  EXPECT_EQ(wants.wakeups[0].due, kNow + 1min);
  EXPECT_TRUE(given.has({{kOpen}, {}}).when(when_closed())->empty());
  EXPECT_TRUE(given.when(TimerDue{"look"})->empty()) << "too early";
  given.at(kNow + 1min);
  EXPECT_EQ(given.when(TimerDue{"look"}).value(), (std::vector<Event>{StillWaiting{1, "po-2 is inProgress", kNow + 2min}}));
  OrderView ended = kOpen;
  ended.open = false;
  const auto events = given.has({{ended}, {}}).when(TimerDue{"look"});
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(std::get<Forgotten>(events->at(0)).orders, (std::vector<ForgottenOrder>{{kOpen.id, kOpen.keys}}));
  EXPECT_EQ(std::get<Forgotten>(events->at(0)).by, "dpo");
}

TEST(Subject, WhatWaitsCanBeWithdrawn) {
  EXPECT_EQ(Given({}).when(Withdraw{"dpo", "a mistake"}).error().code, RejectionCode::precondition);
  Given given({asked()});
  EXPECT_EQ(given.when(Withdraw{"dpo", "a mistake"}).value(), (std::vector<Event>{Withdrawn{"dpo", "a mistake", kNow}}));
  EXPECT_TRUE(agenda(Given({asked(), Withdrawn{"dpo", "a mistake", kNow}}).state).wakeups.empty());
}

TEST(Subject, ItsKeysAreAnEffectUntilTheyAreDestroyed) {
  Given given({forgotten({{kClosed.id, kClosed.keys}, {kOpen.id, kOpen.keys}})});
  Agenda wants = agenda(given.state);
  ASSERT_EQ(wants.effects.size(), 1u);
  EXPECT_EQ(wants.effects[0].kind, EffectKind::erase);
  EXPECT_EQ(wants.wakeups.size(), 1u);
  EXPECT_EQ(erasure_of(given.state).keys, (std::vector<std::string>{"2-aaaaaaaa", "3-bbbbbbbb", "4-cccccccc"}));
  EXPECT_EQ(given.when(SettleErase{1, false, "disk full"}).value(),
            (std::vector<Event>{EraseDelayed{1, "disk full", kNow + 1s}}));
  EXPECT_EQ(given.at(kNow + 61s).when(TimerDue{"erase"}).value(), (std::vector<Event>{EraseDelayed{1, "no answer", kNow + 61s}}));
  EXPECT_TRUE(given.when(SettleErase{7, true, ""})->empty()) << "of another round";
  const auto done = given.when(SettleErase{1, true, ""});
  ASSERT_TRUE(done);
  evolve(given.state, done->at(0));
  wants = agenda(given.state);
  EXPECT_TRUE(wants.effects.empty());
  EXPECT_TRUE(wants.wakeups.empty());
  EXPECT_EQ(status_of(given.state), "forgotten");
}

TEST(Subject, ItsRowHoldsTheKeysForLater) {
  const Given given({forgotten({{kClosed.id, kClosed.keys}}), Erased{1, kNow}});
  const Agenda wants = agenda(given.state);
  ASSERT_EQ(wants.rows.size(), 1u);
  const auto row = views::decode_subject(wants.rows[0].value);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->keys, kClosed.keys);
  EXPECT_EQ(row->orders, std::vector{kClosed.id});
  EXPECT_EQ(views::encode(*row), wants.rows[0].value);
}

}  // namespace
}  // namespace comd::subject
