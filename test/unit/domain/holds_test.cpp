#include "domain/holds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/unit/domain/service_order_scenario.h"

/// What is held as a whole, and what that does to a service order's deadlines.
namespace comd::hold {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Scope kNetwork{Kind::target, "network"};

struct Given {
  State state;
  Instant now = fiber::kNow;
  std::vector<Event> last;
  std::optional<Rejection> rejection;

  Given& when(const Command& command) {
    auto decided = decide(state, command, now);
    rejection.reset();
    last.clear();
    if (!decided) {
      rejection = decided.error();
      return *this;
    }
    last = *decided;
    for (const Event& event : last) evolve(state, event);
    return *this;
  }
  Given& placed(Scope scope = kNetwork, Timers timers = Timers::keep, bool refuse_new = false,
                std::string reason = "maintenance") {
    return when(Place{std::move(scope), timers, refuse_new, "ann", std::move(reason)});
  }
};

TEST(Holds, OneIsPlacedAndLifted) {
  Given g;
  g.placed();
  EXPECT_EQ(g.last, (std::vector<Event>{Placed{kNetwork, Timers::keep, false, "ann", "maintenance", g.now, g.now + 24h}}));
  g.when(Lift{kNetwork, "bob", "it is back"});
  EXPECT_EQ(g.last, (std::vector<Event>{Lifted{kNetwork, "bob", "it is back", g.now}}));
  EXPECT_EQ(g.state, State{});
  EXPECT_EQ(agenda(g.state), Agenda{});
}

TEST(Holds, TheSameAgainRecordsNothing) {
  Given g;
  g.placed().now += 1h;
  EXPECT_THAT(g.placed().last, IsEmpty());
  EXPECT_FALSE(g.rejection);
}

TEST(Holds, AnotherPolicyReplacesIt) {
  Given g;
  g.placed().now += 1h;
  g.placed(kNetwork, Timers::freeze, true, "longer than thought");
  ASSERT_EQ(g.state.in_force.size(), 1u);
  const Hold& hold = g.state.in_force.at(kNetwork);
  EXPECT_EQ(hold.timers, Timers::freeze);
  EXPECT_TRUE(hold.refuse_new);
  EXPECT_EQ(hold.reason, "longer than thought");
  EXPECT_EQ(hold.since, fiber::kNow) << "it is held since it was first placed";
  EXPECT_EQ(hold.review_at, g.now + 24h);
}

TEST(Holds, WhatIsNotHeldIsNotLifted) {
  Given g;
  g.when(Lift{kNetwork, "bob", "why not"});
  ASSERT_TRUE(g.rejection);
  EXPECT_EQ(g.rejection->code, RejectionCode::not_found);
  EXPECT_EQ(g.rejection->message, "Expected a hold of target network, but there is none");
  EXPECT_THAT(g.rejection->hint, HasSubstr("comctl hold list"));
}

TEST(Holds, NeedANameAndAReasonAndHaveALimit) {
  Given g;
  for (const Command& bad : {Command{Place{{Kind::tenant, ""}, Timers::keep, false, "ann", "why"}},
                             Command{Place{kNetwork, Timers::keep, false, "ann", ""}}, Command{Lift{kNetwork, "ann", ""}}}) {
    g.when(bad);
    ASSERT_TRUE(g.rejection);
    EXPECT_EQ(g.rejection->code, RejectionCode::invalid);
  }
  for (std::size_t i = 0; i < kHoldsMax; ++i) g.placed({Kind::tenant, std::to_string(i)});
  g.placed();
  ASSERT_TRUE(g.rejection);
  EXPECT_EQ(g.rejection->code, RejectionCode::limit);
  EXPECT_FALSE(g.placed({Kind::tenant, "7"}, Timers::freeze).rejection) << "that one is there";
}

TEST(Holds, AreReviewedEveryDayAndNeverForgotten) {
  Given g;
  g.placed().now += 1h;
  g.placed({Kind::tenant, "t"}).now = fiber::kNow + 24h;
  const Agenda waits = agenda(g.state);
  const auto* wakeup = next_wakeup(waits);
  ASSERT_NE(wakeup, nullptr);
  EXPECT_EQ(wakeup->name, kReviewTimer);
  g.when(TimerDue{std::string(kReviewTimer)});
  EXPECT_EQ(g.last, (std::vector<Event>{Reviewed{kNetwork, 1, g.now + 24h}}));
  EXPECT_THAT(agenda(g.state).counters,
              UnorderedElementsAre("holds{kind=\"target\"}", "holds_overdue{kind=\"target\"}", "holds{kind=\"tenant\"}"));
  EXPECT_THAT(g.when(TimerDue{std::string(kReviewTimer)}).last, IsEmpty()) << "it has moved";
  EXPECT_EQ(agenda(g.state).wakeups.front().due, fiber::kNow + 25h);
  g.now += 1h;
  g.when(TimerDue{std::string(kReviewTimer)});
  EXPECT_EQ(g.last.size(), 1u);
}

TEST(Holds, HaveARowEachThatReadsBack) {
  Given g;
  g.placed(kNetwork, Timers::freeze, true, "two\nlines").placed({Kind::specification, "access@1"});
  const auto rows = agenda(g.state).rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].table, Table::hold);
  EXPECT_EQ(rows[0].key, "target/network");
  EXPECT_EQ(rows[1].key, "specification/access@1");
  EXPECT_EQ(views::decode_hold(rows[0].value), g.state.in_force.at(kNetwork));
}

