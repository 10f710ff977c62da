#include "domain/catalog_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "test/unit/domain/order_scenario.h"

/// Which new orders take which catalogue version.
namespace comd {
namespace {

using namespace catalog_log;

const TenantId kAcme{"acme"}, kOther{"other"};

/// given(commands).when(command), and the versions as orders find them.
struct Versions {
  State state;
  std::vector<Event> last;
  std::optional<Rejection> rejection;

  Versions& when(const Command& command) {
    rejection.reset();
    last.clear();
    auto events = decide(state, command);
    if (!events) {
      rejection = events.error();
      return *this;
    }
    last = *std::move(events);
    for (const Event& event : last) evolve(state, event);
    return *this;
  }
  Versions& load(const std::string& version) { return when(Load{"test", version, "d" + version, version, {}}); }
  Versions& load(const std::string& version, std::uint32_t percent, std::vector<TenantId> tenants = {}) {
    return when(Load{"test", version, "d" + version, version, RollOut{version, percent, std::move(tenants), "anna", ""}});
  }
  Versions& roll_out(const std::string& version, std::uint32_t percent, std::vector<TenantId> tenants = {}) {
    return when(RollOut{version, percent, std::move(tenants), "anna", "trial"});
  }
  Versions& withdraw(const std::string& version) { return when(Withdraw{version, "anna", "wrong address"}); }

