#pragma once
#include <algorithm>
#include <optional>

#include "storage/event_log.h"

namespace comd {

/// Gives `take` the timers that are due at or before `until`, earliest first and `limit` at most, page by page: a timer that is moved
/// meanwhile may be given twice, or not. False: there may be more.
template <class Take>
bool each_timer(const EventLog& log, Instant until, std::size_t limit, Take take) {
  constexpr std::size_t kPage = 4096;
  std::optional<DueTimer> last;
  for (std::size_t given = 0; given < limit;) {
    const std::size_t wanted = std::min(kPage, limit - given);
    const auto page = log.timers_due(until, wanted, last ? &*last : nullptr);
    for (const DueTimer& timer : page) take(timer);
    if (page.size() < wanted) return true;
    given += page.size();
    last = page.back();
  }
  return false;
}

}  // namespace comd
