#include "cmd/comd/daemon/wakeup_watch.h"

#include <prometheus/gauge.h>

#include <sys/resource.h>
#include <unistd.h>

#include <limits>

#include "actors/log.h"
#include "edge/grpc/doctor.h"

namespace comd::daemon {
namespace {

constexpr std::size_t kNamed = 10;  ///< orders in one log line

}  // namespace

WakeupWatch::WakeupWatch(std::shared_ptr<const EventLog> log, prometheus::Registry& registry, Millis interval)
    : log_(std::move(log)),
      without_(prometheus::BuildGauge()
                   .Name("comd_orders_without_wakeup")
                   .Help("Unfinished orders that nothing will wake; has to be 0. NaN: not known, or not looked yet.")
                   .Register(registry)
                   .Add({})) {
  without_.Set(std::numeric_limits<double>::quiet_NaN());
  if (interval > Millis{0}) thread_ = std::thread([this, interval] { run(interval); });
}

WakeupWatch::~WakeupWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WakeupWatch::run(Millis interval) {
  // With millions of orders a look takes a core for many seconds: orders go first. On Linux this is for the thread alone.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
  while (true) {
    look();
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, interval, [this] { return stopped_; })) return;
  }
}

void WakeupWatch::look() {
  const auto scan = north::scan_wakeups(*log_);
  if (!scan.complete) {
    without_.Set(std::numeric_limits<double>::quiet_NaN());
    log_line(spdlog::level::warn, "There are more timers than can be looked through: not known whether every order has one",
             {{"limit", std::to_string(north::DoctorLimits{}.timers)}});
    return;
  }
  without_.Set(static_cast<double>(scan.without_wakeup.size()));
  if (scan.without_wakeup.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(scan.without_wakeup.size(), kNamed); ++i)
    names += (i == 0 ? "" : ", ") + scan.without_wakeup[i].value;
  log_line(spdlog::level::err, "Expected a timer for every unfinished order, but some have none: comctl doctor says more",
           {{"count", std::to_string(scan.without_wakeup.size())}, {"orders", names}});
}

}  // namespace comd::daemon