TEST(Holds, KeepSubmissionsBackAndOfATargetEverything) {
  Given g;
  const auto held = [&](EffectKind kind, std::string target, std::string specification, std::string tenant) {
    const Hold* hold = holding(g.state, kind, target, specification, TenantId{tenant});
    return hold == nullptr ? std::string{} : to_text(hold->scope);
  };
  EXPECT_EQ(held(EffectKind::submit, "network", "access@1", "t"), "");
  g.placed().placed({Kind::specification, "ip@1"}).placed({Kind::tenant, "t2"});
  for (const auto kind : {EffectKind::submit, EffectKind::ask, EffectKind::cancel})
    EXPECT_EQ(held(kind, "network", "access@1", "t"), "target network");
  EXPECT_EQ(held(EffectKind::submit, "other", "ip@1", "t"), "specification ip@1");
  EXPECT_EQ(held(EffectKind::ask, "other", "ip@1", "t"), "");
  EXPECT_EQ(held(EffectKind::submit, "other", "ip@2", "t2"), "tenant t2");
  EXPECT_EQ(held(EffectKind::cancel, "other", "ip@2", "t2"), "");
  EXPECT_EQ(held(EffectKind::submit, "other", "ip@2", "t"), "");
  EXPECT_EQ(held(EffectKind::product, "network", "", "t2"), "") << "our own are not held";
}

// ── deadlines ───────────────────────────────────────────────────────────────────────────────────────────────────────

namespace so = service_order;

/// A service order, and the freeze that it is under from now on.
struct Frozen : so::Scenario {
  explicit Frozen(const std::string& key = "access") : Scenario(key) {}
  so::Freeze freeze{"target access-system is held by ann since …: maintenance", {}};

  Frozen& due(std::string_view name) {
    now = state.timers.at(std::string(name));
    return due_at(name, now);
  }
  Frozen& due_at(std::string_view name, Instant at) {
    now = at;
    auto decided = decide(state, so::TimerDue{std::string(name)}, {now, 0.5, &catalogs, freeze});
    last = decided ? *decided : std::vector<so::Event>{};
    for (const so::Event& event : last) evolve(state, event);
    return *this;
  }
  /// Only that timer has moved.
  void expect_deferred(std::string_view name, so::State before) {
    ASSERT_EQ(last.size(), 1u) << name;
    EXPECT_EQ(last[0], (so::Event{so::Deferred{std::string(name), now + 1h, freeze.reason}})) << name;
    before.timers[std::string(name)] = now + 1h;
    EXPECT_EQ(state, before) << name;
  }
};

TEST(FrozenDeadlines, OfEveryStepArePutOff) {
  const auto check = [](Frozen f, std::string_view timer) {
    ASSERT_TRUE(f.state.timers.contains(timer)) << timer;
    const auto before = f.state;
    f.due(timer);
    f.expect_deferred(timer, before);
  };
  Frozen f;
  check(f, so::kQueueTimer);
  f.sent();
  check(f, so::kAnswerTimer);
  Frozen cancelling = f;
  cancelling.when(so::Cancel{"moved"});
  check(cancelling, so::kCancelTimer);
  Frozen doubting = f;
  doubting.timer(so::kAnswerTimer);
  ASSERT_TRUE(doubting.state.ask);
  check(doubting, so::kDoubtTimer);
  f.outcome(so::Outcome::Kind::ok);
  check(f, so::kAcknowledgeTimer);
  check(f, so::kCompleteTimer);
  f.report(so::ReportKind::in_progress);
  check(f, so::kSilenceTimer);
  check(f, so::kCompleteTimer);
}

