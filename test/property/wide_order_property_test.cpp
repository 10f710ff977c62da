#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/fold_along.h"
#include "test/support/scenario.h"

/// What is kept along, so that a wide order costs no more for an item than a small one, is what it would be worked out anew: over random
/// histories in which everything goes wrong, event by event.
namespace comd {
namespace {

using product_order::Node;
using product_order::State;
using product_order::Tally;

constexpr std::uint64_t kSeeds = 60;

bool waits(const Node& node) { return node.progress == Progress::running || node.progress == Progress::held; }

void put_place(const State& s, std::size_t at, Tally& out) {
  for (const ServiceOrderId& id : s.nodes[at].spec.depends_on) {
    const std::size_t before = s.index.at(id);
    out.places[before].dependents.push_back(at);
    out.places[at].open_before += is_open(s.nodes[before]) ? 1 : 0;
  }
}

void put_node(const State& s, std::size_t at, Tally& out) {
  const Node& node = s.nodes[at];
  if (is_open(node)) ++out.open;
  if (node.superseded) ++out.superseded;
  if (node.unwanted) ++out.unwanted;
  if (!node.superseded) ++out.wanted[static_cast<std::size_t>(node.progress)];
  if (!node.superseded && node.spec.undoes.empty()) {
    ++out.planned;
    if (node.progress == Progress::done) ++out.planned_done;
  }
  if (waits(node)) ++out.deadlines[node.deadline];
  if (node.progress != Progress::not_started) return;
  ++out.not_started[node.spec.item];
  if (!node.spec.replaces.empty()) ++out.replacing;
  if (out.places[at].open_before == 0) out.ready.insert({node.not_before, at});
}

Tally worked_out(const State& s) {
  Tally out;
  out.places.resize(s.nodes.size());
  for (std::size_t at = 0; at < s.nodes.size(); ++at) put_place(s, at, out);
  for (std::size_t at = 0; at < s.nodes.size(); ++at) put_node(s, at, out);
  for (const auto& [product, claim] : s.claims)
    if (!claim.settled) out.unclaimed.insert(product);
  for (const auto& [product, write] : s.writes)
    if (!write.settled) out.unwritten.insert(product);
  for (const OrderItem& item : s.order.items)
    if (item.offering && std::ranges::find(out.offerings, item.offering->id) == out.offerings.end())
      out.offerings.push_back(item.offering->id);
  return out;
}

/// The timers that follow from service orders, by looking at each of them.
void expect_timers(const State& s) {
  std::optional<Instant> earliest, start;
  for (const Node& node : s.nodes) {
    if (waits(node)) earliest = std::min(earliest.value_or(node.deadline), node.deadline);
    const bool waits_for_its_time = node.progress == Progress::not_started && !node.superseded && node.not_before != Instant{} &&
                                    !is_held_back(s, node) && !waits_for_others(s, node);
    if (waits_for_its_time) start = std::min(start.value_or(node.not_before), node.not_before);
  }
  const auto due = [&](std::string_view name) {
    const auto found = s.timers.find(name);
    return found == s.timers.end() ? std::nullopt : std::optional(found->second);
  };
  EXPECT_EQ(due(product_order::kServiceOrdersTimer), earliest);
  if (s.decomposed) EXPECT_EQ(due(product_order::kStartTimer), start);
}

/// What an event does not touch asks for what it did, and the parts together are the agenda.
void expect_parts(const State& before, const State& after, const product_order::Event& event) {
  product_order::Touched touched;
  product_order::touch(touched, after, event);
  auto parts = parts_of(before);
  parts.merge(parts_of(after));
  std::vector<Agenda> all{agenda(after, StreamId{})};
  for (const StreamId& part : parts) {
    all.push_back(agenda(after, part));
    EXPECT_TRUE(all.back().wakeups.empty()) << part.value;
    if (!touched.all && !touched.parts.contains(part)) EXPECT_EQ(agenda(before, part), all.back()) << part.value;
  }
  AgendaParts together;
  for (const Agenda& part : all) together.push_back(&part);
  const Agenda whole = agenda(after);
  const auto change = difference({&whole}, together);
  EXPECT_TRUE(change.effects_added.empty() && change.effects_removed.empty());
  EXPECT_TRUE(change.tells_added.empty() && change.tells_removed.empty());
  EXPECT_TRUE(change.rows_put.empty() && change.rows_removed.empty() && change.counters.empty());
  EXPECT_TRUE(!change.wakeup_added && !change.wakeup_removed);
}

/// `see` is called with the state before and after each event.
template <class See>
void fold_along(const std::vector<std::string>& records, const StreamId& stream, See see) {
  test::fold_along<State>(records, stream, [&](const auto& before, const auto& after, const AnyEvent& event) {
    see(before.state, after.state, std::get<product_order::Event>(event));
  });
}

template <class Check>
void over_random_histories(Check check) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    test::Walk walk(seed, seed % 2 == 0);
    walk.submit();
    for (int i = 0; i < 300; ++i) walk.step();
    for (const auto& [stream, member] : walk.world.members)
      if (kind_of(stream.value) == StreamKind::product_order) check(walk.world.records, stream);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(WideOrderProperty, TheTallyIsWhatTheServiceOrdersAddUpTo) {
  std::size_t events = 0;
  over_random_histories([&](const auto& records, const StreamId& stream) {
    fold_along(records, stream, [&](const State&, const State& state, const product_order::Event&) {
      ++events;
      EXPECT_EQ(state.tally, worked_out(state)) << stream.value;
      if (!is_final(state.status)) expect_timers(state);
    });
  });
  EXPECT_GT(events, 1'000u);
}

TEST(WideOrderProperty, WhatAnEventDoesNotTouchAsksForWhatItDid) {
  over_random_histories([](const auto& records, const StreamId& stream) { fold_along(records, stream, expect_parts); });
}

}  // namespace
}  // namespace comd
