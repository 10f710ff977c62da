#pragma once
#include <memory>
#include <string>
#include <vector>

#include "actors/engine_actors.h"
#include "test/sim/auditor.h"
#include "test/sim/model.h"
#include "test/sim/partner.h"

/// One simulated run: production actors on CAF's test scheduler, virtual time, a memory log that outlives crashes, partners that
/// misbehave, and after every step the auditor.
namespace comd::sim {

struct Options {
  std::uint64_t seed = 1;
  Faults planted;           ///< canaries
  bool second_lock = true;  ///< false: the log does not look at the expected version
  bool verbose = false;
};

struct Outcome {
  std::vector<std::string> findings;  ///< what broke; empty: a clean run
  std::size_t steps = 0, crashes = 0, calls = 0, orders = 0, interventions = 0, turned_away = 0, quarantined = 0, archived = 0,
              revised = 0;
  std::map<std::string, int> ends;
  std::uint64_t hash = 0;  ///< of the whole log: same seed, same hash
};

Outcome simulate(const Options&);

}  // namespace comd::sim
