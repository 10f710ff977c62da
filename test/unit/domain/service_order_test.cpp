#include <gtest/gtest.h>

#include "test/unit/domain/service_order_scenario.h"

namespace comd::service_order {
namespace {

using namespace fiber;

TEST(ServiceOrder, goes_from_queued_to_completed) {
  Scenario s;
  EXPECT_EQ(s.state.status, Status::queued);
  ASSERT_NE(s.effect(EffectKind::submit), nullptr);
  s.sent();
  EXPECT_EQ(s.state.status, Status::submitted);
  EXPECT_EQ(s.effect(EffectKind::submit), nullptr) << "never offered for sending again while its outcome is open";
  s.outcome(Outcome::Kind::ok)
      .report(ReportKind::acknowledged, "a")
      .report(ReportKind::in_progress, "b")
      .report(ReportKind::completed, "c");
  EXPECT_EQ(s.state.status, Status::completed);
  EXPECT_TRUE(agenda(s.state).wakeups.empty());
  EXPECT_EQ(agenda(s.state).tells.at(0).name, "settled");
}

TEST(ServiceOrder, can_be_marked_sent_only_once) {
  Scenario s;
  s.sent().when(MarkSent{s.key()});
  EXPECT_TRUE(s.last.empty());
}

TEST(ServiceOrder, a_call_that_never_left_is_queued_again_with_the_same_key) {
  Scenario s;
  const std::string key = s.key();
  s.sent().outcome(Outcome::Kind::not_sent, {FaultClass::transient, "UNREACHABLE", "connection refused"});
  EXPECT_EQ(s.state.status, Status::queued);
  EXPECT_EQ(s.effect(EffectKind::submit)->key, key);
}

TEST(ServiceOrder, an_unknown_outcome_at_a_queryable_partner_is_asked_for_after_the_quiet_period) {
  Scenario s;
  s.sent().outcome(Outcome::Kind::unknown, {FaultClass::transient, "DEADLINE_EXCEEDED", ""});
  EXPECT_EQ(s.state.status, Status::in_doubt);
  const Effect* ask = s.effect(EffectKind::ask);
  ASSERT_NE(ask, nullptr);
  EXPECT_EQ(ask->not_before, kNow + 5s);
  Report found;
  found.id = "ask";
  found.kind = ReportKind::completed;
  s.when(SettleEffect{ask->key, EffectKind::ask, Outcome{Outcome::Kind::ok, {}, {}, found}});
  EXPECT_EQ(s.state.status, Status::completed);
}

TEST(ServiceOrder, a_call_of_an_earlier_life_is_left_to_its_deadline_for_it_may_still_arrive) {
  Scenario s;
  s.sent();
  s.when(CallLost{s.state.timers.at(std::string(kAnswerTimer))});
  EXPECT_TRUE(s.last.empty());
}

TEST(ServiceOrder, not_found_after_the_quiet_period_sends_the_same_key_again) {
  Scenario s;
  const std::string key = s.key();
  s.sent().outcome(Outcome::Kind::unknown);
  s.when(SettleEffect{s.effect(EffectKind::ask)->key, EffectKind::ask,
                      Outcome{Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", ""}, {}, {}}});
  EXPECT_EQ(s.state.status, Status::queued);
  EXPECT_EQ(s.effect(EffectKind::submit)->key, key);
}

TEST(ServiceOrder, an_unknown_outcome_at_an_idempotent_partner_sends_the_same_key_again) {
  Scenario s{"ip"};
  const std::string key = s.key();
  s.sent().outcome(Outcome::Kind::unknown).timer(kDoubtTimer);
  EXPECT_EQ(s.effect(EffectKind::submit)->key, key);
}

TEST(ServiceOrder, an_unknown_outcome_at_a_partner_that_is_neither_goes_to_a_person) {
  Scenario s{"cpe"};
  s.sent().outcome(Outcome::Kind::unknown);
  EXPECT_EQ(s.state.status, Status::held);
  EXPECT_TRUE(s.state.timers.contains(kReviewTimer));
  EXPECT_EQ(agenda(s.state).effects.size(), 0u);
  s.report(ReportKind::completed);
  EXPECT_EQ(s.state.status, Status::completed) << "hold never refuses a partner's input";
}

TEST(ServiceOrder, an_answer_that_never_came_is_doubted_after_a_crash) {
  Scenario s;
  s.sent().timer(kAnswerTimer);
  EXPECT_EQ(s.state.status, Status::in_doubt);
}

TEST(ServiceOrder, doubts_without_end_go_to_a_person) {
  Scenario s;
  s.sent().timer(kAnswerTimer);
  for (int i = 0; i < 50 && s.state.status == Status::in_doubt; ++i) s.timer(kDoubtTimer);
  EXPECT_EQ(s.state.status, Status::held);
}

TEST(ServiceOrder, a_transient_failure_is_retried_as_a_new_attempt_with_growing_recorded_delay) {
  Scenario s;
  s.accepted().report(ReportKind::failed, "f1", 1, {FaultClass::transient, "BUSY", ""});
  ASSERT_EQ(s.state.status, Status::retry_waiting);
  const auto first = std::get<RetryScheduled>(s.last.back());
  EXPECT_EQ(first.delay, 1s);
  s.timer(kRetryTimer);
  EXPECT_EQ(s.state.attempt, 2u);
  s.accepted().report(ReportKind::failed, "f2", 2, {FaultClass::transient, "BUSY", ""});
  EXPECT_EQ(std::get<RetryScheduled>(s.last.back()).delay, 2s);
  s.timer(kRetryTimer).accepted().report(ReportKind::failed, "f3", 3, {FaultClass::transient, "BUSY", ""});
  EXPECT_EQ(s.state.status, Status::failed);
  EXPECT_EQ(s.state.failures, 3u);
}

TEST(ServiceOrder, a_permanent_failure_is_not_retried) {
  Scenario s;
  s.accepted().report(ReportKind::failed, "f1", 1, {FaultClass::permanent, "NO_PORT", "none free"});
  EXPECT_EQ(s.state.status, Status::failed);
  EXPECT_EQ(std::get<Failed>(s.last.back()).then, Then::fail);
}

TEST(ServiceOrder, a_rule_can_send_a_failure_to_a_person) {
  Scenario s;
  s.accepted().report(ReportKind::failed, "f1", 1, {FaultClass::permanent, "NO_PERSON", ""});
  EXPECT_EQ(s.state.status, Status::held);
  EXPECT_EQ(agenda(s.state).tells.at(0).name, "held#1");
}

TEST(ServiceOrder, reports_in_any_order_have_a_defined_disposition) {
  Scenario early;
  early.sent().report(ReportKind::completed);  // before our own call returned
  EXPECT_EQ(early.state.status, Status::completed);
  early.outcome(Outcome::Kind::ok);
  EXPECT_EQ(early.state.status, Status::completed) << "the late answer changes nothing";
  early.report(ReportKind::completed);
  EXPECT_TRUE(early.last.empty()) << "same report id: a duplicate";
  early.report(ReportKind::completed, "r2");
  EXPECT_EQ(std::get<Reported>(early.last.at(0)).disposition, Disposition::repeated);
  early.report(ReportKind::failed, "r3");
  EXPECT_EQ(std::get<Reported>(early.last.at(0)).disposition, Disposition::contradictory);
  early.report(ReportKind::in_progress, "r4");
  EXPECT_EQ(std::get<Reported>(early.last.at(0)).disposition, Disposition::late);
  EXPECT_EQ(early.state.status, Status::completed);

  Scenario stale;
  stale.accepted().report(ReportKind::failed, "f", 1, {FaultClass::transient, "BUSY", ""}).timer(kRetryTimer).accepted();
  stale.report(ReportKind::failed, "f-late", 1, {FaultClass::permanent, "X", ""});
  EXPECT_EQ(std::get<Reported>(stale.last.at(0)).disposition, Disposition::stale_attempt);

  Scenario order;
  order.accepted().report(ReportKind::in_progress, "b").report(ReportKind::acknowledged, "a");
  EXPECT_EQ(order.state.status, Status::in_progress) << "an acknowledgement behind the progress changes nothing";
}

TEST(ServiceOrder, a_failure_that_names_no_attempt_does_not_fail_a_later_one) {
  Scenario s;
  s.accepted().report(ReportKind::failed, "f", 1, {FaultClass::transient, "BUSY", ""}).timer(kRetryTimer).accepted();
  s.report(ReportKind::failed, "f-again", 0, {FaultClass::permanent, "X", ""});
  EXPECT_EQ(s.state.status, Status::submitted);
}

TEST(ServiceOrder, a_late_answer_to_an_earlier_question_is_not_believed) {
  Scenario s;
  s.sent().timer(kAnswerTimer);
  const std::string first = s.effect(EffectKind::ask)->key;
  s.report(ReportKind::in_progress).timer(kSilenceTimer);
  ASSERT_EQ(s.state.status, Status::in_doubt);
  s.when(SettleEffect{first, EffectKind::ask, Outcome{Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", ""}, {}, {}}});
  EXPECT_EQ(s.state.status, Status::in_doubt);
}

TEST(ServiceOrder, work_reported_done_while_a_retry_waits_is_done) {
  Scenario s;
  s.accepted().report(ReportKind::failed, "f", 1, {FaultClass::transient, "BUSY", ""}).report(ReportKind::completed, "c", 1);
  EXPECT_EQ(s.state.status, Status::completed);
}

TEST(ServiceOrder, silence_and_overrun_are_doubts_not_failures) {
  for (std::string_view timer : {kAcknowledgeTimer, kCompleteTimer}) {
    Scenario s;
    s.accepted().timer(timer);
    EXPECT_EQ(s.state.status, Status::in_doubt) << timer;
  }
  Scenario s;
  s.accepted().report(ReportKind::in_progress).timer(kSilenceTimer);
  EXPECT_EQ(s.state.status, Status::in_doubt);
}

TEST(ServiceOrder, never_sent_before_the_queue_deadline_is_a_failure_by_the_table) {
  Scenario s;
  s.timer(kQueueTimer);
  EXPECT_EQ(s.state.status, Status::retry_waiting);
}

TEST(ServiceOrder, cancel_before_sending_needs_nobody) {
  Scenario s;
  s.when(Cancel{"stop"});
  EXPECT_EQ(s.state.status, Status::cancelled);
  s.when(MarkSent{attempt_key(s.state.spec.id, 1)});
  EXPECT_TRUE(s.last.empty()) << "and can no longer be sent";
}

TEST(ServiceOrder, cancel_after_sending_asks_the_partner) {
  Scenario s;
  s.accepted().when(Cancel{"stop"});
  const Effect* cancel = s.effect(EffectKind::cancel);
  ASSERT_NE(cancel, nullptr);
  EXPECT_EQ(request_of(s.state, *cancel).reason, "stop");
  s.when(SettleEffect{cancel->key, EffectKind::cancel, Outcome{Outcome::Kind::ok, {}, {}, {}}}).report(ReportKind::cancelled);
  EXPECT_EQ(s.state.status, Status::cancelled);
}

TEST(ServiceOrder, a_refused_cancellation_lets_it_run_to_its_end) {
  Scenario s;
  s.accepted().when(Cancel{"stop"}).report(ReportKind::cancel_refused, "x");
  EXPECT_EQ(s.effect(EffectKind::cancel), nullptr);
  s.report(ReportKind::completed);
  EXPECT_EQ(s.state.status, Status::completed);
}

/// The cancellation overtook the submission: the partner did not know it then, and has it now.
TEST(ServiceOrder, a_cancellation_that_found_nothing_proves_nothing_once_the_partner_has_it) {
  Scenario s;
  s.sent().when(Cancel{"stop"});
  const std::string cancel = s.effect(EffectKind::cancel)->key;
  s.outcome(Outcome::Kind::ok);
  s.when(SettleEffect{cancel, EffectKind::cancel,
                      Outcome{Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", ""}, {}, {}}});
  EXPECT_EQ(s.state.status, Status::submitted);
  ASSERT_NE(s.effect(EffectKind::cancel), nullptr) << "asked again";
  EXPECT_NE(s.effect(EffectKind::cancel)->key, cancel);
}

TEST(ServiceOrder, nor_while_a_call_of_ours_may_still_arrive) {
  const auto not_found = [](Scenario& s) {
    s.when(SettleEffect{s.effect(EffectKind::cancel)->key, EffectKind::cancel,
                        Outcome{Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", ""}, {}, {}}});
  };
  Scenario s;
  s.sent().when(Cancel{"stop"}).outcome(Outcome::Kind::unknown, {FaultClass::transient, "DEADLINE_EXCEEDED", "lost"});
  not_found(s);
  EXPECT_NE(s.state.status, Status::cancelled);
  s.now = s.state.sent_at + s.state.call_timeout + 1h;  // long after it could have arrived
  not_found(s);
  EXPECT_NE(s.state.status, Status::cancelled) << "that was asked before";
  not_found(s);
  EXPECT_EQ(s.state.status, Status::cancelled);
}

TEST(ServiceOrder, a_cancellation_refused_for_the_moment_is_tried_again) {
  Scenario s;
  s.accepted().when(Cancel{"stop"});
  s.when(SettleEffect{s.effect(EffectKind::cancel)->key, EffectKind::cancel,
                      Outcome{Outcome::Kind::refused, {FaultClass::transient, "RESOURCE_EXHAUSTED", ""}, {}, {}}});
  ASSERT_NE(s.effect(EffectKind::cancel), nullptr);
  EXPECT_GT(s.effect(EffectKind::cancel)->not_before, s.now);
}

TEST(ServiceOrder, an_unanswered_cancellation_is_repeated_and_then_given_up) {
  Scenario s;
  s.accepted().report(ReportKind::in_progress).when(Cancel{"stop"});
  int calls = 0;
  while (const Effect* cancel = s.effect(EffectKind::cancel)) {
    ASSERT_LT(++calls, 20);
    s.now = std::max(s.now, cancel->not_before);
    s.when(SettleEffect{cancel->key, EffectKind::cancel, Outcome{Outcome::Kind::unknown, {}, {}, {}}});
  }
  EXPECT_GT(calls, 2);
  EXPECT_FALSE(s.state.timers.empty());
}

TEST(ServiceOrder, a_nudge_makes_a_finished_one_tell_again) {
  Scenario s;
  s.accepted().report(ReportKind::completed).when(Nudge{});
  EXPECT_EQ(agenda(s.state).tells.at(0).name, "settled#1");
}

TEST(ServiceOrder, an_unknown_id_is_rejected_as_not_found) {
  State absent;
  CatalogSet none;
  auto decided = decide(absent, TakeReport{}, Context{kNow, 0, &none});
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, RejectionCode::not_found);
}

}  // namespace
}  // namespace comd::service_order
