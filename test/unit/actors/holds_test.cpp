#include "storage/holds.h"

#include "storage/rebuild.h"
#include "test/unit/actors/fixture.h"

/// What is held as a whole: a target, a specification, a tenant.
namespace comd {
namespace {

using namespace std::chrono_literals;
using hold::Kind;
using hold::Scope;
using hold::Timers;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Hold : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
  }
  void restart() {
    crash();
    start();
  }
  Reply hold(Scope scope, Timers timers = Timers::keep, bool refuse_new = false) {
    return execute(kStream, hold::Command{hold::Place{std::move(scope), timers, refuse_new, "ann", "maintenance"}});
  }
  Reply lift(Scope scope) { return execute(kStream, hold::Command{hold::Lift{std::move(scope), "ann", "it is back"}}); }
  std::vector<std::string> called() const {
    std::vector<std::string> out;
    for (const auto& made : partner_->calls)
      out.push_back(std::string(to_text(made.call.effect.kind)) + " " + made.call.request.service_order.value);
    return out;
  }
  static std::string submit_of(std::string_view key) { return "submit " + fiber::so(key).value; }
  static Values port() { return {{"portId", Value{"\"P-1\""}}}; }
  void pass(Millis time, Millis step = 60s) {
    for (; time > Millis{0}; time -= step) advance(step);
  }
  double held_back(const std::string& lane) const {
    for (const auto& figures : *engine_->shared().lanes.load())
      if (figures.name == lane) return static_cast<double>(figures.held_back);
    return 0;
  }
  Reply submit_other(const std::string& id, const std::string& tenant) {
    Order other = fiber::order({fiber::item("1")});
    other.external_id = id;
    other.tenant = {tenant};
    return execute(StreamId{"po-" + id}, submit(other, id));
  }
  void expect_rows_as_rebuilt() const { EXPECT_THAT(differences(log_->derived(), rebuild(*log_), 10), IsEmpty()); }

  static const inline StreamId kStream{std::string(kHoldsStream)};
  static const inline Scope kAccess{Kind::target, "access-system"}, kIp{Kind::target, "ip-system"};
  static const inline Scope kTenant{Kind::tenant, "t"}, kAccessSpec{Kind::specification, "access@1"};
};

TEST_F(Hold, OfATargetSendsNothingThereAndTheOthersGoOn) {
  hold(kIp);
  submit_order();
  answer(0, ok());
  report("access", service_order::ReportKind::completed, port());
  EXPECT_THAT(called(), UnorderedElementsAre(submit_of("access"), submit_of("cpe")));
  pass(10min);
  EXPECT_EQ(std::ranges::count(called(), submit_of("ip")), 0);
  EXPECT_EQ(service_order_state("ip").status, service_order::Status::queued);
  EXPECT_EQ(held_back("ip-system"), 1);
  EXPECT_EQ(log_->counters()["holds{kind=\"target\"}"], 1);
  expect_rows_as_rebuilt();
}

TEST_F(Hold, LiftedLetsWhatWaitedLeaveAtOnce) {
  hold(kAccess);
  submit_order();
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_FALSE(lift(kAccess).rejection);
  EXPECT_THAT(called(), ElementsAre(submit_of("access"))) << "without the clock having moved";
  EXPECT_EQ(holds_of(*log_), hold::State{});
  pass(6s, 1s);
  EXPECT_EQ(held_back("access-system"), 0);
  expect_rows_as_rebuilt();
}

TEST_F(Hold, WhatIsUnderWaySettlesAndReportsAreTaken) {
  submit_order();
  ASSERT_THAT(called(), ElementsAre(submit_of("access")));
  hold(kAccess);
  answer(0, ok());
  EXPECT_EQ(service_order_state("access").reference, "ref");
  EXPECT_TRUE(report("access", service_order::ReportKind::in_progress).changed);
  EXPECT_TRUE(report("access", service_order::ReportKind::completed, port()).changed);
  EXPECT_EQ(service_order_state("access").status, service_order::Status::completed);
  EXPECT_THAT(called(), UnorderedElementsAre(submit_of("access"), submit_of("ip"), submit_of("cpe")));
}

TEST_F(Hold, OfATargetKeepsQuestionsBackOfASpecificationDoesNot) {
  submit_order();
  answer(0, outcome(service_order::Outcome::Kind::unknown));
  ASSERT_EQ(service_order_state("access").status, service_order::Status::in_doubt);
  hold(kAccess);
  pass(10s, 1s);
  EXPECT_EQ(called().size(), 1u);
  hold(kAccessSpec);
  lift(kAccess);
  EXPECT_EQ(called().back(), "ask " + fiber::so("access").value);
}

