#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>

#include "domain/revision.h"
#include "test/support/scenario.h"

/// Orders that are revised while everything happens to them.
namespace comd {
namespace {

using product_order::Node;
using product_order::State;

std::size_t walks() {
  const char* asked = std::getenv("COMD_WALKS");
  return asked == nullptr ? 300 : std::strtoul(asked, nullptr, 10);
}

/// What a revision did not want is gone, or a person has accepted that it is not; the inventory has what is there and no more.
void check_revised(test::World& world, const StreamId& id, const State& order) {
  std::map<ServiceId, const Node*> wanted;
  for (const Node& node : order.nodes)
    if (node.spec.undoes.empty() && !node.superseded) wanted[node.spec.service] = &node;
  for (const Node& node : order.nodes) {
    if (!node.superseded || !did_work(node) || is_gone(order, node)) continue;
    if (!order.unwinding && order.status == OrderStatus::completed && !order.accepted)
      world.fail(id, node.spec.id.value + " is superseded, and still there");
  }
  if (order.status != OrderStatus::completed || order.accepted) return;
  for (const auto& plan : order.products) {
    const auto* product = world.find<product::State>(stream_of(plan.product));
    if (product == nullptr || product->last_order != order.id) continue;  // another order has changed it since
    for (const auto& service : product->product.services) {
      const auto found = wanted.find(service.id);
      // Of this order's making: what was there before it is there again when it is not wanted otherwise.
      const bool ours = std::ranges::any_of(order.nodes, [&](const Node& node) {
        return node.spec.service == service.id && node.spec.undoes.empty() && node.spec.action == Action::add;
      });
      if (service.state == product::ServiceState::active && ours && found == wanted.end())
        world.fail(id, service.id.value + " is in the inventory, and no revision wants it any more");
      if (found == wanted.end() || found->second->progress != Progress::done || found->second->spec.action == Action::remove)
        continue;
      if (service.state != product::ServiceState::active || service.characteristics != found->second->inputs)
        world.fail(id, service.id.value + " is not in the inventory as it was done last");
    }
  }
}

/// How often amendments were asked for and taken. What an activation system has done is what the order says was done, also where it was
/// told otherwise on the way.
struct Amended {
  std::size_t asked = 0, taken = 0;
};

void check_amended(test::World& world, const test::Partner& partner, const State& order, Amended& count) {
  for (const Node& node : order.nodes) {
    const auto& so = *world.find<service_order::State>(stream_of(node.spec.id));
    if (!so.amend_answer) continue;
    ++count.asked;
    count.taken += so.amend_answer->accepted ? 1 : 0;
    const bool doubt = node.amend_doubt || so.amend_doubt || so.amend_answer->in_doubt;
    if (node.progress != Progress::done || doubt) continue;
    const auto work = partner.works.find(service_order::attempt_key(node.spec.id, so.attempt));
    if (work == partner.works.end() || work->second.status != test::Partner::Kind::completed) continue;
    if (work->second.characteristics != node.inputs) world.fail(stream_of(node.spec.id), "is done otherwise than its order says");
  }
}

TEST(RevisionProperty, LawsHoldAndEveryRevisedOrderReachesAnEnd) {
  std::size_t revisions = 0;
  Amended amended;
  int failed = 0;
  std::map<OrderStatus, int> ends;
  const char* one = std::getenv("COMD_SEED");
  for (std::uint64_t seed = one ? std::strtoull(one, nullptr, 10) : 1, last = one ? seed : walks(); seed <= last; ++seed) {
    test::Walk walk(seed, true);
    walk.submit();
    for (int i = 0; i < 400 && walk.world.broken.empty(); ++i) walk.step();
    if (walk.world.broken.empty() && !walk.calm_down(30'000)) walk.world.fail({}, "never settled");
    walk.world.check_replay();
    for (const auto& [stream, member] : walk.world.members)
      if (const auto* order = walk.world.find<State>(stream)) {
        ++ends[order->status];
        if (!walk.world.broken.empty() || order->revision == 1) continue;
        check_revised(walk.world, stream, *order);
        check_amended(walk.world, walk.partner, *order, amended);
      }
    revisions += walk.revisions;
    if (walk.world.broken.empty()) continue;
    std::string told = "run again with COMD_SEED=" + std::to_string(seed) + "\n";
    for (const auto& line : walk.world.broken) told += line + "\n";
    ADD_FAILURE() << told << walk.unsettled();
    if (++failed == 5) break;
  }
  std::printf("%6zu revisions taken, amendments: %zu answered, %zu taken\n", revisions, amended.asked, amended.taken);
  for (const auto& [status, count] : ends) std::printf("%6d %s\n", count, std::string(to_text(status)).c_str());
  EXPECT_GT(revisions, one ? 0U : walks() / 2);
  EXPECT_GE(amended.taken, one ? 0U : walks() / 20);
}

/// An order alone, whose partners do what they are told at once.
struct Alone {
  CatalogSet catalogs;
  State state;
  const OrderId id{"po-1"};

  bool when(const product_order::Command& command) {
    auto decided = product_order::decide(id, state, command, {Instant{Millis{1'700'000'000'000}}, &catalogs, {}});
    if (!decided) return false;
    for (const auto& event : decided->events) {
      evolve(state, event);
      if (const auto* left_out = std::get_if<product_order::RevisionDropped>(&event)) dropped = left_out->why;
    }
    return true;
  }
  /// Why a revision that had to wait was not carried out: meanwhile something was done that cannot be undone.
  std::string dropped;
  /// What has not been sent goes away when it is told to; nothing is done.
  void quieten() {
    for (std::size_t i = 0; i < state.nodes.size(); ++i)
      if (const Node node = state.nodes[i]; node.cancel_told && node.progress == Progress::running)
        when(product_order::NoteSettled{node.spec.id, product_order::Settlement::cancelled, {}, {}, {}, {}});
  }
  void finish() {
    for (bool moved = true; moved;) {
      moved = false;
      quieten();
      for (std::size_t i = 0; i < state.nodes.size(); ++i) {
        const Node node = state.nodes[i];
        if (node.progress != Progress::running) continue;
        complete(node);
        moved = true;
      }
    }
  }
  bool amends = true;  ///< what runs is done as it is wanted at its end; otherwise as it was wanted when it began
  void complete(const Node& node) {
    const Values outputs{{"portId", text_value("port of " + node.spec.service.value)}};
    const bool amended = node.amending && amends;
    when(product_order::NoteSettled{node.spec.id,
                                    product_order::Settlement::completed,
                                    amended ? node.amending->inputs : node.inputs,
                                    outputs,
                                    {},
                                    {},
                                    0,
                                    false,
                                    amended ? node.amending->revision : 0});
  }
  /// Some of what runs is done.
  void do_some(test::Fill& random) {
    for (std::size_t n = random.below(4); n > 0; --n)
      for (const Node& node : std::vector<Node>(state.nodes))
        if (node.progress == Progress::running && random.below(2) == 0) complete(node);
  }
  /// What the inventory would be told: service by service.
  std::map<std::string, std::string> services() const {
    std::map<std::string, std::string> out;
    for (const Effect& effect : agenda(state).effects) {
      const auto [product, command] = product_command_of(state, effect);
      const auto* write = std::get_if<product::Write>(&command);
      if (write == nullptr || write->outcome != product::Outcome::completed) continue;
      for (const auto& service : write->product.services)
        if (service.state == product::ServiceState::active) {
          std::string& text = out[service.id.value] = service.specification;
          for (const auto& [name, value] : service.characteristics) text += " " + name + "=" + value.json;
        }
    }
    return out;
  }
};

Order second_thoughts(test::Fill& random, const Order& first) {
  Order out = test::random_order(random, {});
  out.external_id = first.external_id;
  return out;
}

TEST(RevisionProperty, BeforeAnythingIsDoneARevisedOrderEndsAsIfItHadBeenSubmittedSo) {
  EXPECT_TRUE(rc::check("revise(A, B) = B", [](std::uint64_t seed) {
    test::Fill random(seed);
    const CatalogSet catalogs = test::random_catalog(random);
    const Order a = test::random_order(random, {}), b = second_thoughts(random, a);
    Alone revised{catalogs, {}}, plain{catalogs, {}};
    RC_PRE(revised.when(product_order::Submit{a, "a", ""}) && plain.when(product_order::Submit{b, "b", ""}));
    const bool back_again = random.below(2) == 0;
    RC_PRE(revised.when(product_order::Revise{back_again ? second_thoughts(random, a) : b, "b", 2, {}, "anna", "why", true}));
    if (random.below(2) == 0) revised.quieten();
    if (back_again) RC_ASSERT(revised.when(product_order::Revise{b, "c", 3, {}, "anna", "why", true}));
    revised.finish();
    plain.finish();
    RC_ASSERT(!plain.services().empty());
    if (revised.state.on_hold)  // while it waited something was done that cannot be undone
      return RC_ASSERT(catalogs.versions[0]->revisions == Revisions::queue);
    if (!revised.dropped.empty()) return RC_ASSERT(revised.dropped.find("what cannot be undone") != std::string::npos);
    RC_ASSERT(revised.services() == plain.services());
  }));
}

/// Also when some of it was done and has to be undone first, unless it cannot be.
TEST(RevisionProperty, WhatIsDoneIsUndoneBeforeItIsDoneAsItIsWantedNow) {
  EXPECT_TRUE(rc::check("revise(partly A, B) = B", [](std::uint64_t seed) {
    test::Fill random(seed);
    const CatalogSet catalogs = test::random_catalog(random);
    const Order a = test::random_order(random, {}), b = second_thoughts(random, a);
    Alone revised{catalogs, {}}, plain{catalogs, {}};
    RC_PRE(revised.when(product_order::Submit{a, "a", ""}) && plain.when(product_order::Submit{b, "b", ""}));
    revised.amends = random.below(2) == 0;
    revised.do_some(random);
    RC_PRE(revised.state.writes.empty());
    RC_PRE(revised.when(product_order::Revise{b, "b", 2, {}, "anna", "why", true}));
    revised.finish();
    plain.finish();
    RC_PRE(!revised.state.on_hold);
    RC_ASSERT(revised.services() == plain.services());
  }));
}

/// false: there is nothing to compare, since something of it was refused or could not be undone.
bool there_and_back(test::Fill& random) {
  const CatalogSet catalogs = test::random_catalog(random);
  const Order a = test::random_order(random, {}), b = second_thoughts(random, a);
  Alone revised{catalogs, {}}, plain{catalogs, {}};
  if (!revised.when(product_order::Submit{a, "a", ""}) || !plain.when(product_order::Submit{a, "a", ""})) return false;
  revised.amends = random.below(2) == 0;
  revised.do_some(random);
  if (!revised.state.writes.empty() || !revised.when(product_order::Revise{b, "b", 2, {}, "anna", "why", true})) return false;
  revised.quieten();
  revised.do_some(random);
  if (!revised.state.writes.empty() || !revised.when(product_order::Revise{a, "a again", 3, {}, "anna", "why", true}))
    return false;
  revised.finish();
  plain.finish();
  if (!revised.dropped.empty()) RC_ASSERT(revised.dropped.find("what cannot be undone") != std::string::npos);
  if (revised.state.on_hold || !revised.dropped.empty()) return false;
  RC_ASSERT(revised.services() == plain.services());
  return true;
}

/// Whatever was done in between, unless something of it could not be undone.
TEST(RevisionProperty, RevisedAndRevisedBackAnOrderEndsAsIfItHadNeverBeen) {
  std::size_t compared = 0;
  EXPECT_TRUE(rc::check("revise(revise(partly A, B), A) = A", [&](std::uint64_t seed) {
    test::Fill random(seed);
    for (int tries = 0; tries < 20; ++tries)
      if (there_and_back(random)) return void(++compared);
  }));
  EXPECT_GT(compared, 50U);
}

TEST(RevisionProperty, CancelledAtAnyMomentAnOrderLeavesNothingAndUndoesOnlyWhatWasDone) {
  EXPECT_TRUE(rc::check("cancel(partly A) = nothing", [](std::uint64_t seed) {
    test::Fill random(seed);
    const CatalogSet catalogs = test::random_catalog(random);
    Alone order{catalogs, {}};
    RC_PRE(order.when(product_order::Submit{test::random_order(random, {}), "a", ""}));
    order.do_some(random);
    RC_PRE(order.state.writes.empty() && order.when(product_order::Cancel{"no", "anna", false, true}));
    order.finish();
    for (const Node& node : order.state.nodes) {
      if (node.spec.undoes.empty()) continue;
      const Node& undone = order.state.nodes.at(order.state.index.at(node.spec.undoes));
      RC_ASSERT(did_work(undone));
    }
    RC_PRE(order.state.cancel_requested && !order.state.on_hold);  // not denied, and all could be undone
    RC_ASSERT(order.services().empty());
    for (const auto& [product, write] : order.state.writes) RC_ASSERT(write.outcome == product::Outcome::cancelled);
  }));
}

}  // namespace
}  // namespace comd
