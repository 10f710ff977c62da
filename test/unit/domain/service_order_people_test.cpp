#include "domain/views.h"
#include "test/unit/domain/service_order_scenario.h"

namespace comd::service_order {
namespace {

Command by_hand(Remedy remedy, bool force = false, Values values = {}) {
  return Intervene{{"", remedy, "anna", "because", std::move(values), "bob", force}};
}

TEST(ServiceOrderByHand, retries_a_failed_attempt_with_corrected_characteristics) {
  Scenario s;
  s.accepted().report(ReportKind::failed, "f", 1, {FaultClass::permanent, "NO_PERSON", "who?"});
  ASSERT_EQ(s.state.status, Status::held);
  ASSERT_EQ(agenda(s.state).rows.size(), 1u) << "it is listed among what waits for a person";
  s.when(by_hand(Remedy::retry, false, {{"speed", {"50"}}}));
  EXPECT_EQ(s.state.status, Status::queued);
  EXPECT_EQ(s.state.attempt, 2u) << "the partner refused the first one: this is a new intention";
  EXPECT_EQ(s.state.inputs.at("speed"), Value{"50"});
  EXPECT_TRUE(agenda(s.state).rows.empty());
}

TEST(ServiceOrderByHand, an_unknown_outcome_is_never_taken_for_failed_without_force) {
  Scenario s("cpe");  // neither idempotent nor queryable
  s.sent().outcome(Outcome::Kind::unknown, {FaultClass::transient, "LOST", "lost"});
  ASSERT_EQ(s.state.status, Status::held);
  for (const Remedy remedy : {Remedy::retry, Remedy::skip, Remedy::fail, Remedy::compensate}) {
    s.when(by_hand(remedy));
    ASSERT_TRUE(s.rejection) << to_text(remedy);
    EXPECT_EQ(s.rejection->code, RejectionCode::precondition);
    EXPECT_NE(s.rejection->hint.find("--force"), std::string::npos) << to_text(remedy);
  }
  s.when(by_hand(Remedy::complete, false, {{"serial", {"\"S1\""}}}));
  EXPECT_EQ(s.state.status, Status::completed);
  EXPECT_EQ(s.state.outputs.size(), 1u);
}

TEST(ServiceOrderByHand, an_idempotent_partner_gets_the_same_key_again) {
  Scenario s("ip");
  s.sent().outcome(Outcome::Kind::unknown);
  ASSERT_EQ(s.state.status, Status::in_doubt);
  s.when(by_hand(Remedy::hold)).when(by_hand(Remedy::retry));
  EXPECT_EQ(s.state.status, Status::queued);
  EXPECT_EQ(s.state.attempt, 1u);
}

TEST(ServiceOrderByHand, what_runs_can_only_be_completed_and_only_with_force) {
  Scenario s;
  s.accepted();
  for (const Remedy remedy : {Remedy::retry, Remedy::skip, Remedy::fail, Remedy::hold, Remedy::resume, Remedy::complete}) {
    s.when(by_hand(remedy));
    EXPECT_TRUE(s.rejection) << to_text(remedy);
  }
  s.when(by_hand(Remedy::complete, true));
  EXPECT_EQ(s.state.status, Status::completed);
  s.report(ReportKind::failed, "late");
  EXPECT_EQ(s.state.status, Status::completed) << "kept, and shown as contradictory";
}

TEST(ServiceOrderByHand, needs_a_reason_and_takes_an_intervention_once) {
  Scenario s;
  s.when(Intervene{{"", Remedy::note, "anna", "", {}, {}, false}});
  EXPECT_TRUE(s.rejection);
  const Command note = Intervene{{"id-1", Remedy::note, "anna", "called them", {}, {}, false}};
  s.when(note);
  EXPECT_EQ(s.last.size(), 1u);
  s.when(note);
  EXPECT_TRUE(s.last.empty());
}

TEST(ServiceOrderByHand, a_manual_service_order_is_a_task_with_a_deadline) {
  Scenario s;
  auto manual = *s.catalogs.versions[0];
  manual.specifications.at("access@1").target = kManualTarget;
  s.catalogs.versions[0] = std::make_shared<Catalog>(manual);
  s.state = {};
  Spec spec;
  spec.id = so("access"), spec.order = kOrder, spec.specification = "access@1", spec.catalog_version = "1";
  for (const Event& event : open(spec, true, s.context())) evolve(s.state, event);
  ASSERT_EQ(s.state.status, Status::awaiting_person);
  EXPECT_TRUE(agenda(s.state).effects.empty());
  ASSERT_EQ(agenda(s.state).rows.size(), 1u);
  EXPECT_EQ(views::decode_person(agenda(s.state).rows[0].value)->kind, "task");
  s.when(by_hand(Remedy::assign));
  EXPECT_EQ(s.state.assignee, "bob");
  s.timer(kTaskTimer);
  EXPECT_EQ(s.state.status, Status::awaiting_person) << "late, and still to be done";
  EXPECT_EQ(s.state.overdue, 1u);
  s.when(by_hand(Remedy::retry));
  EXPECT_TRUE(s.rejection);
  s.when(by_hand(Remedy::complete, false, {{"portId", {"\"P9\""}}}));
  EXPECT_EQ(s.state.status, Status::completed);
}

}  // namespace
}  // namespace comd::service_order
