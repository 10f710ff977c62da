#pragma once
#include <optional>

#include "actors/lanes.h"

namespace comd {

/// Lets calls begin no faster than a rate, spread evenly: after a rest at most a tenth of a second's worth, or one, at once.
class RateLimit {
 public:
  explicit RateLimit(Rate);
  /// From when on the next call may begin.
  Instant ready_at() const;
  void took(Instant now);

 private:
  // In microseconds: at a thousand calls a second a millisecond is too coarse.
  std::int64_t apart_ = 0;  ///< between two calls; 0: no limit
  std::int64_t burst_ = 0;  ///< how far `next_` may be ahead
  std::int64_t next_ = 0;   ///< when the next call were due, were they spread evenly
};

/// How many events a second there were over about the last minute: each counts less the older it is.
class Pace {
 public:
  void count(Instant now);
  double per_second(Instant now) const;

 private:
  double decayed(Instant now) const;
  double sum_ = 0;  ///< at `last_`
  Instant first_{}, last_{};
};

}  // namespace comd
