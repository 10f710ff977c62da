#pragma once
#include <cstdint>
#include <random>
#include <string_view>

#include "domain/fnv1a.h"

namespace comd::sim {

/// The one source of chance of a run: same seed, same run.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : engine_() % n; }
  bool chance(double p) { return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < p; }

 private:
  std::mt19937_64 engine_;
};

/// Chance that does not depend on when it is asked: what a partner will do with one service order is fixed by the seed.
inline std::uint64_t fate(std::uint64_t seed, std::string_view what) {
  std::uint64_t h = fnv1a(what, kFnv1aBasis ^ (seed * 0x9e3779b97f4a7c15u));
  h ^= h >> 29;
  h *= 0xbf58476d1ce4e5b9u;
  return h ^ (h >> 32);
}

}  // namespace comd::sim