  CatalogSet set() const {
    CatalogSet out;
    for (const auto& [version, digest] : state.digests) {
      auto catalog = fiber::catalog();
      catalog->version = version;
      out.versions.push_back(std::move(catalog));
    }
    out.rollouts = state.rollouts;
    return out;
  }
  std::string taken_by(const TenantId& tenant, int order) const {
    const auto versions = set();
    const Catalog* found = versions.for_order(tenant, OrderId{"po-" + std::to_string(order)});
    return found == nullptr ? "none" : found->version;
  }
  std::vector<int> orders_of(const std::string& version, int of = 10'000) const {
    const auto versions = set();
    std::vector<int> out;
    for (int i = 0; i < of; ++i)
      if (versions.for_order(kOther, OrderId{"po-" + std::to_string(i)})->version == version) out.push_back(i);
    return out;
  }
};

TEST(CatalogRollout, TheNewestTakesAllNewOrdersUnlessSomebodySaysOtherwise) {
  Versions v;
  EXPECT_EQ(v.taken_by(kAcme, 1), "none");
  v.load("1").load("2");
  EXPECT_EQ(v.taken_by(kAcme, 1), "2");
  EXPECT_TRUE(v.load("2").last.empty());
}

TEST(CatalogRollout, AShareIsStableGrowsAndIsAboutWhatItSays) {
  Versions v;
  v.load("1").load("2", 10);
  EXPECT_EQ(v.last.size(), 2U) << "with the version, in one commit";
  const auto ten = v.orders_of("2");
  EXPECT_NEAR(static_cast<double>(ten.size()), 1'000, 100);
  EXPECT_EQ(v.orders_of("2"), ten);
  const auto thirty = v.roll_out("2", 30).orders_of("2");
  EXPECT_NEAR(static_cast<double>(thirty.size()), 3'000, 150);
  EXPECT_TRUE(std::ranges::includes(thirty, ten)) << "an order stays in it while it grows";
  EXPECT_EQ(v.roll_out("2", 100).orders_of("2").size(), 10'000U);
  EXPECT_TRUE(v.roll_out("2", 0).orders_of("2").empty());
  // Not the same orders come first every time.
  v.roll_out("2", 10).load("3", 10);
  EXPECT_NEAR(static_cast<double>(v.orders_of("2").size()), 900, 100);
}

TEST(CatalogRollout, TheSharesOfAnIdAreTheSameForEver) {
  Versions v;
  v.load("1").load("2", 50);
  std::string taken;
  for (int i = 0; i < 20; ++i) taken += v.taken_by(kOther, i);
  EXPECT_EQ(taken, "11121121121211121112");
}

TEST(CatalogRollout, TenantsComeFirst) {
  Versions v;
  v.load("1").load("2", 0, {kAcme, kAcme});
  EXPECT_EQ(std::get<RolledOut>(v.last[1]).tenants, std::vector{kAcme});
  EXPECT_EQ(v.taken_by(kAcme, 1), "2");
  EXPECT_EQ(v.taken_by(kOther, 1), "1");
  v.roll_out("2", 100, {kAcme});
  EXPECT_EQ(v.taken_by(kOther, 1), "2");
  EXPECT_TRUE(v.state.rollouts["2"].tenants.empty()) << "all are named";
  EXPECT_TRUE(v.roll_out("2", 100).last.empty()) << "the same again";
}

TEST(CatalogRollout, ARepeatedLoadKeepsTheRollout) {
  Versions v;
  v.load("1").load("2", 10).load("2").load("2", 50);
  EXPECT_TRUE(v.last.empty());
  EXPECT_EQ(v.state.rollouts["2"].percent, 10U);
}

TEST(CatalogRollout, WhatIsWithdrawnTakesNothingForEver) {
  Versions v;
  v.load("1").load("2").withdraw("2");
  EXPECT_EQ(v.taken_by(kAcme, 1), "1");
  EXPECT_TRUE(v.withdraw("2").last.empty());
  EXPECT_FALSE(v.rejection);
  EXPECT_EQ(v.roll_out("2", 100).rejection->code, RejectionCode::precondition);
  EXPECT_EQ(v.set().withdrawn("2")->where, "catalogVersion");
  EXPECT_FALSE(v.set().withdrawn("1"));
}

TEST(CatalogRollout, SomeVersionTakesEveryOrderAlways) {
  Versions v;
  EXPECT_EQ(v.load("1", 10).rejection->code, RejectionCode::precondition);
  v.load("1");
  EXPECT_EQ(v.roll_out("1", 99).rejection->code, RejectionCode::precondition);
  EXPECT_EQ(v.withdraw("1").rejection->code, RejectionCode::precondition);
  v.load("2", 99);
  EXPECT_EQ(v.withdraw("1").rejection->hint, "Roll another one out first: comctl catalog rollout VERSION --percent 100");
  EXPECT_FALSE(v.roll_out("2", 100).withdraw("1").rejection);
  EXPECT_EQ(v.withdraw("2").rejection->code, RejectionCode::precondition);
}

TEST(CatalogRollout, SaysWhatItDoesNotKnow) {
  Versions v;
  v.load("1").load("2");
  EXPECT_EQ(v.roll_out("3", 10).rejection->code, RejectionCode::not_found);
  EXPECT_EQ(v.withdraw("3").rejection->code, RejectionCode::not_found);
  EXPECT_EQ(v.roll_out("2", 101).rejection->code, RejectionCode::invalid);
  EXPECT_EQ(v.roll_out("2", 10, std::vector<TenantId>(kRolloutTenantsMax + 1)).rejection->code, RejectionCode::limit);
  EXPECT_EQ(v.load("4", 101).rejection->code, RejectionCode::invalid);
}

TEST(CatalogRollout, AnOrderIsPinnedToTheVersionThatTakesItAndToNoneThatIsWithdrawn) {
  using namespace product_order;
  Versions v;
  v.load("1").load("2", 0, {fiber::order({}).tenant});
  OrderScenario first, second, third;
  first.catalogs = second.catalogs = third.catalogs = v.set();
  EXPECT_EQ(first.submit().state.catalog_version, "2");
  second.catalogs.rollouts["2"].withdrawn = true;
  EXPECT_EQ(second.submit().state.catalog_version, "1");
  third.catalogs.rollouts["2"].withdrawn = true;
  third.when(Submit{fiber::order({fiber::item("1")}), "digest 1", "2"});
  ASSERT_TRUE(third.rejection);
  EXPECT_EQ(third.rejection->message, "Expected a catalogue version that takes orders, but 2 is withdrawn");
}

TEST(CatalogRollout, ARevisionBringsNoOrderToAVersionThatIsWithdrawn) {
  using namespace product_order;
  Versions v;
  OrderScenario s;
  s.catalogs = v.load("1").load("2").set();
  s.submit();
  const auto revise = [&](std::uint32_t revision, const std::string& version) {
    s.when(Revise{fiber::order({fiber::item("1")}), "digest 1", revision, version, "anna", "moved on"});
  };
  s.catalogs.rollouts["1"].withdrawn = true;
  revise(2, "1");
  EXPECT_TRUE(s.rejection);
  s.catalogs.rollouts.clear();
  s.catalogs.rollouts["2"].withdrawn = true;
  revise(2, "");  // it stays with the one it has
  EXPECT_FALSE(s.rejection);
  EXPECT_EQ(s.state.catalog_version, "2");
  revise(3, "1");
  EXPECT_EQ(s.state.catalog_version, "1");
  EXPECT_TRUE(std::ranges::none_of(s.state.nodes, &Node::superseded)) << "every service is kept";
}

}  // namespace
}  // namespace comd
