#include <gmock/gmock.h>

#include "test/unit/domain/order_scenario.h"
#include "test/unit/domain/service_order_scenario.h"

/// A revision that changes only characteristics of what is under way: it is amended in place, or done the other way.
namespace comd::product_order {
namespace {

using namespace fiber;
using testing::ElementsAre;
using testing::HasSubstr;

/// The access is under way, and can be modified in flight.
struct Scenario : OrderScenario {
  Scenario() {
    specification_of("access@1").modify_in_flight = true;
    submit();
  }
  Scenario& answers(std::uint32_t revision, bool accepted, bool in_doubt = false) {
    when(NoteAmended{of("access"), revision, accepted, accepted ? "" : "dug already", in_doubt});
    return *this;
  }
  /// Ended without having heard of the amendment.
  Scenario& ends(Settlement outcome) {
    when(NoteSettled{of("access"), outcome, {}, kPort, {FaultClass::permanent, "E", ""}, Then::fail});
    return *this;
  }
  std::vector<std::string> steps() const {
    std::vector<std::string> out;
    for (const Event& event : last.events)
      if (const auto* revised = std::get_if<Revised>(&event))
        for (const ChangeStep& step : steps_of(before, *revised))
          out.push_back(std::string(to_text(step.kind)) + " " + step.spec.id.value.substr(step.spec.id.value.size() - 9));
    return out;
  }
  State before;
};

TEST(Amend, keeps_what_runs_under_its_id_and_tells_it) {
  Scenario s;
  s.before = s.state;
  s.revise({speed("500")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.steps().front().substr(0, 6), "amend ");
  EXPECT_FALSE(s.node(of("access")).superseded);
  EXPECT_FALSE(s.has(of("access", 2)));
  EXPECT_FALSE(s.node(of("ip")).superseded) << "what waits for it waits for it still";
  EXPECT_TRUE(s.tells(of("access"), "amend#2"));
  const auto told = std::get<service_order::Amend>(message_of(s.state, {stream_of(of("access")), "amend#2"}));
  EXPECT_EQ(told.revision, 2U);
  EXPECT_EQ(told.inputs.at("speed"), Value{"500"});
  s.answers(2, true);
  EXPECT_FALSE(s.tells(of("access"), "amend#2"));
  EXPECT_EQ(s.node(of("access")).inputs.at("speed"), Value{"500"});
  s.answers(2, true);
  EXPECT_TRUE(s.last.events.empty()) << "told twice";
  s.completes(of("access"), kPort);
  EXPECT_EQ(s.progress(of("ip")), Progress::running);
  EXPECT_EQ(s.node(of("ip")).inputs.at("port"), Value{"\"P1\""});
  s.completes(of("ip")).completes(of("cpe")).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  EXPECT_EQ(s.state.revision, 2U);
}

TEST(Amend, is_for_what_is_under_way_and_can_be_modified_in_flight) {
  Scenario other;
  other.specification_of("access@1").modify_in_flight = false;
  other.revise({speed("500")});
  EXPECT_TRUE(other.node(of("access")).superseded) << "its specification does not say so";
  Scenario past;
  past.specification_of("access@1").ponr = PointOfNoReturn::hard;
  past.when(NotePonr{of("access")}).revise({speed("500")});
  EXPECT_TRUE(past.rejection) << "it is past its hard point of no return";
  Scenario held;
  held.when(NoteHeld{of("access"), true, "no such street"}).revise({speed("500")});
  EXPECT_TRUE(held.node(of("access")).superseded) << "what it failed with may be what is changed";
  Scenario done;
  done.completes(of("access"), kPort).revise({speed("500")});
  EXPECT_TRUE(done.node(of("access")).superseded) << "it is done";
}

TEST(Amend, refused_it_is_done_the_other_way_by_a_revision_to_the_same_content) {
  Scenario s;
  s.revise({speed("500")});
  const std::string digest = s.state.digest;
  s.answers(2, false);
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_TRUE(s.node(of("access")).superseded);
  EXPECT_TRUE(s.tells(of("access"), "cancel"));
  EXPECT_EQ(s.state.digest, digest);
  const auto* revised = std::get_if<Revised>(&s.last.events[1]);
  ASSERT_NE(revised, nullptr);
  EXPECT_EQ(revised->requested_by, "comd");
  EXPECT_THAT(revised->reason, HasSubstr("cannot be amended: dug already"));
  s.cancelled(of("access"));
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
  EXPECT_EQ(s.node(of("access", 3)).inputs.at("speed"), Value{"500"});
  s.completes(of("access", 3), kPort).completes(of("ip", 3)).completes(of("cpe", 3)).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(Amend, the_client_who_sends_the_revision_again_is_not_told_of_a_conflict) {
  Scenario s;
  s.revise({speed("500")});
  const Revise same{order({speed("500")}), s.state.digest, 2, {}, "ann", "again"};
  s.answers(2, false).when(same);
  EXPECT_FALSE(s.rejection);
  EXPECT_TRUE(s.last.events.empty());
}

TEST(Amend, what_ended_meanwhile_is_undone_and_done_as_it_is_wanted) {
  Scenario s;
  s.revise({speed("500")});
  s.ends(Settlement::completed);
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_EQ(s.progress(undo_of("access")), Progress::running);
  EXPECT_NE(s.progress(of("ip")), Progress::running) << "on what is about to go";
  s.completes(undo_of("access"));
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
}

TEST(Amend, what_failed_meanwhile_is_done_as_it_is_wanted_and_not_rolled_back) {
  Scenario s;
  s.revise({speed("500")});
  s.ends(Settlement::failed);
  EXPECT_FALSE(s.state.unwinding);
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
}

TEST(Amend, ended_as_amended_it_is_kept) {
  Scenario s;
  s.revise({speed("500")});
  s.when(NoteSettled{of("access"), Settlement::completed, {{"speed", {"500"}}}, kPort, {}, {}, 0, false, 2});
  EXPECT_EQ(s.state.revision, 2U);
  EXPECT_EQ(s.progress(of("ip")), Progress::running);
  EXPECT_EQ(s.node(of("access")).inputs.at("speed"), Value{"500"});
}

TEST(Amend, two_revisions_amend_twice_and_only_the_last_answer_counts) {
  Scenario s;
  s.revise({speed("500")}).revise({speed("700")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_FALSE(s.tells(of("access"), "amend#2"));
  EXPECT_TRUE(s.tells(of("access"), "amend#3"));
  s.answers(2, false);
  EXPECT_TRUE(s.last.events.empty());
  s.answers(3, true);
  EXPECT_EQ(s.node(of("access")).spec.characteristics.at("speed"), Value{"700"});
  EXPECT_EQ(s.state.revision, 3U);
}

TEST(Amend, back_to_what_it_was_is_an_amendment_too) {
  Scenario s;
  s.revise({speed("500")}).revise({speed("100")});
  EXPECT_TRUE(s.tells(of("access"), "amend#3")) << "it may be done with 500 by now";
  s.answers(3, false);
  EXPECT_TRUE(s.node(of("access")).superseded) << "nobody knows as what it is done";
}

TEST(Amend, a_cancellation_ends_it) {
  Scenario s;
  s.revise({speed("500")}).when(Cancel{"no", "ann", false, true});
  EXPECT_FALSE(s.tells(of("access"), "amend#2"));
  EXPECT_TRUE(s.tells(of("access"), "cancel"));
  s.answers(2, false);
  EXPECT_TRUE(s.last.events.empty());
  s.cancelled(of("access")).written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

TEST(Amend, refused_past_a_point_of_no_return_a_person_decides) {
  Scenario s;
  s.specification_of("access@1").ponr = PointOfNoReturn::hard;
  s.revise({speed("500")}).when(NotePonr{of("access")});
  s.answers(2, false);
  EXPECT_EQ(s.state.revision, 2U);
  EXPECT_TRUE(s.state.on_hold);
  EXPECT_THAT(s.state.reason, HasSubstr("cannot be amended: dug already"));
  s.intervene({"i1", Remedy::resume, "ann", "try again", {}, {}});
  EXPECT_TRUE(s.state.on_hold) << "nothing has changed";
  Scenario accepted = s;
  s.revise({speed("100")});  // as it was
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_FALSE(s.state.on_hold);
  EXPECT_FALSE(s.node(of("access")).superseded);
  s.completes(of("access"), kPort).completes(of("ip")).completes(of("cpe")).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  accepted.intervene({"i2", Remedy::accept, "ann", "100 will do", {}, {}});
  accepted.completes(of("access"), kPort).completes(of("ip")).completes(of("cpe")).written();
  EXPECT_EQ(accepted.state.status, OrderStatus::completed);
}

TEST(Amend, refused_while_it_is_asked_whether_it_can_be_cancelled_it_is_redone_when_that_is_denied) {
  Scenario s;
  s.specification_of("access@1").cancel_refused = CancelRefused::deny;
  s.revise({speed("500")}).when(Cancel{"no", "ann"});
  ASSERT_TRUE(s.state.assessment);
  s.answers(2, false);
  EXPECT_EQ(s.state.revision, 2U);
  s.when(NoteCancelRefused{of("access"), "on site"});
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_TRUE(s.node(of("access")).superseded);
}

}  // namespace
}  // namespace comd::product_order

// ── the service order ────────────────────────────────────────────────────────────────────────────────────────────────

namespace comd::service_order {
namespace {

using testing::HasSubstr;

const Values kFast{{"speed", {"500"}}};

struct AtPartner : Scenario {
  AtPartner() { accepted(); }
  Scenario& answer(Outcome::Kind kind, Fault fault = {}) {
    return when(SettleEffect{amend_key(state), EffectKind::amend, Outcome{kind, fault, "", {}}});
  }
};

TEST(AmendOfAServiceOrder, is_told_to_its_partner_with_a_key_of_its_own) {
  AtPartner s;
  s.when(Amend{2, kFast});
  const Effect* call = s.effect(EffectKind::amend);
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->key, s.key() + "~2");
  EXPECT_EQ(call->lane, s.state.spec.target);
  EXPECT_EQ(call->deadline, s.state.timers.at(std::string(kAmendTimer)));
  const ActivationRequest request = request_of(s.state, *call);
  EXPECT_EQ(request.revision, 2U);
  EXPECT_EQ(request.characteristics, kFast);
  s.when(Amend{2, kFast});
  EXPECT_TRUE(s.last.empty()) << "the same again";
  s.answer(Outcome::Kind::ok);
  EXPECT_EQ(s.state.inputs, kFast);
  EXPECT_EQ(s.effect(EffectKind::amend), nullptr);
  EXPECT_FALSE(s.state.timers.contains(kAmendTimer));
  const auto note =
      std::get<product_order::NoteAmended>(product_order::note_of(s.state, {stream_of(s.state.spec.order), "amended#2"}));
  EXPECT_TRUE(note.accepted);
  s.report(ReportKind::completed);
  EXPECT_EQ(
      std::get<product_order::NoteSettled>(product_order::note_of(s.state, {stream_of(s.state.spec.order), "settled"})).amended,
      2U);
}

TEST(AmendOfAServiceOrder, refused_it_goes_on_as_it_was) {
  AtPartner s;
  const Values before = s.state.inputs;
  s.when(Amend{2, kFast});
  s.answer(Outcome::Kind::refused, {FaultClass::permanent, "FAILED_PRECONDITION", "dug already"});
  EXPECT_EQ(s.state.inputs, before);
  ASSERT_TRUE(s.state.amend_answer);
  EXPECT_EQ(*s.state.amend_answer, (AmendAnswered{2, false, "dug already", false}));
}

TEST(AmendOfAServiceOrder, unanswered_it_is_called_again_with_the_same_key_and_given_up_after_some_tries) {
  AtPartner s;
  s.when(Amend{2, kFast});
  const std::string key = amend_key(s.state);
  s.answer(Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", "the submission is on its way"});
  s.answer(Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", "told twice"});
  EXPECT_TRUE(s.last.empty());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(s.effect(EffectKind::amend)->key, key);
    s.timer(kAmendTimer);
  }
  s.now = s.state.amend_next;
  s.answer(Outcome::Kind::unknown, {FaultClass::transient, "DEADLINE_EXCEEDED", "late"});
  ASSERT_TRUE(s.state.amend_answer);
  EXPECT_FALSE(s.state.amend_answer->accepted);
  EXPECT_TRUE(s.state.amend_answer->in_doubt);
  EXPECT_EQ(s.effect(EffectKind::amend), nullptr);
}

TEST(AmendOfAServiceOrder, what_is_not_at_its_partner_is_simply_so) {
  Scenario queued;
  const std::string before = queued.key();
  queued.when(Amend{2, kFast});
  EXPECT_EQ(queued.state.inputs, kFast);
  EXPECT_EQ(queued.effect(EffectKind::amend), nullptr);
  EXPECT_NE(queued.key(), before) << "a call with what was wanted before may be about to leave";
  queued.when(MarkSent{before});
  EXPECT_TRUE(queued.last.empty());
  Scenario retry;
  retry.accepted().report(ReportKind::failed, "r1", 1, {FaultClass::transient, "BUSY", ""});
  ASSERT_EQ(retry.state.status, Status::retry_waiting);
  retry.when(Amend{2, kFast}).timer(kRetryTimer);
  EXPECT_EQ(retry.state.inputs, kFast);
  EXPECT_EQ(retry.state.attempt, 2U);
}

TEST(AmendOfAServiceOrder, a_failed_attempt_that_is_retried_answers_it) {
  AtPartner s;
  s.when(Amend{2, kFast}).report(ReportKind::failed, "r1", 1, {FaultClass::transient, "BUSY", ""});
  EXPECT_EQ(s.state.status, Status::retry_waiting);
  ASSERT_TRUE(s.state.amend_answer);
  EXPECT_TRUE(s.state.amend_answer->accepted);
  EXPECT_EQ(s.state.inputs, kFast);
}

TEST(AmendOfAServiceOrder, that_overtakes_its_release_is_what_it_begins_with) {
  Scenario s;
  Spec spec = s.state.spec;
  s.state = {};
  for (const Event& event : open(spec, false, s.context())) evolve(s.state, event);
  s.when(Amend{2, kFast}).when(Release{{{"speed", {"100"}}}});
  EXPECT_EQ(s.state.status, Status::queued);
  EXPECT_EQ(s.state.inputs, kFast);
}

TEST(AmendOfAServiceOrder, a_cancellation_or_its_end_ends_it) {
  AtPartner cancelled;
  cancelled.when(Amend{2, kFast}).when(Cancel{"no"});
  EXPECT_EQ(cancelled.effect(EffectKind::amend), nullptr);
  EXPECT_NE(cancelled.effect(EffectKind::cancel), nullptr);
  EXPECT_FALSE(cancelled.state.amend_answer->accepted);
  AtPartner ended;
  ended.when(Amend{2, kFast}).report(ReportKind::completed);
  EXPECT_FALSE(ended.state.amendment);
  EXPECT_TRUE(ended.state.timers.empty());
  const auto note =
      std::get<product_order::NoteSettled>(product_order::note_of(ended.state, {stream_of(ended.state.spec.order), "settled"}));
  EXPECT_EQ(note.amended, 0U);
  EXPECT_TRUE(note.amend_doubt);
  ended.when(Amend{3, kFast});
  EXPECT_TRUE(ended.last.empty());
}

TEST(AmendOfAServiceOrder, a_later_one_takes_the_place_of_an_earlier_one) {
  AtPartner s;
  s.when(Amend{2, kFast});
  const std::string first = amend_key(s.state);
  s.when(Amend{3, {{"speed", {"700"}}}});
  EXPECT_NE(amend_key(s.state), first);
  s.when(SettleEffect{first, EffectKind::amend, Outcome{Outcome::Kind::ok, {}, "", {}}});
  EXPECT_TRUE(s.last.empty());
  s.answer(Outcome::Kind::ok);
  EXPECT_EQ(s.state.inputs.at("speed"), Value{"700"});
}

}  // namespace
}  // namespace comd::service_order
