#include "edge/grpc/doctor.h"

#include <gmock/gmock.h>

#include "domain/views.h"
#include "storage/keys.h"
#include "test/north/north_fixture.h"

namespace comd::north {

void PrintTo(const DoctorFinding& finding, std::ostream* out) { *out << finding.id << ": " << finding.problem; }

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class Doctors : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
  }
  /// Nothing moves by itself: one waits for a person, and one for the end of a call that the system has accepted.
  void two_that_wait() {
    task = service_order_of(submitted(order_json("E-1", 1, "VISIT")));
    const auto line = service_order_of(submitted(order_json("E-2")));
    EXPECT_EQ(report(failed(line, "STUCK_PORT")).code(), 0);
    fallout_id = line;
  }
  std::string order_of_task() {
    const auto row = log->scan(Table::person, "", "", 1).rows.front().second;
    return views::decode_person(row)->order.value;
  }
  /// Changes rows behind the engine's back.
  void change(std::vector<RowChange> rows) {
    const Append append{{}, encode(Commit{}), std::move(rows), {}};
    ASSERT_TRUE(log->append(std::span(&append, 1)).front());
  }
  DueTimer timer_of(const std::string& stream) {
    for (const auto& timer : log->timers_due(Instant::max(), 1'000))
      if (timer.stream.value == stream) return timer;
    ADD_FAILURE() << "no timer of " << stream;
    return {};
  }
  std::vector<DoctorFinding> findings(DoctorLimits limits = {}) {
    Doctor doctor(*log, limits);
    std::vector<DoctorFinding> out;
    while (doctor.step())
      for (auto& finding : doctor.take_findings()) out.push_back(std::move(finding));
    for (auto& finding : doctor.take_findings()) out.push_back(std::move(finding));
    figures = doctor.figures();
    return out;
  }

  std::string task, fallout_id;
  DoctorFigures figures;
};

TEST_F(Doctors, FindsNothingWhereAllIsWell) {
  EXPECT_THAT(findings(), IsEmpty());
  two_that_wait();
  EXPECT_EQ(report(completed(service_order_of(submitted(order_json("E-3"))), "r-3")).code(), 0);
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_GE(figures.orders, 2u);
  EXPECT_GE(figures.service_orders, 2u);
  EXPECT_EQ(figures.unchecked, 0u);
  EXPECT_TRUE(scan_wakeups(*log).complete);
  EXPECT_THAT(scan_wakeups(*log).without_wakeup, IsEmpty());
}

TEST_F(Doctors, FindsAWakeupThatIsGone) {
  two_that_wait();
  const auto timer = timer_of(task);
  change({{keys::timer(timer.due, timer.stream, timer.name), std::nullopt}});
  EXPECT_THAT(findings(), ElementsAre(AllOf(Field(&DoctorFinding::id, task),
                                            Field(&DoctorFinding::problem, HasSubstr("Expected a timer task at")),
                                            Field(&DoctorFinding::problem, HasSubstr("but it has none")))));
}

TEST_F(Doctors, FindsAWakeupThatIsAnother) {
  two_that_wait();
  const auto timer = timer_of(fallout_id);
  change({{keys::timer(timer.due, timer.stream, timer.name), std::nullopt},
          {keys::timer(timer.due + Millis{1}, timer.stream, timer.name), "later"}});
  EXPECT_THAT(findings(), ElementsAre(AllOf(Field(&DoctorFinding::id, fallout_id),
                                            Field(&DoctorFinding::problem, HasSubstr("but its timer is another")))));
}

TEST_F(Doctors, TheScanFindsAnOrderWithoutAnyTimer) {
  two_that_wait();
  const auto id = order_of_task();
  const auto timer = timer_of(id);
  change({{keys::timer(timer.due, timer.stream, timer.name), std::nullopt}});
  EXPECT_THAT(scan_wakeups(*log).without_wakeup, ElementsAre(OrderId{id}));
  EXPECT_EQ(findings().size(), 1u);
  EXPECT_EQ(findings().front().id, id);
}

TEST_F(Doctors, FindsAnEffectThatNobodyWants) {
  two_that_wait();
  Effect effect;
  effect.key = "nobody's";
  effect.kind = EffectKind::submit;
  effect.lane = "network";
  change({{keys::effect(StreamId{task}, effect.key), keys::effect_value(effect)}});
  EXPECT_THAT(findings(), ElementsAre(Field(&DoctorFinding::problem, "Expected 0 effects in the outbox, but there are 1")));
}

TEST_F(Doctors, MoreTimersThanAreKeptProveNothing) {
  two_that_wait();
  DoctorLimits limits;
  limits.timers = 1;
  EXPECT_THAT(findings(limits), IsEmpty());
  EXPECT_GT(figures.unchecked, 0u);
  EXPECT_FALSE(scan_wakeups(*log, limits).complete);
}

TEST_F(Doctors, StepsAreBoundedAndTellAllTheSame) {
  two_that_wait();
  for (int i = 0; i < 5; ++i) submitted(order_json("more-" + std::to_string(i), 1, "VISIT"));
  DoctorLimits limits;
  limits.orders_per_step = 2;
  EXPECT_THAT(findings(limits), IsEmpty());
  EXPECT_EQ(figures.orders, 7u);
}

TEST_F(Doctors, TellsOverGrpcHowFarItIs) {
  two_that_wait();
  Call call;
  auto stream = system->Doctor(&call, {});
  api::DoctorResponse message;
  int messages = 0;
  while (stream->Read(&message)) ++messages;
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_GT(messages, 1);
  EXPECT_TRUE(message.done());
  EXPECT_EQ(message.figures().orders(), 2u);
  EXPECT_EQ(message.figures().findings(), 0u);
}

}  // namespace
}  // namespace comd::north
