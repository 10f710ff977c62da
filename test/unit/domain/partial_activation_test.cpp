#include "domain/views.h"
#include "test/unit/domain/service_order_scenario.h"

/// "Partly there": kept, completed or undone, as the specification says.
namespace comd {
namespace {

using namespace fiber;

const Values kPort{{"portId", {"\"P1\""}}}, kVlan{{"vlan", {"7"}}};

std::shared_ptr<Catalog> catalog_with(PartialActivation policy, FailurePolicy order = FailurePolicy::keep_partial,
                                      PointOfNoReturn ponr = PointOfNoReturn::none) {
  auto out = catalog(order);
  for (auto& [id, spec] : out->specifications) {
    spec.partial_activation = policy;
    spec.ponr = ponr;
    if (policy == PartialActivation::complete)
      spec.retry.insert(spec.retry.begin(), {std::string(kPartialActivation), {}, 3, 1min, 2.0, 1h, 0.0, Then::fail});
  }
  return out;
}

}  // namespace

namespace service_order {
namespace {

struct Partly : testing::Test {
  Scenario s;
  void policy(PartialActivation which) { s.catalogs.versions = {catalog_with(which)}; }
  void partial(std::string id, std::uint32_t attempt, Values outputs = {}) {
    Report report;
    report.id = std::move(id);
    report.kind = ReportKind::partial;
    report.attempt = attempt;
    report.outputs = std::move(outputs);
    report.message = "80 of 100 Mbit/s";
    s.when(TakeReport{report});
  }
  void completed(std::string id, std::uint32_t attempt, Values outputs = {}) {
    Report report;
    report.id = std::move(id);
    report.kind = ReportKind::completed;
    report.attempt = attempt;
    report.outputs = std::move(outputs);
    s.when(TakeReport{report});
  }
  Disposition disposition() const { return std::get<Reported>(s.last.at(0)).disposition; }
};

TEST_F(Partly, keep_ends_it_as_it_is) {
  s.accepted();
  partial("p", 1, kPort);
  ASSERT_EQ(s.last.size(), 2u);
  EXPECT_EQ(std::get<PartlyActivated>(s.last[1]), (PartlyActivated{kPort, "80 of 100 Mbit/s"}));
  partial("p", 1, kPort);
  EXPECT_TRUE(s.last.empty()) << "a duplicate";
  partial("p-again", 1, kPort);
  EXPECT_EQ(disposition(), Disposition::repeated);
  completed("c", 1);
  EXPECT_EQ(disposition(), Disposition::contradictory) << "completed after it had ended";
  EXPECT_EQ(s.state.status, Status::partial);
}

TEST_F(Partly, complete_asks_for_the_rest_with_a_new_key_and_keeps_what_it_was_given) {
  policy(PartialActivation::complete);
  s.accepted();
  partial("p", 1, kPort);
  const auto& retry = std::get<RetryScheduled>(s.last.at(1));
  EXPECT_EQ(retry.fault, (Fault{FaultClass::transient, std::string(kPartialActivation), "80 of 100 Mbit/s"}));
  EXPECT_EQ(retry.delay, 1min);
  EXPECT_EQ(explain(s.state).because.find("attempt 1 activated a part of it"), 0u);
  s.timer(kRetryTimer);
  EXPECT_EQ(s.effect(EffectKind::submit)->key, attempt_key(s.state.spec.id, 2));
  s.accepted();
  completed("c", 2, kVlan);
  EXPECT_EQ(s.state.status, Status::completed);
  EXPECT_EQ(s.state.outputs, (Values{{"portId", {"\"P1\""}}, {"vlan", {"7"}}}));
}

TEST_F(Partly, a_partial_activation_told_twice_asks_once) {
  policy(PartialActivation::complete);
  s.accepted();
  partial("p", 1);
  partial("p", 1);
  EXPECT_TRUE(s.last.empty());
  partial("p-again", 1);
  EXPECT_EQ(s.last.size(), 1u);
  EXPECT_EQ(disposition(), Disposition::late);
  s.timer(kRetryTimer).accepted();
  partial("p-much-later", 1);
  EXPECT_EQ(disposition(), Disposition::stale_attempt);
  EXPECT_EQ(s.state.attempt, 2u);
}

TEST_F(Partly, completed_after_all_needs_no_other_attempt) {
  policy(PartialActivation::complete);
  s.accepted();
  partial("p", 1, kPort);
  completed("c", 1, {{"portId", {"\"P2\""}}});
  EXPECT_EQ(s.state.status, Status::completed);
  EXPECT_EQ(s.state.outputs, (Values{{"portId", {"\"P2\""}}})) << "the later word counts";
  EXPECT_TRUE(s.state.timers.empty());
}

TEST_F(Partly, when_the_attempts_are_used_up_it_is_kept) {
  policy(PartialActivation::complete);
  for (const std::uint32_t attempt : {1u, 2u}) {
    s.accepted();
    partial("p" + std::to_string(attempt), attempt, attempt == 1 ? kPort : kVlan);
    s.timer(kRetryTimer);
  }
  s.accepted();
  partial("p3", 3);
  EXPECT_EQ(s.state.status, Status::partial);
  EXPECT_EQ(s.state.outputs, (Values{{"portId", {"\"P1\""}}, {"vlan", {"7"}}}));
  EXPECT_EQ(s.state.note, "80 of 100 Mbit/s");
}

/// "Nothing is left behind" is said of the second attempt; what the first left is there nevertheless.
TEST_F(Partly, no_later_end_forgets_the_part_that_is_there) {
  policy(PartialActivation::complete);
  s.accepted();
  partial("p", 1, kPort);
  const Scenario waiting = s;

  s.timer(kRetryTimer).accepted().report(ReportKind::failed, "f", 2, {FaultClass::permanent, "NO_PORT", "none left"});
  EXPECT_EQ(s.state.status, Status::partial);
  EXPECT_EQ(s.state.note, "NO_PORT: none left");
  EXPECT_EQ(s.state.outputs, kPort);

  s = waiting;
  s.when(Cancel{"changed my mind"});
  EXPECT_EQ(s.state.status, Status::partial) << "cancelled while it waited for its retry";

  s = waiting;
  s.when(Intervene{{"i1", Remedy::compensate, "anna", "no use", {}, {}, false}, {}});
  EXPECT_EQ(s.state.status, Status::partial);
  EXPECT_EQ(s.state.then, Then::compensate) << "the order is undone, whatever its policy";

  s = waiting;
  s.when(Intervene{{"i1", Remedy::skip, "anna", "no use", {}, {}, true}, {}});
  EXPECT_TRUE(s.rejection) << "nothing would undo what is there";
}

TEST_F(Partly, a_cancellation_does_not_wait_for_the_rest) {
  policy(PartialActivation::complete);
  s.accepted().when(Cancel{"changed my mind"});
  partial("p", 1, kPort);
  EXPECT_EQ(s.state.status, Status::partial);
}

}  // namespace
}  // namespace service_order

namespace product_order {
namespace {

/// access, then ip and cpe (optional); access or ip is activated in part.
struct PartlyUndone : testing::Test {
  CatalogSet catalogs;
  State state;
  Decision last;