/// The send was recorded before the hold was, and the call had not left.
TEST_F(Hold, AlsoStopsACallWhoseSendIsRecordedAlready) {
  auto ordered = send(stream_of(fiber::kOrder), submit());
  while (log_->head(stream_of(fiber::so("access"))) < Version{3} && scheduler_->has_job()) step();  // MarkSent is durable
  ASSERT_EQ(partner_->calls.size(), 0u);
  hold::State state;
  state.in_force[kAccess] = {kAccess, Timers::keep, false, "ann", "now", clock_->now(), clock_->now() + 24h, 0};
  engine_->shared().holds.set(state);
  run();
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_EQ(service_order_state("access").status, service_order::Status::queued) << "the same attempt, as it never left";
  EXPECT_EQ(service_order_state("access").attempt, 1u);
}

TEST_F(Hold, IsKeptOverARestart) {
  hold(kAccess);
  submit_order();
  restart();
  pass(10min);
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_EQ(held_back("access-system"), 1);
  lift(kAccess);
  EXPECT_THAT(called(), ElementsAre(submit_of("access")));
}

TEST_F(Hold, OfATenantBlocksNobodyElse) {
  hold(kTenant);
  submit_order();
  submit_other("mine", "t");
  submit_other("theirs", "t2");
  ASSERT_EQ(partner_->calls.size(), 1u);
  EXPECT_EQ(partner_->calls[0].call.request.tenant.value, "t2");
  advance(2s);  // figures are at most a second old
  EXPECT_EQ(held_back("access-system"), 2);
  lift(kTenant);
  EXPECT_EQ(partner_->calls.size(), 3u);
}

TEST_F(Hold, KeptDeadlinesPass) {
  hold(kAccess);
  submit_order();
  pass(61min);
  EXPECT_EQ(service_order_state("access").failures, 1u) << "not sent before its queue deadline";
  EXPECT_THAT(called(), IsEmpty());
}

TEST_F(Hold, FrozenDeadlinesDoNot) {
  hold(kAccess, Timers::freeze);
  submit_order();
  const auto before = service_order_state("access").timers.at("queue");
  pass(30h, 10min);
  auto access = service_order_state("access");
  EXPECT_EQ(access.status, service_order::Status::queued);
  EXPECT_EQ(access.failures, 0u);
  EXPECT_GT(access.timers.at("queue"), before + 28h);
  EXPECT_LE(access.timers.at("queue"), clock_->now() + 1h) << "lifted, it is never farther off than that";
  EXPECT_LE(commits_by("TimerDue:queue"), 31u);
  EXPECT_EQ(holds_of(*log_).in_force.at(kAccess).reviews, 1u) << "the review of the hold itself does not freeze";
  EXPECT_EQ(log_->counters()["holds_overdue{kind=\"target\"}"], 1);
  expect_rows_as_rebuilt();
  lift(kAccess);
  EXPECT_THAT(called(), ElementsAre(submit_of("access")));
  EXPECT_EQ(order_state().status, OrderStatus::in_progress);
}

TEST_F(Hold, DoesNotSpinWhileItLasts) {
  hold(kTenant, Timers::freeze);
  for (int i = 0; i < 20; ++i) submit_other("E" + std::to_string(i), "t");
  pass(30s, 1s);
  const auto folds = log_->folds;
  const auto tail = log_->tail();
  pass(10min, 1s);
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_LE(log_->folds, folds + 2);
  EXPECT_EQ(gauge("comd_rehints_total"), 0);
}

TEST_F(Hold, RefusesNewOrdersWhereItSaysSo) {
  hold(kIp, Timers::keep, true);
  const Reply refused = submit_order();
  ASSERT_TRUE(refused.rejection);
  EXPECT_EQ(refused.rejection->code, RejectionCode::unavailable);
  EXPECT_THAT(refused.rejection->message, HasSubstr("target ip-system is held by ann since"));
  EXPECT_THAT(refused.rejection->message, HasSubstr(": maintenance"));
  EXPECT_GT(refused.retry_after, Millis{0});
  EXPECT_EQ(log_->head(stream_of(fiber::kOrder)), Version{});
  hold(kIp);  // from now on they wait
  EXPECT_FALSE(submit_order().rejection);
  hold({Kind::specification, "cpe@1"}, Timers::keep, true);
  EXPECT_TRUE(submit_other("E2", "t").rejection);
  EXPECT_FALSE(submit_order().rejection) << "it is there already";
  lift({Kind::specification, "cpe@1"});
  hold(kTenant, Timers::keep, true);
  EXPECT_TRUE(submit_other("E3", "t").rejection);
  EXPECT_FALSE(submit_other("E4", "t2").rejection);
}

TEST_F(Hold, LetsCancellationsOfATenantThrough) {
  submit_order();
  answer(0, ok());
  hold(kTenant);
  execute(stream_of(fiber::kOrder), product_order::Command{product_order::Cancel{"changed their mind"}});
  EXPECT_EQ(called().back(), "cancel " + fiber::so("access").value);
}

}  // namespace
}  // namespace comd
