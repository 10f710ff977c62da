#include "domain/repair.h"

#include <gtest/gtest.h>

#include "domain/views.h"

namespace comd::repair {
namespace {

using namespace std::chrono_literals;
constexpr Instant kNow{Millis{1'800'000'000'000}};

struct Repair : testing::Test {
  State state;
  Instant now = kNow;
  std::vector<Event> last;
  std::optional<Rejection> rejection;
  std::map<std::size_t, Look> looks;

  void when(const Command& command) {
    rejection.reset();
    last.clear();
    auto decided = decide(state, command, Context{now, looks});
    if (!decided) {
      rejection = decided.error();
      return;
    }
    last = *decided;
    for (const Event& event : last) evolve(state, event);
    const Totals& t = state.totals;
    EXPECT_EQ(t.open + t.tried + t.moved + t.stuck + t.refused + t.skipped, t.members) << "the numbers always sum";
    const bool over = state.status == Status::finished || state.status == Status::cancelled;
    EXPECT_EQ(agenda(state).wakeups.empty(), over || state.status == Status::absent) << to_text(state.status);
  }
  void start(std::size_t members, std::uint32_t canary, std::uint32_t failures_max = 2) {
    Plan plan;
    plan.what = {"rj-1", Remedy::retry, "anna", "partner is back", {}, {}, false};
    plan.canary = canary;
    plan.failures_max = failures_max;
    std::vector<Target> targets;
    for (std::size_t i = 0; i < members; ++i) targets.push_back({"so-1." + std::to_string(i), Version{7}});
    when(Start{plan, targets});
  }
  /// The effect of the next try, or none.
  std::optional<Effect> effect() const {
    const Agenda now_ = agenda(state);
    return now_.effects.empty() ? std::nullopt : std::optional(now_.effects.front());
  }
  void takes(bool moved_on = false) { when(SettleTry{state.next, !moved_on, moved_on, ""}); }
  void refuses() { when(SettleTry{state.next, false, false, "no"}); }
  void look_at(std::map<std::size_t, Look> seen) {
    looks = std::move(seen);
    now += 5s;
    when(TimerDue{std::string(kLookTimer)});
  }
};

TEST_F(Repair, the_rest_waits_until_the_canary_has_moved) {
  start(5, 2);
  ASSERT_TRUE(effect());
  const Ask ask = ask_of(state, *effect());
  EXPECT_EQ(ask.stream.value, "so-1.0");
  const auto& command = std::get<service_order::Intervene>(std::get<service_order::Command>(ask.command));
  EXPECT_EQ(command.if_version, Version{7}) << "what has moved since is left alone";
  EXPECT_EQ(command.what.id, "rj-1/0") << "a member takes it once, however often it is sent";
  takes();
  takes();
  EXPECT_FALSE(effect()) << "taken is not moved";
  look_at({{0, {Verdict::moved, ""}}, {1, {Verdict::tried, "still queued"}}});
  EXPECT_FALSE(effect());
  look_at({{1, {Verdict::moved, ""}}});
  EXPECT_EQ(state.status, Status::running);
  ASSERT_TRUE(effect());
  EXPECT_GE(effect()->not_before, state.last_try + state.plan.pace);
}

TEST_F(Repair, one_of_the_canary_stuck_again_pauses_it) {
  start(5, 2);
  takes();
  takes();
  look_at({{0, {Verdict::stuck, "held again"}}, {1, {Verdict::moved, ""}}});
  EXPECT_EQ(state.status, Status::paused);
  EXPECT_FALSE(effect());
  when(Steer{Order::resume, "anna", "known, go on"});
  EXPECT_EQ(state.status, Status::running);
  EXPECT_TRUE(effect());
}

TEST_F(Repair, it_pauses_at_the_failure_threshold_and_ends_when_all_have_a_verdict) {
  start(4, 0, 2);
  refuses();
  EXPECT_EQ(state.status, Status::running);
  refuses();
  ASSERT_EQ(state.status, Status::paused);
  when(Steer{Order::resume, "anna", "they are deleted"});
  takes(true);
  takes();
  EXPECT_EQ(state.status, Status::running);
  look_at({{3, {Verdict::moved, "completed"}}});
  EXPECT_EQ(state.status, Status::finished);
  EXPECT_EQ(state.totals.moved, 1u);
  EXPECT_EQ(state.totals.skipped, 1u);
  EXPECT_EQ(state.totals.refused, 2u);
}

TEST_F(Repair, what_does_not_move_in_time_is_stuck) {
  start(1, 0, 5);
  takes();
  now += state.plan.look_for;
  look_at({{0, {Verdict::tried, "still queued"}}});
  EXPECT_EQ(state.totals.stuck, 1u);
  EXPECT_EQ(state.status, Status::finished);
}

TEST_F(Repair, a_lost_answer_is_asked_for_again_and_an_old_one_is_passed_over) {
  start(2, 0);
  const std::string key = effect()->key;
  now = state.try_deadline;
  when(TimerDue{std::string(kTryTimer)});
  EXPECT_NE(effect()->key, key);
  takes();
  when(SettleTry{0, true, false, ""});
  EXPECT_TRUE(last.empty());
}

TEST_F(Repair, is_started_once_and_needs_members_and_a_reason) {
  start(0, 0);
  EXPECT_TRUE(rejection);
  start(2, 0);
  start(2, 0);
  EXPECT_FALSE(rejection);
  EXPECT_TRUE(last.empty());
  when(Steer{Order::cancel, "anna", "enough"});
  EXPECT_EQ(state.status, Status::cancelled);
  when(Steer{Order::resume, "anna", "no"});
  EXPECT_TRUE(rejection);
  const auto row = views::decode_repair(agenda(state).rows.at(0).value);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->totals, state.totals);
}

}  // namespace
}  // namespace comd::repair
