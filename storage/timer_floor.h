#pragma once
#include <algorithm>
#include <mutex>
#include <optional>
#include <string>

/// No live timer has a row before `floor`, by its key: when it is due, and whose it is. Most timers are deleted long before they are
/// due; without the floor, every look for due timers would step over the deleted ones again, also over the first of the hundred
/// thousand that are due at midnight. Internal to storage/; any thread.
namespace comd {

class TimerFloor {
 public:
  /// After a batch with timers is written: the first of their keys. An empty key is before all.
  void added(const std::string& first) {
    const std::lock_guard lock(mutex_);
    floor_ = std::min(floor_, first);
    added_meanwhile_ = added_meanwhile_ ? std::min(*added_meanwhile_, first) : first;
  }

  /// Runs `look(from)` over a picture taken after the call began; it returns a key before which it saw no live timer. Timers
  /// added while it looked count too, whether it saw them or not.
  template <class Look>
  void raise(Look look) {
    const std::lock_guard one_at_a_time(looking_);
    const std::string from = begin();
    std::string none_before = look(from);
    const std::lock_guard lock(mutex_);
    if (none_before > floor_) floor_ = std::move(none_before);
    if (added_meanwhile_) floor_ = std::min(floor_, *added_meanwhile_);
  }

 private:
  std::string begin() {
    const std::lock_guard lock(mutex_);
    added_meanwhile_.reset();
    return floor_;
  }

  std::mutex looking_, mutex_;
  std::string floor_;
  std::optional<std::string> added_meanwhile_;
};

}  // namespace comd
