#include <gmock/gmock.h>

#include "test/unit/domain/order_scenario.h"

/// A cancellation that an activation system may refuse: it is asked first, and its refusal denies the whole of it.
namespace comd::product_order {
namespace {

using namespace fiber;
using testing::ElementsAre;
using testing::HasSubstr;

struct Scenario : OrderScenario {
  explicit Scenario(std::vector<std::string> may_refuse = {"ip@1"}) {
    for (const auto& id : may_refuse) specification_of(id).cancel_refused = CancelRefused::deny;
    submit().completes(so("access"), kPort);
  }
};

TEST(Consent, is_asked_for_before_anything_else_is_touched) {
  Scenario s;
  s.when(Cancel{"no", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::assessing_cancellation);
  EXPECT_TRUE(s.tells(so("ip"), "cancel"));
  EXPECT_FALSE(s.tells(so("cpe"), "cancel"));
  EXPECT_TRUE(std::get<service_order::Cancel>(message_of(s.state, {stream_of(so("ip")), "cancel"})).only_if_agreed);
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0].state, TaskState::in_progress);
  s.when(Cancel{"again", "ann"});
  EXPECT_TRUE(s.last.events.empty());
  s.revise({item("1")});
  EXPECT_TRUE(s.rejection) << "not while it is being asked";
}

TEST(Consent, once_given_the_cancellation_is_carried_out) {
  Scenario s;
  s.when(Cancel{"no", "ann"}).cancelled(so("ip"));
  EXPECT_EQ(s.state.status, OrderStatus::pending_cancellation);
  EXPECT_TRUE(s.tells(so("cpe"), "cancel"));
  s.cancelled(so("cpe")).completes(so("access", "1", true)).written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0].state, TaskState::done);
}

TEST(Consent, refused_the_order_goes_back_to_where_it_was) {
  Scenario s;
  s.when(Cancel{"no", "ann"}).when(NoteCancelRefused{so("ip"), "engineer is on site"});
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0].state, TaskState::terminated_with_error);
  ASSERT_EQ(s.state.cancel_tasks[0].obstacles.size(), 1u);
  EXPECT_THAT(s.state.cancel_tasks[0].obstacles[0].why, HasSubstr("engineer is on site"));
  EXPECT_FALSE(s.tells(so("ip"), "cancel"));
  s.completes(so("ip")).completes(so("cpe")).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(Consent, of_two_what_agreed_before_the_other_refused_is_started_anew) {
  Scenario s({"ip@1", "cpe@1"});
  s.when(Cancel{"no", "ann"}).cancelled(so("cpe"));
  EXPECT_EQ(s.state.status, OrderStatus::assessing_cancellation);
  s.when(NoteCancelRefused{so("ip"), "no"});
  EXPECT_EQ(s.progress(so("cpe")), Progress::running);
  EXPECT_TRUE(s.tells(so("cpe"), "reopen#1"));
  s.completes(so("ip")).when(NoteSettled{so("cpe"), Settlement::completed, {}, {}, {}, {}, 1}).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(Consent, of_two_what_agrees_after_the_other_refused_is_started_anew) {
  Scenario s({"ip@1", "cpe@1"});
  s.when(Cancel{"no", "ann"}).when(NoteCancelRefused{so("ip"), "no"}).cancelled(so("cpe"));
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  EXPECT_EQ(s.progress(so("cpe")), Progress::running);
}

TEST(Consent, can_be_asked_for_once_more_later) {
  Scenario s;
  s.when(Cancel{"no", "ann"}).when(NoteCancelRefused{so("ip"), "not now"}).when(Cancel{"really", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::assessing_cancellation);
  EXPECT_TRUE(s.tells(so("ip"), "cancel#1")) << "another question than the first";
  s.cancelled(so("ip"));
  EXPECT_EQ(s.state.status, OrderStatus::pending_cancellation);
  ASSERT_EQ(s.state.cancel_tasks.size(), 2u);
}

TEST(Consent, what_comes_past_its_point_of_no_return_meanwhile_denies_it) {
  Scenario s;
  s.specification_of("cpe@1").ponr = PointOfNoReturn::hard;
  s.when(Cancel{"no", "ann"}).when(NotePonr{so("cpe")}).cancelled(so("ip"));
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  EXPECT_EQ(s.state.cancel_tasks.back().state, TaskState::terminated_with_error);
  EXPECT_EQ(s.progress(so("ip")), Progress::running) << "it had agreed for nothing";
}

TEST(Consent, a_failure_meanwhile_that_rolls_back_ends_the_task_with_the_order) {
  Scenario s;
  s.when(Cancel{"no", "ann"});
  s.specification_of("cpe@1");
  s.fails(so("cpe"), Then::compensate);
  EXPECT_TRUE(s.state.unwinding);
  EXPECT_FALSE(s.state.assessment);
  s.cancelled(so("ip")).completes(so("access", "1", true)).written();
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  EXPECT_EQ(s.state.cancel_tasks.back().state, TaskState::terminated_with_error);
}

// ── the service order that is asked ──────────────────────────────────────────────────────────────────────────────────

TEST(ConsentOfAServiceOrder, that_fails_while_it_is_asked_can_be_started_anew) {
  namespace orders = service_order;
  orders::State s;
  orders::Spec spec;
  spec.id = so("ip");
  spec.order = kOrder;
  for (const orders::Event& event : std::initializer_list<orders::Event>{
           orders::Opened{spec, kNow}, orders::Queued{1, {}, kNow + 1h, 10s, ""}, orders::Sent{1, kNow, kNow + 10s},
           orders::CancelRequested{"no", kNow + 1h, true}, orders::Failed{{}, Then::fail, false, 1}})
    evolve(s, event);
  EXPECT_FALSE(s.cancel_wanted);
}

TEST(ConsentOfAServiceOrder, refused_it_goes_on_as_if_nobody_had_asked) {
  namespace orders = service_order;
  orders::State s;
  const auto apply = [&s](std::initializer_list<orders::Event> events) {
    for (const orders::Event& event : events) evolve(s, event);
  };
  orders::Spec spec;
  spec.id = so("ip");
  spec.order = kOrder;
  apply({orders::Opened{spec, kNow}, orders::Queued{1, {}, kNow + 1h, 10s, ""}, orders::Sent{1, kNow, kNow + 10s},
         orders::CancelRequested{"no", kNow + 1h, true}});
  EXPECT_TRUE(s.cancel_wanted);
  apply({orders::CancelAnswered{false, "engineer is on site", {}}});
  EXPECT_FALSE(s.cancel_wanted);
  EXPECT_FALSE(s.cancel_calling);
  const Agenda told = agenda(s);
  const auto refused = std::ranges::find(told.tells, "cancel-refused#1", &Tell::name);
  ASSERT_NE(refused, told.tells.end());
  const auto note = std::get<NoteCancelRefused>(note_of(s, *refused));
  EXPECT_EQ(note.detail, "engineer is on site");
  apply({orders::CancelRequested{"again", kNow + 1h, true}});
  const Agenda again = agenda(s);
  const auto call = std::ranges::find(again.effects, EffectKind::cancel, &Effect::kind);
  ASSERT_NE(call, again.effects.end());
  EXPECT_THAT(call->key, HasSubstr("!1")) << "a question that is asked later is another one";
}

}  // namespace
}  // namespace comd::product_order
