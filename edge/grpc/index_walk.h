#pragma once
#include <functional>
#include <string>
#include <vector>

#include "storage/event_log.h"

/// Walks one or several ranges of an index as if they were one, in the order of what follows the prefix.
namespace comd::north {

struct IndexQuery {
  Table table{};
  std::vector<std::string> prefixes;
  bool backwards = false;
  std::string after;         ///< what follows the prefix in the last key seen; empty: from the start
  std::string from, to;      ///< bounds of what follows the prefix: from ≤ x < to; empty: unbounded
  std::size_t scan_max = 0;  ///< rows looked at, then it stops with more = true
};

struct WalkEnd {
  std::string last;  ///< go on behind it
  bool more = false;
};

/// `visit` returns false when it has enough; the row it was given is then not counted as seen.
WalkEnd walk(const EventLog&, const IndexQuery&, const std::function<bool(const std::string& suffix)>& visit);

}  // namespace comd::north
