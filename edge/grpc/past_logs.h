#pragma once
#include <deque>
#include <memory>
#include <mutex>

#include "storage/as_of.h"

namespace comd::north {

/// The moments of the past that were looked at last, so that the pages of a list share what was read for the first. Thread-safe.
class PastLogs {
 public:
  std::shared_ptr<const AsOfLog> at(const EventLog& live, Position position) const {
    const std::lock_guard lock(mutex_);
    for (const auto& known : kept_)
      if (known->tail() == position) return known;
    kept_.push_back(make_as_of_log(live, position));
    if (kept_.size() > kKept) kept_.pop_front();
    return kept_.back();
  }

 private:
  static constexpr std::size_t kKept = 4;
  mutable std::mutex mutex_;
  mutable std::deque<std::shared_ptr<const AsOfLog>> kept_;
};

}  // namespace comd::north
