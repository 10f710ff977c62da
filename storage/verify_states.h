#pragma once
#include <functional>

#include "storage/refold.h"

namespace comd {

/// Where this build folds history to another state than the one that recorded it.
struct StateDifference {
  StreamId stream;
  Version version{};  ///< after its events up to here; it was still the same where the state was recorded before
  Position position{};
  std::vector<std::string> fields;  ///< of the projection (domain/projection.h)
};

struct StateVerdict {
  std::uint64_t commits = 0, events = 0;
  std::uint64_t compared = 0;    ///< states that were recorded and are the same or differ
  std::uint64_t unknown = 0;     ///< recorded in a projection that this build does not know: a newer one wrote them
  std::uint64_t unreadable = 0;  ///< commits that are none
  std::uint64_t differing = 0;
  std::vector<StateDifference> differences;   ///< the first hundred
  std::map<StreamId, DecodeError> set_aside;  ///< streams that do not fold
  bool good() const { return differing == 0 && unknown == 0 && unreadable == 0 && set_aside.empty(); }
};

struct StateWalk {
  std::size_t threads = 1;              ///< that fold, each the families that are its own; one more reads
  std::optional<Markers> markers = {};  ///< of the whole log, where they are known; else it is read once more for them
  std::function<void(const StateVerdict&, Position)> progress = {};  ///< called now and then, with what is counted so far
};

/// Folds the whole log and compares every recorded state. Runs no decision. REQUIRES: nothing is appended meanwhile.
StateVerdict verify_states(const EventLog&, const StateWalk& = {});

}  // namespace comd
