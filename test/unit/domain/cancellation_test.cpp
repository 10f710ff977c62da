#include <gtest/gtest.h>

#include "test/unit/domain/order_scenario.h"

/// The whole order is not wanted any more: carried out, or denied, and both are told.
namespace comd::product_order {
namespace {

using namespace fiber;
using Scenario = OrderScenario;

std::vector<std::string> told(const std::vector<ChangeStep>& steps) {
  std::vector<std::string> out;
  for (const ChangeStep& step : steps) out.push_back(std::string(to_text(step.kind)) + " " + step.spec.key);
  return out;
}

TEST(Cancellation, drops_cancels_and_compensates) {
  Scenario s;
  s.submit().completes(so("access"), kPort).when(Cancel{"customer changed mind", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::pending_cancellation);
  EXPECT_TRUE(s.tells(so("ip"), "cancel"));
  s.cancelled(so("ip")).cancelled(so("cpe"));
  EXPECT_EQ(s.progress(so("access", "1", true)), Progress::running);
  s.completes(so("access", "1", true)).written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
  s.when(Cancel{"again", "ann"});
  EXPECT_FALSE(s.rejection) << "a repeated cancellation is already so";
}

TEST(Cancellation, of_a_finished_order_is_refused_with_the_next_step) {
  Scenario s;
  s.submit().completes(so("access"), kPort).completes(so("ip")).completes(so("cpe")).when(Cancel{"late", "ann"});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::precondition);
  EXPECT_FALSE(s.rejection->hint.empty());
}

TEST(Cancellation, is_a_task_until_the_order_has_ended) {
  Scenario s;
  s.submit().completes(so("access"), kPort);
  s.now += 1h;
  s.when(Cancel{"customer changed mind", "ann"});
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0], (CancelTask{1, TaskState::in_progress, "customer changed mind", "ann", s.now, {}, {}}));
  const Instant asked = s.now;
  s.cancelled(so("ip")).cancelled(so("cpe")).completes(so("access", "1", true));
  s.now += 1h;
  s.written();
  EXPECT_EQ(s.state.cancel_tasks[0], (CancelTask{1, TaskState::done, "customer changed mind", "ann", asked, s.now, {}}));
}

TEST(Cancellation, past_a_hard_point_of_no_return_is_denied_with_each_reason_and_the_order_goes_on) {
  Scenario s;
  s.specification_of("access@1").ponr = s.specification_of("cpe@1").ponr = PointOfNoReturn::hard;
  s.submit().completes(so("access"), kPort).when(NotePonr{so("cpe")});
  const auto before = s.state.status;
  s.when(Cancel{"late", "ann"});
  EXPECT_FALSE(s.rejection);
  EXPECT_EQ(s.state.status, before);
  EXPECT_FALSE(s.tells(so("ip"), "cancel"));
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  const CancelTask& task = s.state.cancel_tasks[0];
  EXPECT_EQ(task.state, TaskState::terminated_with_error);
  ASSERT_EQ(task.obstacles.size(), 2u);
  EXPECT_EQ(task.obstacles[0].service_order, so("access"));
  EXPECT_EQ(task.obstacles[0].item, "1");
  EXPECT_EQ(task.obstacles[1].service_order, so("cpe"));
  s.completes(so("ip")).completes(so("cpe")).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  EXPECT_EQ(s.state.cancel_tasks[0].state, TaskState::terminated_with_error);
}

TEST(Cancellation, denied_for_the_same_again_adds_nothing_and_the_oldest_tasks_go) {
  Scenario s;
  s.specification_of("access@1").ponr = PointOfNoReturn::hard;
  s.submit().completes(so("access"), kPort).when(Cancel{"late", "ann"}).when(Cancel{"late", "ann"});
  EXPECT_TRUE(s.last.events.empty());
  EXPECT_EQ(s.state.cancel_tasks.size(), 1u);
  for (int i = 0; i < 20; ++i) s.when(Cancel{"late " + std::to_string(i), "ann"});
  ASSERT_EQ(s.state.cancel_tasks.size(), kCancelTasksKept);
  EXPECT_EQ(s.state.cancel_tasks.back().number, 21u);
  EXPECT_EQ(s.state.cancel_tasks.front().number, 6u);
}

TEST(Cancellation, past_a_soft_point_of_no_return_the_cost_has_to_be_accepted) {
  Scenario s;
  s.specification_of("access@1").ponr = PointOfNoReturn::soft;
  s.submit().completes(so("access"), kPort).when(Cancel{"late", "ann"});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->where, "acceptCost");
  EXPECT_NE(s.rejection->message.find(so("access").value), std::string::npos);
  EXPECT_TRUE(s.state.cancel_tasks.empty());
  s.when(Cancel{"late", "ann", false, true});
  EXPECT_FALSE(s.rejection);
  EXPECT_EQ(s.state.status, OrderStatus::pending_cancellation);
}

TEST(Cancellation, of_an_order_that_waits_for_its_start_date_ends_it_at_once) {
  Scenario s;
  Order later = order({item("1")});
  later.requested_start = kNow + 24h;
  s.when(Submit{later, "digest 1", ""}).when(Cancel{"not any more", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
  EXPECT_EQ(s.state.cancel_tasks.at(0).state, TaskState::done);
  EXPECT_TRUE(agenda(s.state).wakeups.empty());
}

TEST(Cancellation, says_before_what_it_will_do) {
  Scenario s;
  s.specification_of("ip@1").compensate_add = false;
  s.submit().completes(so("access"), kPort).completes(so("ip"));
  const auto steps = steps_of_cancelling(s.state, s.catalogs);
  EXPECT_EQ(told(steps), (std::vector<std::string>{"undo access", "leave ip", "cancel cpe"}));
  s.when(Cancel{"customer changed mind", "ann"});
  EXPECT_TRUE(s.tells(so("cpe"), "cancel"));
  s.cancelled(so("cpe"));
  EXPECT_TRUE(s.has(so("access", "1", true)));
  EXPECT_FALSE(s.has(so("ip", "1", true)));
  s.completes(so("access", "1", true));
  EXPECT_EQ(s.state.status, OrderStatus::held) << "what is left waits for a person";
}

TEST(Cancellation, whose_rest_a_person_accepts_ends_with_an_error_when_the_order_had_failed) {
  Scenario s;
  s.specification_of("access@1").compensate_add = false;
  s.submit().completes(so("access"), kPort).completes(so("cpe")).fails(so("ip")).completes(so("cpe", "1", true));
  s.when(Cancel{"accepted", "ann", true}).written();
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0].state, TaskState::terminated_with_error);
}

}  // namespace
}  // namespace comd::product_order
