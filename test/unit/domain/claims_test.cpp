#include <gtest/gtest.h>

#include "domain/check.h"
#include "domain/quarantine.h"
#include "domain/views.h"
#include "test/unit/domain/order_scenario.h"

/// Orders that change the same product at the same time: refused, or one after the other.
namespace comd {
namespace {

using product::ClaimDropped;
using product::Claimed;
using product::ClaimQueued;
using product::Outcome;
using product::Status;
using product::Written;

const ProductId kFirst{"pr-a"}, kSecond{"pr-b"};

product::Snapshot fiber_product(const ProductId& id) {
  product::Snapshot out;
  out.id = id;
  out.tenant = {"t"};
  out.status = Status::active;
  out.offering = {"fiber", {}, {}};
  out.characteristics = {{"bandwidth", {"100"}}};
  const Values port{{"portId", {"\"P1\""}}}, used{{"port", {"\"P1\""}}};
  const ServiceId access{id.value + "-access"}, ip{id.value + "-ip"};
  using product::ServiceState;
  out.services = {{access, "access", 0, "access@1", "access-system", ServiceState::active, {{"speed", {"100"}}}, port, {}},
                  {ip, "ip", 0, "ip@1", "ip-system", ServiceState::active, used, {}, {access}}};
  return out;
}

// ── the product ─────────────────────────────────────────────────────────────────────────────────────────────────────

class Line : public ::testing::Test {
 protected:
  Line() { s.product = fiber_product(kFirst); }

  std::vector<product::Event> when(const product::Command& command) {
    auto decided = product::decide(s, command, {fiber::kNow, 0, false});
    EXPECT_TRUE(decided) << decided.error().message;
    if (!decided) return {};
    for (const auto& event : *decided) product::evolve(s, event);
    return *std::move(decided);
  }
  std::string refusal(const product::Command& command) {
    const auto decided = product::decide(s, command, {fiber::kNow, 0, false});
    return decided ? "" : decided.error().message;
  }
  static product::Command claim(const char* order, Action action = Action::modify) {
    return product::Claim{{order}, "1", action, true};
  }
  product::Command write(const char* order, Action action = Action::modify, Outcome outcome = Outcome::completed) {
    return product::Write{{order}, "1", action, outcome, s.product};
  }

