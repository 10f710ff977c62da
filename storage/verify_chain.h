#pragma once
#include <functional>
#include <map>

#include "storage/event_log.h"

namespace comd {

/// h(n) as the records say, from the nearest link before it: what the chain of the store says, if nobody broke it.
Digest chain_at(const EventLog&, Position);

/// Where the chain does not hold: the records up to `until` are not those that were chained, and some record after `after` is the
/// reason.
struct ChainBreak {
  Position after{}, until{};
  std::string problem;
  bool operator==(const ChainBreak&) const = default;
};
struct ChainVerdict {
  std::uint64_t records = 0, links = 0;
  ChainLink end;                    ///< of what was walked
  std::optional<ChainBreak> first;  ///< the first break
  std::uint64_t archived = 0;       ///< of the records: the chain goes over their digests, which stay in the log
  std::map<std::string, std::uint64_t>
      unread;  ///< of these: by archive file, how many are not there or are not what was archived
};
struct ChainWalk {
  Position after{};  ///< begins behind the last link at or before this one, which is taken as it is
  Position until = Position{~std::uint64_t{0}};
  std::size_t threads = 1;
  std::function<void(const StoredCommit&)> each;  ///< told of every commit, by several threads and in no order
  std::function<bool(Position)> progress;         ///< called now and then with how far all is verified; false: enough for now
};
/// Walks the chain: every record is digested, every stored link compared. Parts between two links are independent of each other,
/// so threads share the work. Any thread; the log may grow meanwhile.
ChainVerdict verify_chain(const EventLog&, const ChainWalk& = {});

}  // namespace comd
