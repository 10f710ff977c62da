#pragma once
#include <algorithm>
#include <mutex>

#include "domain/ids.h"

/// No live timer is due before `floor`. Most timers are deleted long before they are due; without the floor, every look for
/// due timers would step over the deleted ones again. Internal to storage/; any thread.
namespace comd {

class TimerFloor {
 public:
  /// After a batch with timers is written: the earliest of them.
  void added(Instant due) {
    const std::lock_guard lock(mutex_);
    floor_ = std::min(floor_, due);
    added_meanwhile_ = std::min(added_meanwhile_, due);
  }

  /// Runs `look(from)` over a picture taken after the call began; it returns a time before which it saw no live timer. Timers
  /// added while it looked count too, whether it saw them or not.
  template <class Look>
  void raise(Look look) {
    const std::lock_guard one_at_a_time(looking_);
    const Instant from = begin();
    const Instant none_before = look(from);
    const std::lock_guard lock(mutex_);
    floor_ = std::min(std::max(floor_, none_before), added_meanwhile_);
  }

 private:
  Instant begin() {
    const std::lock_guard lock(mutex_);
    added_meanwhile_ = Instant::max();
    return floor_;
  }

  std::mutex looking_, mutex_;
  Instant floor_ = Instant::min();
  Instant added_meanwhile_ = Instant::max();
};

}  // namespace comd
