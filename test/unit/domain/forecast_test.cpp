#include "domain/forecast.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/fiber.h"

/// When an order can be expected to be complete, and whether that is in time.
namespace comd::product_order {
namespace {

using namespace fiber;

// ── along the plan ───────────────────────────────────────────────────────────────────────────────────────────────────

/// A node of a plan: how it stands, and minutes.
struct Task {
  std::string id;
  int takes = 0;
  std::vector<std::string> after;
  Progress progress = Progress::not_started;
  int started = 0;                  ///< minutes before now
  std::optional<int> partner = {};  ///< its system expects it so many minutes from now
};

struct Plan {
  const char* name;
  std::vector<Task> tasks;
  int completion;        ///< minutes from now
  int ahead;             ///< minutes
  std::string critical;  ///< empty: none
};

class ForecastOf : public testing::TestWithParam<Plan> {};

TEST_P(ForecastOf, plan) {
  const Plan& plan = GetParam();
  auto catalog = std::make_shared<Catalog>();
  catalog->version = "1";
  State s;
  s.status = OrderStatus::in_progress;
  s.decomposed = true;
  s.catalog_version = "1";
  for (const Task& task : plan.tasks) {
    auto& specification = catalog->specifications[task.id + "@1"];
    specification.expected_duration = std::chrono::minutes(task.takes);
    Node node;
    node.spec.id = ServiceOrderId{task.id};
    node.spec.specification = task.id + "@1";
    for (const auto& other : task.after) node.spec.depends_on.push_back(ServiceOrderId{other});
    node.progress = task.progress;
    node.started_at = kNow - std::chrono::minutes(task.started);
    if (task.partner) node.expected = kNow + std::chrono::minutes(*task.partner);
    s.index[node.spec.id] = s.nodes.size();
    s.nodes.push_back(node);
  }
  const CatalogSet catalogs{{catalog}};
  const auto found = forecast(s, catalogs, kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->completion - kNow, std::chrono::minutes(plan.completion));
  EXPECT_EQ(found->ahead, std::chrono::minutes(plan.ahead));
  EXPECT_EQ(found->critical == Forecast::kNone ? "" : plan.tasks[found->critical].id, plan.critical);
}

constexpr auto kRunning = Progress::running, kDone = Progress::done, kHeld = Progress::held, kNot = Progress::not_started;

INSTANTIATE_TEST_SUITE_P(
    Plans, ForecastOf,
    testing::Values(Plan{"one_that_runs", {{"a", 10, {}, kRunning, 4}}, 6, 0, "a"},
                    Plan{"one_that_runs_over_is_done_now_at_the_earliest", {{"a", 10, {}, kRunning, 30}}, 0, 0, "a"},
                    Plan{"a_chain", {{"a", 10, {}, kRunning, 4}, {"b", 5, {"a"}}, {"c", 7, {"b"}}}, 18, 12, "a"},
                    Plan{"what_is_done_holds_nobody_up", {{"a", 10, {}, kDone, 40}, {"b", 5, {"a"}, kRunning, 1}}, 4, 0, "b"},
                    Plan{"the_longer_branch", {{"a", 1, {}, kRunning}, {"b", 5, {"a"}}, {"c", 9, {"a"}}}, 10, 9, "a"},
                    Plan{"a_diamond",
                         {{"a", 1, {}, kDone}, {"b", 5, {"a"}, kRunning}, {"c", 9, {"a"}, kRunning}, {"d", 2, {"b", "c"}}},
                         11,
                         2,
                         "c"},
                    Plan{"the_branch_that_runs_over_is_not_always_the_longest",
                         {{"a", 5, {}, kRunning, 60}, {"b", 30, {}, kRunning, 10}, {"c", 2, {"a"}}},
                         20,
                         2,
                         "b"},
                    Plan{"what_runs_over_moves_what_follows", {{"a", 5, {}, kRunning, 60}, {"b", 3, {"a"}}}, 3, 3, "a"},
                    Plan{"the_partner_knows_better", {{"a", 5, {}, kRunning, 1, 90}, {"b", 3, {"a"}}}, 93, 3, "a"},
                    Plan{"also_when_it_is_sooner", {{"a", 50, {}, kRunning, 1, 2}}, 2, 0, "a"},
                    Plan{"held_counts_as_running", {{"a", 5, {}, kHeld, 1}, {"b", 3, {"a"}}}, 7, 3, "a"},
                    Plan{"all_has_ended", {{"a", 5, {}, kDone}, {"b", 3, {"a"}, Progress::skipped}}, 0, 0, ""},
                    Plan{"nothing_has_begun", {{"a", 5, {}, kNot}, {"b", 3, {"a"}}}, 8, 8, "a"}),
    [](const auto& row) { return row.param.name; });

TEST(Forecast, there_is_none_before_the_plan_while_it_is_undone_and_after_the_end) {
  const CatalogSet catalogs{{catalog()}};
  State s;
  EXPECT_FALSE(forecast(s, catalogs, kNow));
  s.decomposed = true;
  s.status = OrderStatus::in_progress;
  EXPECT_TRUE(forecast(s, catalogs, kNow));
  s.unwinding = true;
  EXPECT_FALSE(forecast(s, catalogs, kNow));
  s.unwinding = false;
  s.status = OrderStatus::completed;
  EXPECT_FALSE(forecast(s, catalogs, kNow));
}

// ── against the date ─────────────────────────────────────────────────────────────────────────────────────────────────

/// Each service order takes a minute: access, then ip and cpe.
struct Scenario {
  CatalogSet catalogs;
  State state;
  Instant now = kNow;
  Decision last;