TEST(FrozenDeadlines, OfAPersonsTaskArePutOff) {
  Frozen f;
  so::evolve(f.state, so::TaskOpened{1, {}, f.now, f.now + 4h, "a person does it"});
  const auto before = f.state;
  f.due(so::kTaskTimer);
  f.expect_deferred(so::kTaskTimer, before);
}

TEST(FrozenDeadlines, AReviewNeverFreezes) {
  Frozen f;
  f.sent().outcome(so::Outcome::Kind::refused, {FaultClass::business, "NO_PERSON", "?"});
  ASSERT_EQ(f.state.status, so::Status::held);
  f.due(so::kReviewTimer);
  ASSERT_EQ(f.last.size(), 1u);
  EXPECT_EQ(std::get<so::Held>(f.last[0]).reviews, 1u);
}

TEST(FrozenDeadlines, WhatOnlyTellsPeopleGoesOn) {
  Frozen f;
  so::evolve(f.state, so::Dated{f.now + 1h});
  so::evolve(f.state, so::Expected{f.now + 1h});
  f.due(so::kExpectedTimer);
  ASSERT_EQ(f.last.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<so::JeopardyRaised>(f.last[0])) << "its customer's date does not freeze";
}

TEST(FrozenDeadlines, WhatIsSentAgainWaitsInItsLane) {
  Frozen f;
  f.sent().outcome(so::Outcome::Kind::refused, {FaultClass::transient, "BUSY", "?"});
  ASSERT_EQ(f.state.status, so::Status::retry_waiting);
  f.due(so::kRetryTimer);
  EXPECT_EQ(f.state.status, so::Status::queued);
  Frozen same("ip");  // idempotent: the same key again
  same.sent().outcome(so::Outcome::Kind::unknown);
  ASSERT_EQ(same.state.status, so::Status::in_doubt);
  same.due(so::kDoubtTimer);
  EXPECT_EQ(same.state.status, so::Status::queued);
  same.due(so::kQueueTimer);
  EXPECT_EQ(same.state.status, so::Status::queued);
}

TEST(FrozenDeadlines, AreLookedAtAgainWhenTheHoldIsReviewed) {
  Frozen f;
  f.freeze.review_at = f.state.timers.at(std::string(so::kQueueTimer)) + 10min;
  f.due(so::kQueueTimer);
  EXPECT_EQ(f.state.timers.at(std::string(so::kQueueTimer)), f.freeze.review_at);
}

TEST(FrozenDeadlines, PassOnceNothingFreezesThem) {
  Frozen f;
  f.due(so::kQueueTimer).due(so::kQueueTimer);
  ASSERT_EQ(f.state.status, so::Status::queued);
  f.freeze = {};
  f.due(so::kQueueTimer);
  EXPECT_EQ(f.state.status, so::Status::retry_waiting);
}

TEST(Holds, FreezeWhatIsUnderThemIfTheySaySo) {
  Given g;
  const so::Scenario f;
  EXPECT_EQ(freeze_of(g.state, f.state.spec).reason, "");
  g.placed({Kind::tenant, "t"});
  EXPECT_EQ(freeze_of(g.state, f.state.spec).reason, "");
  g.placed({Kind::specification, "access@1"}, Timers::freeze);
  EXPECT_THAT(freeze_of(g.state, f.state.spec).reason, HasSubstr("specification access@1 is held by ann since"));
  EXPECT_EQ(freeze_of(g.state, f.state.spec).review_at, g.now + 24h);
}

TEST(Holds, AreToldToWhoeverAsksWhySomethingWaits) {
  Given g;
  const so::Scenario queued;
  auto working = queued;
  working.accepted().report(so::ReportKind::in_progress);
  g.placed({Kind::tenant, "t"});
  const auto told = [&](const so::State& state) {
    Explanation out = comd::explain(state);
    hold::explain(g.state, state, out);
    return out;
  };
  EXPECT_THAT(told(queued.state).because, HasSubstr("tenant t is held by ann since 20"));
  EXPECT_THAT(told(queued.state).because, HasSubstr(": maintenance"));
  EXPECT_THAT(told(queued.state).next, ElementsAre("when it may go on: comctl hold lift tenant t --reason …"));
  EXPECT_THAT(told(working.state).next, IsEmpty()) << "its partner works on it";
  g.placed({Kind::target, "access-system"}, Timers::freeze);
  EXPECT_THAT(told(working.state).because, HasSubstr("target access-system is held by ann"));
  EXPECT_THAT(told(working.state).because, HasSubstr("its deadlines are frozen"));
}

}  // namespace
}  // namespace comd::hold
