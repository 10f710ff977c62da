#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

#include "domain/projection.h"
#include "storage/rebuild.h"
#include "storage/verify_states.h"
#include "test/support/append.h"
#include "test/support/scenario.h"

namespace comd {
namespace {

std::size_t walks() {
  const char* asked = std::getenv("COMD_WALKS");
  return asked == nullptr ? 300 : std::strtoul(asked, nullptr, 10);
}

/// COMD_SEED=n runs that walk alone.
std::vector<std::uint64_t> seeds() {
  if (const char* one = std::getenv("COMD_SEED")) return {std::strtoull(one, nullptr, 10)};
  std::vector<std::uint64_t> out;
  for (std::uint64_t seed = 1; seed <= walks(); ++seed) out.push_back(seed);
  return out;
}

std::string report(const test::Walk& walk, std::uint64_t seed) {
  std::string out = "run again with COMD_SEED=" + std::to_string(seed) + "\n";
  for (const auto& line : walk.world.broken) out += line + "\n";
  return out + walk.unsettled();
}

/// What is left behind when every order has ended.
void check_end(test::World& world) {
  for (const auto& [stream, member] : world.members) {
    if (const auto* so = world.find<service_order::State>(stream)) {
      const auto* order = world.find<product_order::State>(stream_of(so->spec.order));
      if (is_final(order->status) && !service_order::is_final(so->status)) world.fail(stream, "outlives its order");
      using service_order::Status;
      if (so->partly && is_final(so->status) && so->status != Status::completed && so->status != Status::partial)
        world.fail(stream, "left a part behind and does not say so");
    }
    if (const auto* p = world.find<product::State>(stream); p != nullptr && !p->product.claimed_by.empty()) {
      const auto* order = world.find<product_order::State>(stream_of(p->product.claimed_by));
      if (is_final(order->status)) world.fail(stream, "is still claimed by an order that ended");
    }
  }
}

/// Orders that add, change and delete products, with everything going wrong in any order: the laws hold after every step, and
/// once the faults stop, and with people working what needs a person, every order ends and nothing is left behind.
TEST(WalkProperty, LawsHoldAndEveryOrderReachesAnEnd) {
  std::map<OrderStatus, int> ends;
  int failed = 0;
  for (const std::uint64_t seed : seeds()) {
    test::Walk walk(seed);
    walk.archives = seed % 2 == 0;
    walk.submit();
    for (int i = 0; i < 400 && walk.world.broken.empty(); ++i) walk.step();
    if (walk.world.broken.empty() && !walk.calm_down(30'000)) walk.world.fail({}, "never settled");
    walk.world.check_replay();
    if (walk.world.broken.empty()) check_end(walk.world);
    if (!walk.world.broken.empty()) {
      ADD_FAILURE() << report(walk, seed);
      if (++failed == 5) break;
    }
    for (const auto& [stream, member] : walk.world.members)
      if (const auto* order = walk.world.find<product_order::State>(stream)) ++ends[order->status];
  }
  for (const auto& [status, count] : ends) std::printf("%6d %s\n", count, std::string(to_text(status)).c_str());
}

/// The rows of a log written commit by commit are the rows of a rebuild, byte by byte.
TEST(WalkProperty, RebuiltRowsAreTheRowsOfTheLog) {
  for (const std::uint64_t seed : seeds()) {
    if (seed > 50 && std::getenv("COMD_SEED") == nullptr) break;
    const auto log = make_memory_event_log();
    std::vector<Append> appended;
    test::Walk walk(seed);
    walk.world.on_commit = [&](const Commit& commit, const std::string& record, const test::World::Changes& changes) {
      Append append = test::append_of(commit, record, changes);
      ASSERT_TRUE(log->append({&append, 1})[0]);
      appended.push_back(std::move(append));
    };
    walk.archives = seed % 2 == 0;
    walk.submit();
    for (int i = 0; i < 600; ++i) walk.step();
    const auto rebuilt = rebuild(*log);
    const auto stored = log->derived();
    ASSERT_TRUE(rebuilt == stored) << "seed " << seed << "\n"
                                   << [&] {
                                        std::string out;
                                        for (const auto& line : differences(stored, rebuilt, 10)) out += line + "\n";
                                        return out;
                                      }();
    // However few streams it keeps in memory, and wherever it begins anew, the appends are those that were made.
    Refold few(*log, {}, 1);
    std::size_t at = 0;
    for (const StoredCommit& commit : log->read_feed({}, log->tail() == Position{} ? 0 : number(log->tail()))) {
      if (at % 7 == 6) few = Refold(*log, {}, 1);
      const auto again = few.add(commit.record);
      ASSERT_TRUE(again.has_value()) << "seed " << seed;
      ASSERT_EQ(again->rows, appended[at].rows) << "seed " << seed << ", commit " << at + 1;
      ASSERT_EQ(again->counters, appended[at].counters) << "seed " << seed << ", commit " << at + 1;
      ++at;
    }
    EXPECT_TRUE(few.set_aside().empty());
  }
}

/// What a later version would find that folds one event otherwise.
TEST(WalkProperty, RecordedStatesAreFoundAgainAndAChangedHistoryIsNamed) {
  std::uint64_t compared = 0;
  for (const std::uint64_t seed : {3u, 4u, 5u, 6u}) {
    test::Walk walk(seed);
    std::vector<Commit> commits;
    walk.world.on_commit = [&](const Commit& commit, const std::string&, const test::World::Changes&) {
      Commit recorded = commit;
      for (StreamSlice& slice : recorded.streams)
        if (const auto* state = walk.world.find<service_order::State>(slice.stream)) slice.state = to_bytes(project(*state));
      commits.push_back(std::move(recorded));
    };
    walk.submit();
    for (int i = 0; i < 200; ++i) walk.step();
    const auto log_of = [](const std::vector<Commit>& from) {
      auto log = make_memory_event_log();
      for (const Commit& commit : from) {
        Append append;
        append.record = encode(commit);
        for (const StreamSlice& slice : commit.streams)
          append.streams.push_back({slice.stream, slice.before, static_cast<std::uint32_t>(slice.events.size())});
        EXPECT_TRUE(log->append({&append, 1})[0]);
      }
      return log;
    };
    const auto same = verify_states(*log_of(commits));
    EXPECT_TRUE(same.good()) << "seed " << seed;
    for (const std::size_t threads : {2u, 5u}) {
      const auto shared = verify_states(*log_of(commits), {.threads = threads, .markers = Markers{}});
      EXPECT_TRUE(shared.good()) << "seed " << seed;
      EXPECT_EQ(shared.commits, commits.size());
      EXPECT_EQ(shared.events, same.events);
      EXPECT_EQ(shared.compared, same.compared);
    }
    compared += same.compared;
    // One event of a service order is another than it was when its state was recorded.
    for (Commit& commit : commits) {
      if (commit.streams.empty() || commit.streams.front().events.empty()) continue;
      auto& slice = commit.streams.front();
      auto* event = std::get_if<service_order::Event>(&slice.events.front());
      if (slice.state.empty() || event == nullptr || !std::holds_alternative<service_order::Sent>(*event)) continue;
      std::get<service_order::Sent>(*event).answer_by += Millis{1};
      const auto found = verify_states(*log_of(commits));
      ASSERT_FALSE(found.differences.empty());
      EXPECT_EQ(found.differences.front().stream, slice.stream);
      EXPECT_EQ(found.differences.front().version, slice.before + slice.events.size());
      EXPECT_EQ(found.differences.front().fields, std::vector<std::string>{"timers"});
      break;
    }
  }
  EXPECT_GT(compared, 100u);
}

TEST(WalkProperty, DifferencesNameWhatIsWrong) {
  const DerivedRows stored{{"Ta", "1"}, {"Tb", "2"}}, rebuilt{{"Tb", "3"}, {"Tc", "4"}};
  EXPECT_EQ(differences(stored, rebuilt, 10),
            (std::vector<std::string>{"extra Ta = 1", "differs Tb = 2, rebuilt 3", "missing Tc = 4"}));
  EXPECT_EQ(differences(stored, rebuilt, 1).size(), 1u);
}

TEST(DecompositionProperty, IsAFunctionWithUniqueIdsInTopologicalOrder) {
  EXPECT_TRUE(rc::check("decompose", [](std::uint64_t seed) {
    test::Fill random(seed);
    const CatalogSet catalogs = test::random_catalog(random);
    const Order order = test::random_order(random, {});
    RC_PRE(check(order, *catalogs.newest(), {}).empty());
    const auto plan = decompose(OrderId{"po-1"}, order, *catalogs.newest(), {}, 1);
    const auto again = decompose(OrderId{"po-1"}, order, *catalogs.newest(), {}, 1);
    RC_ASSERT(plan.has_value());
    RC_ASSERT((*plan == *again));
    std::set<ServiceOrderId> seen;
    for (const auto& spec : plan->service_orders) {
      for (const auto& id : spec.depends_on) RC_ASSERT(seen.contains(id));
      for (const auto& binding : spec.bindings) RC_ASSERT(seen.contains(binding.from));
      RC_ASSERT(seen.insert(spec.id).second);
      RC_ASSERT((kind_of(spec.id.value) == StreamKind::service_order));
      RC_ASSERT((family_of(stream_of(spec.id)).value == "po-1"));
    }
    std::size_t of_products = 0;
    for (const auto& product : plan->products) of_products += product.service_orders.size();
    RC_ASSERT(of_products == plan->service_orders.size());
  }));
}

}  // namespace
}  // namespace comd
