#pragma once
#include <prometheus/registry.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/event_log.h"

namespace comd::daemon {

/// Looks from time to time whether every unfinished order has a timer, in a thread of its own that has the lowest priority:
/// comd_orders_without_wakeup, which has to be 0, and a line in the log that names the orders if it is not. The full examination is
/// `comctl doctor`.
class WakeupWatch {
 public:
  /// Begins at once. Interval zero: never looks.
  WakeupWatch(std::shared_ptr<const EventLog>, prometheus::Registry&, Millis interval);
  ~WakeupWatch();
  WakeupWatch(const WakeupWatch&) = delete;
  WakeupWatch& operator=(const WakeupWatch&) = delete;

 private:
  void run(Millis interval);
  void look();

  const std::shared_ptr<const EventLog> log_;
  prometheus::Gauge& without_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace comd::daemon
