#pragma once
#include <cstdint>

/// Where an actor's jitter comes from: a generator of its own, begun with its stream's name, so that a run can be repeated.
namespace comd {

inline std::uint64_t next_random(std::uint64_t& state) {  // splitmix64
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace comd
