#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>

#include "storage/event_log.h"

namespace comd {

/// Which streams are in quarantine now. Their rows stay as they are; timers and dispatcher pass over them, and their actors refuse
/// every command. A copy of what the log says (Table::quarantine), so that nobody has to read it on each turn. Any thread.
class Fence {
 public:
  void load(const EventLog&);
  bool holds(const StreamId& stream) const {
    return size_.load(std::memory_order_acquire) != 0 && !why(stream).empty();  // nearly always the first alone
  }
  /// Empty: it is not in quarantine.
  std::string why(const StreamId&) const;
  void close(const StreamId&, std::string why);
  void open(const StreamId&);
  std::size_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<StreamId, std::string> streams_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace comd
