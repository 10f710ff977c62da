#include "domain/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/views.h"
#include "test/support/fiber.h"

namespace comd::quarantine {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

const StreamId kStream = stream_of(fiber::so("access"));
const Instant kNow = fiber::kNow;

Finding unreadable(std::uint64_t version) { return {Cause::unreadable, Version{version}, "Expected an event, but bytes"}; }
Entered entered() { return {kStream, {"t"}, unreadable(3), kNow, kNow + 24h}; }

/// given(events).when(command): what is decided.
struct Given {
  State state;
  Context context{kNow, Version{5}, {}, {}, {}, {}};
  explicit Given(std::vector<Event> events) {
    for (const Event& event : events) evolve(state, event);
  }
  Given& stands(Finding finding) { return context.stands = std::move(finding), *this; }
  Given& would(Finding finding) { return context.would = std::move(finding), *this; }
  Given& at(Instant now) { return context.now = now, *this; }
  auto when(const Command& command) const { return decide(kStream, state, command, context); }
};

TEST(Quarantine, IsEnteredOnceAndWaitsForAPerson) {
  EXPECT_EQ(Given({}).when(Enter{{"t"}, unreadable(3)}).value(), std::vector<Event>{entered()});
  const Given given({entered()});
  EXPECT_TRUE(given.when(Enter{{"t"}, unreadable(4)})->empty());
  const Agenda asked = agenda(given.state);
  ASSERT_EQ(asked.wakeups.size(), 1u);
  EXPECT_EQ(asked.wakeups[0].due, kNow + 24h);
  EXPECT_THAT(asked.wakeups[0].reason, HasSubstr("person"));
  EXPECT_EQ(asked.tells, (std::vector<Tell>{{stream_of(fiber::kOrder), "quarantined#1"}}));
  EXPECT_EQ(asked.counters, std::vector<std::string>{"quarantined_streams{tenant=\"t\"}"});
}

TEST(Quarantine, ItsReviewDeadlineComesAgainIfNobodyDoesAnything) {
  Given given({entered()});
  EXPECT_TRUE(given.when(TimerDue{"review"})->empty());
  EXPECT_EQ(given.at(kNow + 25h).when(TimerDue{"review"}).value(), (std::vector<Event>{Reviewed{1, kNow + 49h}}));
}

TEST(Quarantine, IsReleasedOnlyIfTheStreamFoldsNow) {
  Given given({entered()});
  const auto refused = given.stands(unreadable(3)).when(Release{"ann", "new build"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, RejectionCode::precondition);
  EXPECT_THAT(refused.error().message, HasSubstr("but bytes"));
  EXPECT_EQ(Given({entered()}).when(Release{"ann", "new build"}).value(),
            (std::vector<Event>{Released{Exit::upcast, "ann", "new build", kNow, {}}}));
}

TEST(Quarantine, EveryWayOutNeedsAReason) {
  const Given given({entered()});
  for (const Command& command :
       {Command{Release{"ann", ""}}, Command{Skip{Version{3}, "ann", ""}}, Command{Correct{"ann", ""}}}) {
    const auto refused = given.when(command);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where, "reason");
  }
}

TEST(Quarantine, TheMarkerOfASkippedEventStaysBehind) {
  Given given({entered()});
  const auto decided = given.stands(unreadable(3)).when(Skip{Version{3}, "ann", "noise"}).value();
  EXPECT_EQ(decided,
            (std::vector<Event>{Skipped{Version{3}, "ann", "noise", kNow}, Released{Exit::skip, "ann", "noise", kNow, {}}}));
  for (const Event& event : decided) evolve(given.state, event);
  EXPECT_FALSE(given.state.open);
  EXPECT_EQ(given.state.skipped, std::set<Version>{Version{3}});
  EXPECT_TRUE(given.when(Skip{Version{3}, "ann", "noise"})->empty()) << "sent twice";
  const auto rows = agenda(given.state).rows;
  ASSERT_EQ(rows.size(), 1u) << "nobody has to do anything about it any more";
  EXPECT_EQ(views::skipped_events(rows[0].value), std::set<Version>{Version{3}});
}

TEST(Quarantine, ASkipThatDoesNotHelpIsRefused) {
  Given given({entered()});
  EXPECT_FALSE(given.stands(unreadable(3)).would(unreadable(3)).when(Skip{Version{2}, "ann", "wrong one"}));
  EXPECT_FALSE(given.when(Skip{Version{9}, "ann", "not there"}));
  EXPECT_FALSE(given.when(Skip{Version{0}, "ann", "not there"}));
}

TEST(Quarantine, WhatIsFoundBehindASkippedEventIsTheNextThingToResolve) {
  Given given({entered()});
  const auto decided = given.stands(unreadable(3)).would(unreadable(4)).when(Skip{Version{3}, "ann", "noise"}).value();
  ASSERT_EQ(decided.size(), 2u);
  for (const Event& event : decided) evolve(given.state, event);
  EXPECT_TRUE(given.state.open);
  EXPECT_EQ(given.state.finding, unreadable(4));
}

TEST(Quarantine, TheProductOrderIsToldOfBothEnds) {
  Given given({entered()});
  const auto held = note_of(given.state, agenda(given.state).tells[0]);
  EXPECT_TRUE(std::get<product_order::NoteHeld>(held).held);
  EXPECT_THAT(std::get<product_order::NoteHeld>(held).reason, HasSubstr("QUARANTINED"));
  evolve(given.state, Released{Exit::upcast, "ann", "new build", kNow, {}});
  const Agenda after = agenda(given.state);
  EXPECT_EQ(after.tells, (std::vector<Tell>{{stream_of(fiber::kOrder), "released#1"}}));
  EXPECT_FALSE(std::get<product_order::NoteHeld>(note_of(given.state, after.tells[0])).held);
  evolve(given.state, Released{Exit::upcast, "ann", "new build", kNow, "CODE: it was held before"});
  EXPECT_TRUE(std::get<product_order::NoteHeld>(note_of(given.state, after.tells[0])).held);
}

TEST(Quarantine, ACorrectionEndsAServiceOrderAsFailed) {
  service_order::State state;
  state.status = service_order::Status::in_progress;
  state.spec.id = fiber::so("access");
  const auto corrected = correction(state, std::nullopt, {"id", "ann", "done by hand", kNow}).value();
  for (const auto& event : corrected) service_order::evolve(state, event);
  EXPECT_EQ(state.status, service_order::Status::failed);
  EXPECT_EQ(state.fault.code, "CORRECTED");
  EXPECT_EQ(broken_invariant(state, service_order::agenda(state)), "");
}

TEST(Quarantine, AServiceOrderWhoseOpeningIsLostIsWhatItsOrderPlanned) {
  const service_order::State lost;
  EXPECT_FALSE(correction(lost, std::nullopt, {"id", "ann", "why", kNow}));
  service_order::Spec spec;
  spec.id = fiber::so("access");
  service_order::State state;
  const auto corrected = correction(lost, spec, {"id", "ann", "why", kNow}).value();
  for (const auto& event : corrected) service_order::evolve(state, event);
  EXPECT_EQ(state.spec, spec);
  EXPECT_EQ(state.status, service_order::Status::failed);
}

TEST(Quarantine, ACorrectedOrderSetsItsProductsFree) {
  product_order::State state;
  state.id = fiber::kOrder;
  state.status = OrderStatus::in_progress;
  state.claims[ProductId{"pr-1"}] = {"1", true, true, {}, {}};
  const auto corrected = correction(state, {"id", "ann", "why", kNow}).value();
  for (const auto& event : corrected) product_order::evolve(state, event);
  EXPECT_EQ(state.status, OrderStatus::failed);
  ASSERT_TRUE(state.writes.contains(ProductId{"pr-1"}));
  EXPECT_EQ(product_order::agenda(state).effects.size(), 1u);
}

TEST(Invariants, AnUnfinishedServiceOrderWaitsForSomething) {
  service_order::State state;
  EXPECT_THAT(broken_invariant(state, {}), HasSubstr("opening"));
  state.status = service_order::Status::in_progress;
  state.spec.id = fiber::so("access");
  EXPECT_THAT(broken_invariant(state, service_order::agenda(state)), HasSubstr("no deadline"));
  state.timers["silence"] = kNow;
  EXPECT_EQ(broken_invariant(state, service_order::agenda(state)), "");
}

}  // namespace
}  // namespace comd::quarantine
