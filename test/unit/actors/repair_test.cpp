#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

/// A bulk repair with the real actors: two orders whose access was refused for good, and a person who has them tried again.
class Repairs : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
    submit_order();
    answer(0, outcome(service_order::Outcome::Kind::ok));
    service_order::Report failed;
    failed.id = "f";
    failed.kind = service_order::ReportKind::failed;
    failed.fault = {FaultClass::permanent, "NO_PERSON", "who?"};
    execute(member_, service_order::Command{service_order::TakeReport{failed}});
    ASSERT_EQ(service_order_state("access").status, service_order::Status::held);
  }
  repair::State job() const {
    auto folded = fold<repair::State>(log_->inner->read_stream(job_), job_);
    EXPECT_TRUE(folded.has_value());
    return folded->state;
  }
  Reply begin(Version version) {
    repair::Plan plan;
    plan.tenant = {"t"};
    plan.what = {job_.value, Remedy::retry, "anna", "they are back", {}, {}, false};
    plan.canary = 1;
    return execute(job_, repair::Command{repair::Start{plan, {{member_.value, version}}}});
  }
  const StreamId member_ = stream_of(fiber::so("access"));
  const StreamId job_{"rj-1"};
};

TEST_F(Repairs, TriesAMemberAndSeesThatItMoved) {
  const Reply reply = begin(log_->head(member_));
  ASSERT_FALSE(reply.rejection) << reply.rejection->message;
  EXPECT_EQ(job().totals.tried, 1u);
  EXPECT_EQ(service_order_state("access").attempt, 2u);
  answer(1, outcome(service_order::Outcome::Kind::ok));
  report("access", service_order::ReportKind::in_progress);
  advance(Millis{5'000});
  EXPECT_EQ(job().totals.moved, 1u) << job().members.at(0).detail;
  EXPECT_EQ(job().status, repair::Status::finished);
}

TEST_F(Repairs, SurvivesACrashBetweenTheTryAndItsAnswer) {
  const auto reply =
      send(job_, repair::Command{repair::Start{[&] {
                                                 repair::Plan plan;
                                                 plan.tenant = {"t"};
                                                 plan.what = {job_.value, Remedy::retry, "anna", "they are back", {}, {}, false};
                                                 return plan;
                                               }(),
                                               {{member_.value, log_->head(member_)}}}});
  while (service_order_state("access").attempt < 2 && scheduler_->has_job()) step();
  crash();
  start();
  run();
  EXPECT_EQ(job().totals.tried, 1u);
  EXPECT_EQ(service_order_state("access").attempt, 2u) << "the same remedy twice is taken once";
}

TEST_F(Repairs, LeavesAloneWhatHasMovedSinceTheSetWasFrozen) {
  begin(Version{1});
  EXPECT_EQ(job().totals.skipped, 1u);
  EXPECT_EQ(job().status, repair::Status::finished);
  EXPECT_EQ(service_order_state("access").attempt, 1u);
}

}  // namespace
}  // namespace comd