  void start(FailurePolicy order, PointOfNoReturn ponr = PointOfNoReturn::none) {
    catalogs.versions = {catalog_with(PartialActivation::undo, order, ponr)};
    when(Submit{order_of(), "digest", ""});
  }
  static Order order_of() { return fiber::order({item("1")}); }
  void when(const Command& command) {
    last = {};
    auto decided = decide(kOrder, state, command, Context{kNow, &catalogs, {}});
    ASSERT_TRUE(decided) << decided.error().message;
    last = *decided;
    for (const Event& event : last.events) evolve(state, event);
  }
  void settles(const ServiceOrderId& id, Settlement outcome, Values outputs = {}) {
    when(NoteSettled{id, outcome, {}, std::move(outputs), {}, Then::fail});
  }
  void written() {
    const auto writes = state.writes;
    for (const auto& [product, write] : writes) when(SettleWrite{product, product::Status::active});
  }
  void by_hand(Remedy remedy, const ServiceOrderId& id = {}) {
    when(Intervene{id, {"", remedy, "anna", "because", {}, {}, false}, {}});
  }
  Progress progress(const ServiceOrderId& id) const { return state.nodes.at(state.index.at(id)).progress; }
  static ServiceOrderId undo(std::string_view key) { return so(key, "1", true); }
};

TEST_F(PartlyUndone, it_alone_is_undone_and_the_others_go_on) {
  start(FailurePolicy::keep_partial);
  settles(so("access"), Settlement::completed, kPort);
  settles(so("ip"), Settlement::partial, kVlan);
  ASSERT_EQ(last.opened.size(), 1u);
  EXPECT_EQ(last.opened[0].first, undo("ip"));
  EXPECT_EQ(state.nodes.at(state.index.at(undo("ip"))).spec.action, Action::remove);
  EXPECT_EQ(progress(so("cpe")), Progress::running) << "not disturbed";
  settles(so("ip"), Settlement::partial, kVlan);
  EXPECT_TRUE(last.events.empty()) << "told twice, undone once";

  settles(undo("ip"), Settlement::completed);
  settles(so("cpe"), Settlement::completed);
  EXPECT_EQ(state.writes.begin()->second.outcome, product::Outcome::partial);
  written();
  EXPECT_EQ(state.status, OrderStatus::partial) << state.reason;
}

TEST_F(PartlyUndone, nothing_else_was_done_so_the_order_failed) {
  start(FailurePolicy::keep_partial);
  settles(so("access"), Settlement::partial, kPort);
  EXPECT_EQ(progress(so("ip")), Progress::cancelled) << "it depends on what did not complete";
  settles(undo("access"), Settlement::completed);
  written();
  EXPECT_EQ(state.status, OrderStatus::failed);
}

TEST_F(PartlyUndone, an_optional_service_is_left_out) {
  start(FailurePolicy::rollback);
  settles(so("access"), Settlement::completed, kPort);
  settles(so("cpe"), Settlement::partial);
  EXPECT_FALSE(state.unwinding);
  settles(undo("cpe"), Settlement::completed);
  settles(so("ip"), Settlement::completed);
  written();
  EXPECT_EQ(state.status, OrderStatus::completed);
}

TEST_F(PartlyUndone, a_rollback_undoes_it_with_the_rest) {
  start(FailurePolicy::rollback);
  settles(so("access"), Settlement::completed, kPort);
  settles(so("ip"), Settlement::partial);
  EXPECT_TRUE(state.unwinding);
  settles(so("cpe"), Settlement::cancelled);
  ASSERT_TRUE(state.compensation_planned);
  EXPECT_EQ(state.nodes.at(state.index.at(undo("access"))).spec.depends_on, std::vector<ServiceOrderId>{undo("ip")});
}

TEST_F(PartlyUndone, a_held_order_waits_for_a_person_and_is_undone_once) {
  start(FailurePolicy::hold);
  settles(so("access"), Settlement::completed, kPort);
  settles(so("ip"), Settlement::partial);
  EXPECT_TRUE(state.on_hold);
  EXPECT_EQ(progress(undo("ip")), Progress::running);
  EXPECT_FALSE(can_reopen(state, state.nodes.at(state.index.at(so("ip"))))) << "it is being undone";
  by_hand(Remedy::compensate);
  for (const Tell& tell : agenda(state).tells) EXPECT_FALSE(tell.to.value == undo("ip").value && tell.name == "cancel");
  settles(so("cpe"), Settlement::cancelled);
  EXPECT_FALSE(state.compensation_planned) << "what is being undone is awaited";
  settles(undo("ip"), Settlement::completed);
  ASSERT_TRUE(state.compensation_planned);
  ASSERT_EQ(last.opened.size(), 1u) << "access; ip is undone already";
  settles(undo("access"), Settlement::completed);
  written();
  EXPECT_EQ(state.status, OrderStatus::failed);
}

TEST_F(PartlyUndone, what_cannot_be_undone_goes_to_a_person_with_its_name) {
  start(FailurePolicy::keep_partial, PointOfNoReturn::hard);
  settles(so("access"), Settlement::partial, kPort);
  EXPECT_EQ(state.status, OrderStatus::held);
  EXPECT_EQ(state.reason, "could not be undone: " + so("access").value + " (it is past its point of no return)");
  by_hand(Remedy::accept);
  written();
  EXPECT_EQ(state.status, OrderStatus::partial);
  EXPECT_NE(state.reason.find("not undone: " + so("access").value), std::string::npos) << state.reason;
}

TEST_F(PartlyUndone, a_failed_undoing_goes_to_a_person_who_can_have_it_tried_again) {
  start(FailurePolicy::keep_partial);
  settles(so("access"), Settlement::partial, kPort);
  when(NoteSettled{undo("access"), Settlement::failed, {}, {}, {FaultClass::permanent, "STUCK", ""}, Then::compensate});
  EXPECT_FALSE(state.unwinding) << "what undoes has no say in what becomes of the rest";
  EXPECT_EQ(state.status, OrderStatus::held);
  EXPECT_EQ(state.reason, "could not be undone: " + so("access").value + " (its compensation failed: STUCK)");
  by_hand(Remedy::retry, undo("access"));
  EXPECT_FALSE(state.on_hold);
  when(NoteSettled{undo("access"), Settlement::completed, {}, {}, {}, Then::fail, 1});
  written();
  EXPECT_EQ(state.status, OrderStatus::failed);
  EXPECT_EQ(state.reason.find("not undone"), std::string::npos);
}

TEST_F(PartlyUndone, a_cancelled_order_does_not_undo_it_again) {
  start(FailurePolicy::keep_partial);
  settles(so("access"), Settlement::completed, kPort);
  settles(so("ip"), Settlement::partial);
  settles(undo("ip"), Settlement::completed);
  when(product_order::Cancel{"changed my mind", "client"});
  settles(so("cpe"), Settlement::cancelled);
  ASSERT_EQ(last.opened.size(), 1u);
  EXPECT_EQ(last.opened[0].first, undo("access"));
  settles(undo("access"), Settlement::completed);
  written();
  EXPECT_EQ(state.status, OrderStatus::cancelled);
}

}  // namespace
}  // namespace product_order

TEST(PartialActivation, complete_needs_a_rule_that_says_how_often) {
  auto found = catalog_with(PartialActivation::complete);
  EXPECT_TRUE(validate(*found).empty());
  auto& spec = found->specifications.begin()->second;
  spec.retry.erase(spec.retry.begin());
  EXPECT_TRUE(validate(*found).empty()) << "the rule for every transient failure matches it";
  spec.retry.insert(spec.retry.begin(), {"PARTIAL*", {}, 1, 1s, 2.0, 1min, 0.1, Then::fail});
  const auto errors = validate(*found);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].where, "specifications[access@1].partialActivation");
}

}  // namespace comd
