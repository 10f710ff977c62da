#pragma once
#include <algorithm>

#include "storage/event_log.h"

namespace comd {

/// Gives `take` every commit after `after` up to `until`, page by page. `take` may return false: enough.
template <class Take>
void each_commit(const EventLog& log, Position after, Position until, Take take) {
  constexpr std::size_t kPage = 1024;
  while (after < until) {
    const auto page = log.read_feed(after, kPage);
    if (page.empty()) return;
    for (const StoredCommit& commit : page) {
      if (commit.position > until) return;
      after = commit.position;
      if constexpr (std::is_same_v<decltype(take(commit)), bool>) {
        if (!take(commit)) return;
      } else {
        take(commit);
      }
    }
  }
}

}  // namespace comd
