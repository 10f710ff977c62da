#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <iostream>

#include "test/sim/world.h"

namespace comd::sim {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Simulation : public ::testing::Test {
 protected:
  void SetUp() override {
    spdlog::set_level(from_environment("COMD_SIM_VERBOSE", 0) != 0 ? spdlog::level::debug : spdlog::level::off);
  }
};

TEST_F(Simulation, Seeds) {
  const std::uint64_t first = from_environment("COMD_SIM_FIRST", 1), seeds = from_environment("COMD_SIM_SEEDS", 40);
  Outcome sum;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    Options options;
    options.seed = seed;
    const Outcome outcome = simulate(options);
    for (const std::string& finding : outcome.findings)
      ADD_FAILURE() << "seed " << seed << ": " << finding << "\n  again with: ./dev sim 1 " << seed;
    sum.steps += outcome.steps;
    sum.crashes += outcome.crashes;
    sum.calls += outcome.calls;
    sum.interventions += outcome.interventions;
    sum.orders += outcome.orders;
    sum.turned_away += outcome.turned_away;
    sum.quarantined += outcome.quarantined;
    sum.archived += outcome.archived;
    sum.revised += outcome.revised;
    for (const auto& [end, count] : outcome.ends) sum.ends[end] += count;
    if (seeds >= 500 && (seed - first + 1) % (seeds / 20) == 0)
      std::cerr << "  " << seed - first + 1 << " of " << seeds << " seeds\n";
    if (HasFailure()) break;
  }
  std::cout << seeds << " seeds: " << sum.orders << " orders, " << sum.steps << " steps, " << sum.crashes << " crashes, "
            << sum.calls << " calls, " << sum.interventions << " interventions, " << sum.turned_away << " turned away, "
            << sum.quarantined << " quarantined, " << sum.archived << " archived, " << sum.revised << " revised;";
  for (const auto& [end, count] : sum.ends) std::cout << ' ' << end << ' ' << count;
  std::cout << std::endl;
}

TEST_F(Simulation, the_same_seed_is_the_same_run) {
  Options options;
  options.seed = 7;
  const Outcome one = simulate(options), two = simulate(options);
  EXPECT_EQ(one.hash, two.hash);
  EXPECT_EQ(one.steps, two.steps);
  options.seed = 8;
  EXPECT_NE(one.hash, simulate(options).hash);
}

/// An order in jeopardy went into quarantine (3338); an outcome that was held back came when all was over (10277); a cancellation was
/// taken for done while its submission was on its way (504173, 710465), or never, with a submission that never arrived (704211); whoever
/// accepted one failure gave up what was still being undone elsewhere (805060); what a revision undid was done anew beside it (800086).
TEST_F(Simulation, seeds_that_found_something_stay_clean) {
  for (const std::uint64_t seed : {1159u, 3338u, 8167u, 10277u, 504173u, 704211u, 710465u, 800086u, 805060u}) {
    Options options;
    options.seed = seed;
    for (const std::string& finding : simulate(options).findings) ADD_FAILURE() << "seed " << seed << ": " << finding;
  }
}

/// The answer of every second call is lost inside comd: its deadline notices, and the partner is asked.
TEST_F(Simulation, lost_outcomes_are_survived) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Options options;
    options.seed = seed;
    options.planted.forget_outcome = true;
    for (const std::string& finding : simulate(options).findings) ADD_FAILURE() << "seed " << seed << ": " << finding;
  }
}

/// Law 4: the order's actor decides alone, and the expected version on append notices if it does not. Each lock alone is enough.
TEST_F(Simulation, one_of_two_locks_is_enough) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const bool door : {true, false}) {
      Options options;
      options.seed = seed;
      options.planted.second_door = door;
      options.second_lock = door;
      for (const std::string& finding : simulate(options).findings)
        ADD_FAILURE() << "seed " << seed << (door ? ", second door: " : ", no second lock: ") << finding;
    }
}

/// A simulator that finds nothing proves nothing: each planted bug must be found within a few seeds. Of law 11 there is none: it
/// speaks of includes, and test/tidy reads those.
struct CanaryCase {
  const char* name;
  bool Faults::*planted;
  bool second_lock = true;
};
void PrintTo(const CanaryCase& canary, std::ostream* out) { *out << canary.name; }
class Canary : public Simulation, public ::testing::WithParamInterface<CanaryCase> {};

TEST_P(Canary, is_found) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Options options;
    options.seed = seed;
    options.planted.*GetParam().planted = true;
    options.second_lock = GetParam().second_lock;
    const Outcome outcome = simulate(options);
    if (outcome.findings.empty()) continue;
    std::cout << GetParam().name << " found at seed " << seed << ": " << outcome.findings.front() << std::endl;
    return;
  }
  ADD_FAILURE() << "the planted bug " << GetParam().name << " was not found in 50 seeds";
}

INSTANTIATE_TEST_SUITE_P(
    Planted, Canary,
    ::testing::Values(CanaryCase{"ack_before_sync", &Faults::ack_before_sync},
                      CanaryCase{"fresh_key_on_resend", &Faults::fresh_key_on_resend},
                      CanaryCase{"forget_timer", &Faults::forget_timer}, CanaryCase{"drop_tell", &Faults::drop_tell},
                      CanaryCase{"skip_mark_sent", &Faults::skip_mark_sent}, CanaryCase{"forget_row", &Faults::forget_row},
                      CanaryCase{"forget_report", &Faults::forget_report}, CanaryCase{"impure_evolve", &Faults::impure_evolve},
                      CanaryCase{"redraw_on_replay", &Faults::redraw_on_replay},
                      CanaryCase{"keep_superseded", &Faults::keep_superseded},
                      CanaryCase{"second_door", &Faults::second_door, false}, CanaryCase{"no_fence", &Faults::no_fence},
                      CanaryCase{"never_passivate", &Faults::never_passivate}, CanaryCase{"no_limit", &Faults::no_limit}),
    [](const auto& canary) { return std::string(canary.param.name); });

}  // namespace
}  // namespace comd::sim