  explicit Scenario(std::optional<Millis> within, FailurePolicy policy = FailurePolicy::rollback) {
    catalogs.versions.push_back(catalog(policy));
    Order wanted = order({item("1")});
    if (within) wanted.requested_completion = kNow + *within;
    when(Submit{wanted, "digest", ""});
  }
  Scenario& when(const Command& command) {
    auto decided = decide(kOrder, state, command, Context{now, &catalogs, {}});
    EXPECT_TRUE(decided) << decided.error().message;
    last = decided ? *decided : Decision{};
    for (const Event& event : last.events) evolve(state, event);
    return *this;
  }
  Scenario& after(Millis time) {
    now += time;
    return *this;
  }
  Scenario& completes(std::string_view key) {
    return when(NoteSettled{so(key), Settlement::completed, {}, {{"portId", {"\"P1\""}}}, {}, {}});
  }
  Scenario& timer() {
    const auto found = state.timers.find(kJeopardyTimer);
    EXPECT_NE(found, state.timers.end());
    if (found != state.timers.end()) now = found->second;
    return when(TimerDue{std::string(kJeopardyTimer)});
  }
  template <class E>
  int told() const {
    return static_cast<int>(std::ranges::count_if(last.events, [](const Event& e) { return std::holds_alternative<E>(e); }));
  }
  std::optional<Millis> timer_in() const {
    const auto found = state.timers.find(kJeopardyTimer);
    return found == state.timers.end() ? std::nullopt : std::optional(found->second - kNow);
  }
  bool counted() const {
    return std::ranges::count(agenda(state).counters, std::string("orders_in_jeopardy{tenant=\"t\"}")) == 1;
  }
  bool listed() const {
    return std::ranges::any_of(agenda(state).rows, [](const Row& row) {
      return row.table == Table::order_index && row.key.find("jeopardy") != std::string::npos;
    });
  }
};

TEST(Jeopardy, an_order_without_a_date_pays_nothing_for_it) {
  Scenario s(std::nullopt);
  for (const auto& [id, events] : s.last.opened)
    for (const auto& event : events)
      EXPECT_FALSE(std::holds_alternative<service_order::Dated>(event) || std::holds_alternative<service_order::Expected>(event));
  EXPECT_EQ(s.told<OnTime>() + s.told<JeopardyRaised>(), 0);
  s.after(10min).completes("access");
  EXPECT_EQ(s.told<OnTime>() + s.told<JeopardyRaised>(), 0);
  EXPECT_FALSE(s.timer_in());
}

TEST(Jeopardy, in_time_it_wakes_when_it_would_be_late_if_nothing_moved) {
  Scenario s(10min);
  EXPECT_EQ(s.told<OnTime>(), 1);
  EXPECT_EQ(s.state.expected, kNow + 2min);
  EXPECT_EQ(s.timer_in(), Millis{9min} + 1ms) << "ip and cpe still need their minute behind access";
  EXPECT_FALSE(s.state.jeopardy);
  s.after(1min).completes("access");
  EXPECT_EQ(s.timer_in(), Millis{10min} + 1ms) << "nothing is left that has not begun";
  s.completes("ip");
  EXPECT_EQ(s.told<OnTime>(), 0) << "nothing new";
}

TEST(Jeopardy, an_order_that_just_sits_raises_it_by_itself_and_names_what_holds_it_up) {
  Scenario s(10min);
  s.timer();
  ASSERT_EQ(s.told<JeopardyRaised>(), 1);
  ASSERT_TRUE(s.state.jeopardy);
  EXPECT_EQ(s.state.jeopardy->service_order, so("access"));
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::overrun);
  EXPECT_EQ(s.state.jeopardy->expected, kNow + 10min + 1ms);
  EXPECT_FALSE(s.timer_in()) << "it is said once";
  EXPECT_TRUE(s.counted());
  EXPECT_TRUE(s.listed());
  s.when(TimerDue{std::string(kJeopardyTimer)});
  EXPECT_TRUE(s.last.events.empty());
}

TEST(Jeopardy, it_is_not_raised_again_while_the_cause_is_the_same) {
  Scenario s(10min);
  s.timer().after(1h).when(NotePonr{so("access")});
  EXPECT_EQ(s.told<PonrReached>(), 1);
  EXPECT_EQ(s.told<JeopardyRaised>(), 0) << "later than before, but for the same reason";
  s.when(NoteHeld{so("access"), true, "X: look at it"});
  ASSERT_EQ(s.told<JeopardyRaised>(), 1) << "another cause";
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::person);
}