  product::State s;
};

TEST_F(Line, FirstComeFirstServedAndTheNextHasItInTheAppendThatFreesIt) {
  EXPECT_EQ(when(claim("po-1")), (std::vector<product::Event>{Claimed{{"po-1"}, "1", Action::modify, Status::active}}));
  EXPECT_EQ(when(claim("po-2")), (std::vector<product::Event>{ClaimQueued{{"po-2"}, "1", Action::modify}}));
  when(claim("po-3"));
  EXPECT_EQ(product::place_in_line(s, {"po-1"}), 0u);
  EXPECT_EQ(product::place_in_line(s, {"po-2"}), 1u);
  EXPECT_EQ(product::place_in_line(s, {"po-3"}), 2u);
  const auto written = when(write("po-1"));
  ASSERT_EQ(written.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<Written>(written[0]));
  EXPECT_EQ(written[1], product::Event(Claimed{{"po-2"}, "1", Action::modify, Status::active}));
  EXPECT_EQ(s.product.claimed_by, OrderId{"po-2"});
  EXPECT_EQ(product::place_in_line(s, {"po-3"}), 1u);
  when(write("po-2"));
  when(write("po-3"));
  EXPECT_TRUE(s.product.claimed_by.empty());
  EXPECT_TRUE(s.queue.empty());
}

TEST_F(Line, RepeatsAddNothing) {
  when(claim("po-1"));
  when(claim("po-2"));
  EXPECT_TRUE(when(claim("po-1")).empty()) << "has it";
  EXPECT_TRUE(when(claim("po-2")).empty()) << "is in line";
  const auto first = write("po-1");
  when(first);
  EXPECT_TRUE(when(first).empty()) << "has written it";
  EXPECT_TRUE(when(claim("po-1")).empty());
  EXPECT_EQ(s.product.claimed_by, OrderId{"po-2"});
}

TEST_F(Line, WhoDoesNotQueueIsRefused) {
  when(claim("po-1"));
  EXPECT_NE(refusal(product::Claim{{"po-2"}, "1", Action::modify}).find("po-1"), std::string::npos);
}

TEST_F(Line, WhatIsNotPossibleAnyMoreLeavesTheLineAndIsRefusedWhenItAsksAgain) {
  when(claim("po-1", Action::remove));
  when(claim("po-2"));
  when(claim("po-3", Action::remove));
  const auto gone = when(write("po-1", Action::remove));
  EXPECT_EQ(s.product.status, Status::terminated);
  ASSERT_EQ(gone.size(), 3u);
  EXPECT_EQ(std::get<ClaimDropped>(gone[1]).order, OrderId{"po-2"});
  EXPECT_EQ(std::get<ClaimDropped>(gone[2]).order, OrderId{"po-3"});
  EXPECT_TRUE(s.queue.empty());
  EXPECT_EQ(refusal(claim("po-2")), "Expected a product that can be modified, but it is terminated");
  EXPECT_EQ(refusal(claim("po-3", Action::remove)), "Expected a product that can be deleted, but it is terminated");
}

TEST_F(Line, ADeletionInPartLetsOnlyAnotherDeletionThrough) {
  when(claim("po-1", Action::remove));
  when(claim("po-2"));
  when(claim("po-3", Action::remove));
  when(write("po-1", Action::remove, Outcome::partial));
  EXPECT_EQ(s.product.claimed_by, OrderId{"po-3"});
  EXPECT_NE(refusal(claim("po-2")).find("pendingTerminate"), std::string::npos) << "and does not go to the end of the line";
}

TEST_F(Line, ADeletionThatFailedLetsTheNextChangeIt) {
  when(claim("po-1", Action::remove));
  when(claim("po-2"));
  when(write("po-1", Action::remove, Outcome::failed));
  EXPECT_EQ(s.product.claimed_by, OrderId{"po-2"});
  EXPECT_EQ(s.product.status, Status::active);
}

TEST_F(Line, WhoWithdrawsLeavesTheLine) {
  when(claim("po-1"));
  when(claim("po-2"));
  when(claim("po-3"));
  EXPECT_EQ(when(product::Withdraw{{"po-2"}}), (std::vector<product::Event>{ClaimDropped{{"po-2"}, "1", "withdrawn"}}));
  EXPECT_TRUE(when(product::Withdraw{{"po-2"}}).empty());
  EXPECT_TRUE(when(product::Withdraw{{"po-1"}}).empty()) << "has it: gives it back by writing";
  EXPECT_TRUE(when(product::Withdraw{{"po-9"}}).empty()) << "never asked";
  when(write("po-1"));
  EXPECT_EQ(s.product.claimed_by, OrderId{"po-3"});
}

// ── the order ───────────────────────────────────────────────────────────────────────────────────────────────────────

using namespace product_order;
using namespace std::chrono_literals;

OrderItem change(std::string id, const ProductId& product, Action action = Action::modify) {
  OrderItem out = fiber::item(std::move(id), action);
  out.product = product;
  if (action == Action::modify) out.characteristics = {{"bandwidth", {"200"}}};
  return out;
}

struct InLine : OrderScenario {
  explicit InLine(Claims policy = Claims::queue) {
    std::const_pointer_cast<Catalog>(catalogs.versions[0])->claims = policy;
    inventory[kFirst] = fiber_product(kFirst);
    inventory[kSecond] = fiber_product(kSecond);
  }
  /// Named against the order of the products' ids.
  InLine& submit_two() {
    submit({change("1", kSecond), change("2", kFirst)});
    EXPECT_FALSE(rejection) << rejection->message;
    return *this;
  }
  InLine& granted(const ProductId& product) {
    product::Snapshot snapshot = fiber_product(product);
    snapshot.claimed_by = fiber::kOrder;
    when(SettleClaim{product, true, snapshot, {}});
    return *this;
  }
  InLine& withdrawn(const ProductId& product) {
    when(SettleClaim{product, false, fiber_product(product), {}});
    return *this;
  }
  std::vector<std::string> effects() const {
    std::vector<std::string> out;
    for (const Effect& effect : agenda(state).effects) out.push_back(effect.key);
    return out;
  }
  Offering& offering() { return std::const_pointer_cast<Catalog>(catalogs.versions[0])->offerings[0]; }
};

using Keys = std::vector<std::string>;

TEST(OrderClaims, AClaimedProductIsWaitedForOnlyWhereTheCatalogueSaysSo) {
  for (const auto policy : {Claims::refuse, Claims::queue}) {
    InLine s(policy);
    s.inventory[kFirst].claimed_by = {"po-other"};
    s.submit({change("1", kFirst)});
    EXPECT_EQ(s.rejection.has_value(), policy == Claims::refuse);
    EXPECT_EQ(s.state.queues, policy == Claims::queue);
  }
}

TEST(OrderClaims, TheOfferingOfTheProductDecidesAndTheStrictest) {
  InLine s(Claims::refuse);
  s.inventory[kFirst].claimed_by = {"po-other"};
  s.offering().claims = Claims::queue;
  EXPECT_FALSE(s.submit({change("1", kFirst), change("2", kSecond)}).rejection);
  EXPECT_TRUE(s.state.queues);
  InLine other(Claims::refuse);
  other.inventory[kFirst].claimed_by = {"po-other"};
  other.offering().claims = Claims::queue;
  other.inventory[kSecond].offering.id = "ethernet";
  EXPECT_TRUE(other.submit({change("1", kFirst), change("2", kSecond)}).rejection);
}

TEST(OrderClaims, OtherChecksStay) {
  InLine s;
  s.inventory[kFirst].claimed_by = {"po-other"};
  s.inventory[kFirst].status = Status::pending_terminate;
  ASSERT_TRUE(s.submit({change("1", kFirst)}).rejection);
  EXPECT_NE(s.rejection->message.find("pendingTerminate"), std::string::npos);
}

TEST(OrderClaims, AreMadeOneAtATimeInTheOrderOfTheProducts) {
  InLine s;
  s.submit_two();
  EXPECT_EQ(s.effects(), (Keys{"claim/pr-a"}));
  const auto claim = product_command_of(s.state, agenda(s.state).effects[0]).second;
  EXPECT_TRUE(std::get<product::Claim>(claim).queue);
  EXPECT_EQ(std::get<product::Claim>(claim).item, "2");
  s.granted(kFirst);
  EXPECT_EQ(s.effects(), (Keys{"claim/pr-b"}));
  EXPECT_FALSE(s.state.decomposed);
  s.granted(kSecond);
  EXPECT_TRUE(s.state.decomposed);
  InLine at_once(Claims::refuse);
  EXPECT_EQ(at_once.submit_two().effects(), (Keys{"claim/pr-a", "claim/pr-b"}));
}

TEST(OrderClaims, WhoWaitsSaysForWhomAndAtWhichPlace) {
  InLine s;
  s.submit_two();
  s.when(NoteInLine{kFirst, {"po-other"}, 2});
  EXPECT_EQ(s.state.reason, "waits for product pr-a, claimed by po-other: place 2 in line");
  EXPECT_EQ(s.state.status, OrderStatus::acknowledged);
  EXPECT_EQ(explain(s.state).waits.at(0).what, "claim on product, place 2 in line behind po-other");
  s.when(NoteInLine{kFirst, {"po-other"}, 2});
  EXPECT_TRUE(s.last.events.empty()) << "nothing new";
  s.when(NoteInLine{kFirst, {"po-another"}, 1});
  EXPECT_EQ(s.state.reason, "waits for product pr-a, claimed by po-another: place 1 in line");
  s.granted(kFirst);
  EXPECT_EQ(s.state.reason, "claiming the products it changes");
  s.when(NoteInLine{kFirst, {"po-another"}, 1});
  EXPECT_TRUE(s.last.events.empty()) << "an answer that was overtaken";
}

TEST(OrderClaims, IsLookedAtMoreAndMoreSeldomWhileItWaits) {
  InLine s;
  s.submit_two();
  std::vector<Millis> pauses;
  for (int i = 0; i < 9; ++i) {
    s.now = s.state.timers.find(kEffectsTimer)->second;
    s.when(TimerDue{std::string(kEffectsTimer)});
    pauses.push_back(s.state.timers.find(kEffectsTimer)->second - s.now);
  }
  EXPECT_EQ(pauses.front(), Millis(1min));
  EXPECT_EQ(pauses[1], Millis(2min));
  EXPECT_EQ(pauses.back(), Millis(1h));
  EXPECT_EQ(s.effects(), (Keys{"claim/pr-a#9"}));
}

TEST(OrderClaims, WhatIsCancelledWhileItWaitsWithdraws) {
  InLine s;
  s.submit_two().granted(kFirst).when(NoteInLine{kSecond, {"po-other"}, 1});
  s.when(Cancel{"changed my mind", "ann"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.effects(), (Keys{"unclaim/pr-b"}));
  const auto [product, command] = product_command_of(s.state, agenda(s.state).effects[0]);
  EXPECT_EQ(product, kSecond);
  EXPECT_EQ(std::get<product::Withdraw>(command).order, fiber::kOrder);
  s.when(NoteInLine{kSecond, {"po-other"}, 2});
  EXPECT_TRUE(s.last.events.empty());
  s.withdrawn(kSecond);
  EXPECT_EQ(s.effects(), (Keys{"write/pr-a"})) << "what it had is set free";
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
  EXPECT_EQ(s.state.reason, "cancelled: changed my mind");
  EXPECT_TRUE(s.effects().empty());
}

TEST(OrderClaims, WhatWasGrantedWhileItWasCancelledIsSetFree) {
  InLine s;
  s.submit({change("1", kFirst)}).when(Cancel{"changed my mind", "ann"});
  s.granted(kFirst);
  EXPECT_FALSE(s.state.decomposed);
  EXPECT_EQ(s.effects(), (Keys{"write/pr-a"}));
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

TEST(OrderClaims, ARefusalWhileInLineEndsTheOrderAndAsksForNothingMore) {
  InLine s;
  s.submit_two().when(NoteInLine{kFirst, {"po-other"}, 1});
  s.when(SettleClaim{kFirst, false, {}, "Expected a product that can be modified, but it is terminated"});
  EXPECT_EQ(s.effects(), (Keys{"unclaim/pr-b"}));
  s.withdrawn(kSecond);
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  EXPECT_EQ(s.state.reason, "pr-a could not be claimed: Expected a product that can be modified, but it is terminated");
}

/// As it would have been refused, had it been submitted then.
TEST(OrderClaims, WhatIsImpossibleOnTheProductAsItWasLeftFailsAndSaysWhy) {
  InLine s;
  s.submit({change("1", kFirst)});
  product::Snapshot left = fiber_product(kFirst);
  left.claimed_by = fiber::kOrder;
  left.characteristics["router"] = {"\"yes\""};
  s.when(SettleClaim{kFirst, true, left, {}}).written();
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  EXPECT_NE(s.state.reason.find("Expected a boolean"), std::string::npos) << s.state.reason;
}

TEST(OrderClaims, IsPlannedOnTheProductAsTheOrderBeforeLeftIt) {
  InLine s;
  s.submit({change("1", kFirst)});
  product::Snapshot left = fiber_product(kFirst);
  left.claimed_by = fiber::kOrder;
  left.services[0].characteristics["speed"] = {"150"};
  s.when(SettleClaim{kFirst, true, left, {}});
  ASSERT_FALSE(s.state.nodes.empty());
  EXPECT_EQ(s.state.nodes[0].spec.previous.at("speed"), Value{"150"});
}

/// A person ends it in quarantine, while a claim is asked for.
TEST(OrderClaims, WhatACorrectionEndsKeepsNoProduct) {
  for (const auto policy : {Claims::refuse, Claims::queue}) {
    InLine s(policy);
    s.submit({change("1", kFirst)});
    const auto events = quarantine::correction(s.state, quarantine::Correction{"id", "ann", "broken", s.now});
    ASSERT_TRUE(events);
    for (const auto& event : *events) evolve(s.state, event);
    ASSERT_EQ(s.state.status, OrderStatus::failed);
    const std::string reason = s.state.reason;
    EXPECT_EQ(s.effects(), (Keys{policy == Claims::queue ? "unclaim/pr-a" : "claim/pr-a"}));
    s.granted(kFirst);
    EXPECT_FALSE(s.state.decomposed);
    EXPECT_EQ(s.effects(), (Keys{"write/pr-a"}));
    s.written();
    EXPECT_TRUE(s.effects().empty());
    EXPECT_EQ(s.state.status, OrderStatus::failed);
    EXPECT_EQ(s.state.reason, reason);
  }
}

TEST(OrderClaims, APostponedOrderTakesItsPlaceWhenItStarts) {
  InLine s;
  Order later = fiber::order({change("1", kFirst)});
  later.requested_start = fiber::kNow + 24h;
  s.when(Submit{later, "digest 1", ""});
  EXPECT_TRUE(s.effects().empty());
  s.now = fiber::kNow + 24h;
  s.when(TimerDue{std::string(kStartTimer)});
  EXPECT_TRUE(s.state.queues);
  EXPECT_EQ(s.effects(), (Keys{"claim/pr-a"}));
}

}  // namespace
}  // namespace comd
