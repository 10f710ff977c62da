#include <gtest/gtest.h>

#include "domain/rehearsal.h"
#include "test/support/fold_along.h"
#include "test/support/scenario.h"

/// What is told of histories, over random ones in which everything goes wrong.
namespace comd {
namespace {

constexpr std::uint64_t kSeeds = 60;

/// Every event that changes a state changes what is shown of it, but for the ids of interventions taken.
template <class State>
void expect_shown(const std::vector<std::string>& records, const StreamId& stream) {
  test::fold_along<State>(records, stream, [&](const auto& was, const auto& is, const AnyEvent&) {
    const State& before = was.state;
    State after = is.state;
    if constexpr (requires { after.interventions; }) after.interventions = before.interventions;
    EXPECT_EQ(before == after, fields_of(before) == fields_of(after)) << stream.value << " version " << number(is.version);
  });
}

TEST(HistoryProperty, WhatAnEventChangesIsShown) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    test::Walk walk(seed);
    walk.submit();
    for (int i = 0; i < 300; ++i) walk.step();
    for (const auto& [stream, member] : walk.world.members) {
      switch (kind_of(stream.value)) {
        case StreamKind::product_order: expect_shown<product_order::State>(walk.world.records, stream); break;
        case StreamKind::service_order: expect_shown<service_order::State>(walk.world.records, stream); break;
        case StreamKind::product: expect_shown<product::State>(walk.world.records, stream); break;
        default: expect_shown<service::State>(walk.world.records, stream); break;
      }
    }
    if (testing::Test::HasFailure()) return;
  }
}

/// By the catalogue it was decomposed with, every order comes out as it did, whatever has become of it since.
TEST(HistoryProperty, ByItsOwnCatalogueAnOrderIsPlannedAsItWas) {
  int planned = 0, others = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    test::Walk walk(seed);
    std::map<StreamId, Inventory> before;  // the products there were when the order came
    walk.world.on_commit = [&](const Commit& commit, const std::string&, const test::World::Changes&) {
      for (const auto& slice : commit.streams) {
        if (kind_of(slice.stream.value) != StreamKind::product_order || slice.before != Version{}) continue;
        Inventory inventory;
        for (const auto& [stream, member] : walk.world.members)
          if (const auto* product = walk.world.find<product::State>(stream))
            inventory[ProductId{stream.value}] = product->product;
        before.emplace(slice.stream, std::move(inventory));
      }
    };
    walk.submit();
    for (int i = 0; i < 300; ++i) walk.step();
    for (const auto& [stream, inventory] : before) {
      const auto* order = walk.world.find<product_order::State>(stream);
      ASSERT_NE(order, nullptr);
      const auto result = rehearse(*order, *walk.world.catalogs().find(order->catalog_version), inventory);
      EXPECT_EQ(to_text(result.verdict), order->decomposed ? "same" : "unplanned") << stream.value;
      ++(order->decomposed ? planned : others);
    }
  }
  EXPECT_GT(planned, 50);
}

}  // namespace
}  // namespace comd