TEST(Jeopardy, a_plan_that_takes_too_long_is_in_jeopardy_at_its_submission) {
  Scenario s(90s);
  ASSERT_EQ(s.told<JeopardyRaised>(), 1);
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::plan);
  EXPECT_EQ(s.state.jeopardy->expected, kNow + 2min);
  s.after(10s).completes("access");
  EXPECT_EQ(s.told<OnTime>(), 1) << "access was faster than expected: in time again";
  EXPECT_FALSE(s.state.jeopardy);
  EXPECT_FALSE(s.counted());
  EXPECT_FALSE(s.listed());
  EXPECT_EQ(s.timer_in(), Millis{90s} + 1ms);
  s.timer();
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::overrun);
}

TEST(Jeopardy, a_late_start_is_told_apart_from_work_that_takes_too_long) {
  Scenario s(130s);
  s.after(2min).completes("access");
  ASSERT_TRUE(s.state.jeopardy);
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::late_start);
  EXPECT_EQ(s.state.jeopardy->service_order, so("ip"));
}

TEST(Jeopardy, what_an_activation_system_expects_counts) {
  Scenario s(10min);
  s.when(NoteExpected{so("access"), kNow + 1h});
  ASSERT_TRUE(s.state.jeopardy);
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::partner);
  EXPECT_EQ(s.state.jeopardy->expected, kNow + 1h + 1min);
  s.when(NoteExpected{so("access"), kNow + 1h});
  EXPECT_TRUE(s.last.events.empty());
  s.when(NoteExpected{so("access"), kNow + 3min});
  EXPECT_FALSE(s.state.jeopardy) << "sooner after all";
  s.when(NoteExpected{so("access"), Instant::max()});
  EXPECT_TRUE(s.state.jeopardy) << "whatever they say";
}

TEST(Jeopardy, an_order_that_waits_for_a_person_says_so) {
  Scenario s(10min, FailurePolicy::hold);
  s.when(NoteSettled{so("access"), Settlement::failed, {}, {}, {FaultClass::permanent, "X", "broken"}, Then::fail});
  ASSERT_TRUE(s.state.on_hold);
  EXPECT_EQ(s.timer_in(), Millis{8min} + 1ms) << "access would be done anew";
  s.timer();
  ASSERT_TRUE(s.state.jeopardy);
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::person);
  EXPECT_EQ(s.state.jeopardy->service_order, so("access"));
}

TEST(Jeopardy, the_inventory_can_be_what_is_late) {
  Scenario s(10min);
  s.after(1min).completes("access").completes("ip").completes("cpe");
  ASSERT_FALSE(s.state.writes.empty());
  s.timer();
  ASSERT_TRUE(s.state.jeopardy);
  EXPECT_EQ(s.state.jeopardy->kind, JeopardyKind::inventory);
  EXPECT_TRUE(s.state.jeopardy->service_order.empty());
  for (const auto& [product, write] : std::map(s.state.writes)) s.when(SettleWrite{product, product::Status::active});
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  EXPECT_FALSE(s.state.jeopardy);
  EXPECT_FALSE(s.counted());
}

TEST(Jeopardy, an_order_that_is_undone_has_no_date_to_meet) {
  Scenario s(10min);
  s.timer().when(Cancel{"changed my mind", "client"});
  EXPECT_FALSE(s.state.jeopardy);
  EXPECT_FALSE(s.timer_in());
  EXPECT_EQ(s.told<OnTime>(), 0);
}

TEST(Jeopardy, of_an_order_whose_starts_were_not_recorded_counts_from_its_submission) {
  Scenario s(10min);
  for (Node& node : s.state.nodes) node.started_at = {};
  const auto found = forecast(s.state, s.catalogs, kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->completion, kNow + 2min);
}

}  // namespace
}  // namespace comd::product_order
