#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "test/e2e/system.h"

/// The promise of comd, on real processes: under load it is killed with SIGKILL at random moments and started again. Every order
/// that was acknowledged is there and ends as it should, and the activation systems, which count what they really did, did no
/// piece of work twice. The canary is comd with a planted bug; the same check must catch it.
namespace comd::e2e {
namespace {

/// A partner of comd's: it fails one time in five, is slow, forgetful about its answers, late with its reports, and prone to
/// repeat itself. The fourth attempt succeeds, so every order has one right end.
constexpr const char* kPartner = R"(
seed: 7
rules:
  - delay: [20, 200]
    loseAnswer: {rate: 0.15, times: 1}
    late: 0.3
    lateBy: 1500
    duplicate: 0.1
    reorder: 0.1
    fail: {class: transient, code: BUSY, rate: 0.2, attempts: 3}
  - specification: refused@*
    fail: {code: NO_CAPACITY, class: permanent}
)";

struct Scenario {
  const char* offering;
  const char* end;             ///< TMF622 state
  std::uint64_t keyed, naive;  ///< pieces of work at each partner, compensations included
};
constexpr Scenario kScenarios[] = {
    {"keyed-3", "completed", 3, 0},
    {"naive-3", "completed", 0, 3},
    {"undone-3", "failed", 2, 2},
};

/// Submits orders one after another, as a client would: the same again until there is an answer.
class Customer {
 public:
  Customer(Comd& comd, std::size_t count) : comd_(comd), count_(count), thread_([this] { run(); }) {}
  ~Customer() {
    stop_ = true;
    thread_.join();
  }

  std::size_t acknowledged() const { return acknowledged_; }
  /// Order ids with what must become of them. Only after the last one was acknowledged.
  const std::map<std::string, const Scenario*>& orders() const { return orders_; }

 private:
  void run() {
    for (std::size_t i = 0; i < count_ && !stop_; ++i) {
      const Scenario& scenario = kScenarios[i % std::size(kScenarios)];
      api::SubmitResponse response;
      const std::string json = order_json("crash-" + std::to_string(i), scenario.offering);
      if (!wait_until(Seconds{60}, [&] { return stop_ || comd_.submit(json, response).ok(); })) return;
      orders_.emplace(response.order_id(), &scenario);
      ++acknowledged_;
    }
  }

  Comd& comd_;
  const std::size_t count_;
  std::map<std::string, const Scenario*> orders_;
  std::atomic<std::size_t> acknowledged_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

std::size_t ended(const Comd& comd) { return comd.count_of("orders", {"completed", "failed", "partial", "cancelled"}); }

std::size_t kills_wanted() {
  const char* text = std::getenv("COMD_E2E_KILLS");
  return text == nullptr ? 10 : std::strtoul(text, nullptr, 10);
}

class Crash : public testing::Test {
 protected:
  /// Orders under load, and comd killed `kills` times while they are on their way.
  void run(const std::string& binary, std::size_t count, std::size_t kills) {
    count_ = count;
    comd = std::make_unique<Comd>(directory, binary);
    keyed = std::make_unique<ActivationSim>(directory, "keyed", kPartner, true, comd->port());
    naive = std::make_unique<ActivationSim>(directory, "naive", kPartner, false, comd->port());
    comd->add_target("keyed", keyed->address());
    comd->add_target("naive", naive->address());
    ASSERT_TRUE(comd->start()) << comd->log();
    ASSERT_TRUE(comd->load_catalog(source("test/e2e/catalog.yaml")).ok());
    customer = std::make_unique<Customer>(*comd, count);

    std::mt19937 random(20260101);
    const std::size_t steps = 2 * count;  // each order is acknowledged, and ends
    std::uniform_int_distribution<std::size_t> stride(1, std::max<std::size_t>(2 * steps / (kills + 1), 2) - 1);
    for (std::size_t kill = 0, target = 0; kill < kills; ++kill) {
      target = std::min(target + stride(random), steps - count / 10);  // at the last kill some are still on their way
      ASSERT_TRUE(wait_until(Seconds{120}, [&] { return customer->acknowledged() + ended(*comd) >= target; })) << comd->log();
      comd->kill();
      ASSERT_TRUE(comd->start()) << comd->log();
    }
    ASSERT_TRUE(wait_until(Seconds{240}, [&] { return customer->acknowledged() == count && ended(*comd) >= count; }))
        << unfinished();
  }

  std::string unfinished() {
    std::string text =
        std::to_string(customer->acknowledged()) + " acknowledged of " + std::to_string(count_) + "; not at their end:\n";
    for (const auto& order : comd->list()) {
      if (!order.terminal()) text += comd->comctl({"order", "explain", order.id()}).output;
    }
    return text;
  }

  TempDir directory;
  std::unique_ptr<Comd> comd;
  std::unique_ptr<ActivationSim> keyed, naive;
  std::unique_ptr<Customer> customer;
  std::size_t count_ = 0;
};

TEST_F(Crash, LosesNothingAndDoesNothingTwice) {
  const std::size_t kills = kills_wanted();
  const std::size_t count = std::max<std::size_t>(300, 30 * kills);
  run("comd", count, kills);
  if (HasFatalFailure()) return;

  EXPECT_EQ(comd->list().size(), count);
  EXPECT_EQ(customer->orders().size(), count);
  std::uint64_t keyed_work = 0, naive_work = 0, completed = 0;
  for (const auto& [id, scenario] : customer->orders()) {
    keyed_work += scenario->keyed;
    naive_work += scenario->naive;
    completed += scenario->end == std::string("completed") ? 1 : 0;
    const auto order = comd->get(id);
    ASSERT_TRUE(order) << id << " was acknowledged, but is not there";
    EXPECT_EQ(order->summary().tmf_state(), scenario->end) << id << ": " << order->summary().reason();
  }
  const auto at_keyed = keyed->record(), at_naive = naive->record();
  EXPECT_EQ(at_keyed.duplicates_size(), 0) << at_keyed.DebugString();
  EXPECT_EQ(at_naive.duplicates_size(), 0) << at_naive.DebugString();
  EXPECT_EQ(at_keyed.distinct(), keyed_work);
  EXPECT_EQ(at_naive.distinct(), naive_work);
  std::size_t active = 0;
  for (const auto& product : comd->products()) active += product.status() == "active" ? 1 : 0;
  EXPECT_EQ(active, completed);
  std::printf("crash test: %zu orders, %zu kills, %llu pieces of work, none twice, %llu submits repeated by comd\n", count, kills,
              static_cast<unsigned long long>(at_keyed.total() + at_naive.total()),
              static_cast<unsigned long long>(at_keyed.submits_repeated() + at_naive.submits_repeated()));
}

TEST_F(Crash, CanaryWithAFreshKeyForEachTryIsCaught) {
  run("comd-canary", 150, 2);
  if (HasFatalFailure()) return;
  EXPECT_GT(keyed->record().duplicates_size(), 0) << "The planted bug did no harm that the check can see: the check is blind.";
}

}  // namespace
}  // namespace comd::e2e
