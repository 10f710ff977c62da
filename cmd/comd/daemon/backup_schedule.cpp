#include "cmd/comd/daemon/backup_schedule.h"

#include <prometheus/metric_family.h>

#include "actors/log.h"

namespace comd::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class BackupFigures final : public prometheus::Collectable {
 public:
  explicit BackupFigures(std::shared_ptr<const BackupDesk> desk) : desk_(std::move(desk)) {}
  std::vector<MetricFamily> Collect() const override {
    ClientMetric failed;
    failed.counter.value = static_cast<double>(desk_->failures());
    std::vector<MetricFamily> out{
        {"comd_backup_failures_total", "Backups that failed since the start.", MetricType::Counter, {failed}}};
    const auto last = desk_->last();
    if (!last) return out;  // unknown, not zero: absent() is what an alert asks for
    const auto gauge = [&](const char* name, const char* help, double value) {
      ClientMetric metric;
      metric.gauge.value = value;
      out.push_back({name, help, MetricType::Gauge, {metric}});
    };
    gauge("comd_backup_last_success_timestamp_seconds", "When the last backup of this process was made.",
          static_cast<double>(last->info.made.time_since_epoch().count()) / 1'000);
    gauge("comd_backup_last_position", "The last backup holds the log up to here.",
          static_cast<double>(number(last->info.position)));
    gauge("comd_backup_last_bytes", "Size of the last backup.", static_cast<double>(last->info.bytes));
    return out;
  }

 private:
  const std::shared_ptr<const BackupDesk> desk_;
};

}  // namespace

BackupSchedule::BackupSchedule(std::shared_ptr<BackupDesk> desk, Plan plan) : desk_(std::move(desk)), plan_(std::move(plan)) {
  if (plan_.interval > Millis{0}) thread_ = std::thread([this] { run(); });
}

BackupSchedule::~BackupSchedule() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackupSchedule::run() {
  auto next = std::chrono::steady_clock::now() + plan_.interval;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_until(lock, next, [this] { return stopped_; })) return;
    }
    next = std::chrono::steady_clock::now() + plan_.interval;
    make();
  }
}

void BackupSchedule::make() {
  BackupOptions options;
  options.directory = plan_.directory;
  options.progress = [this](std::uint64_t) {
    const std::lock_guard lock(mutex_);
    return !stopped_;
  };
  const auto made = desk_->make(options);
  if (!made) {
    if (!made.error().given_up) log_line(spdlog::level::err, made.error().message);
    return;
  }
  log_line(spdlog::level::info, "Made a backup",
           {{"backup", std::to_string(made->info.id)},
            {"directory", made->directory},
            {"position", std::to_string(number(made->info.position))},
            {"bytes", std::to_string(made->info.bytes)},
            {"copied", std::to_string(made->copied)},
            {"ms", std::to_string(made->took.count())}});
  if (plan_.keep == 0) return;
  if (const auto pruned = prune_backups(plan_.directory, plan_.keep); !pruned)
    log_line(spdlog::level::err, pruned.error().message);
}

std::shared_ptr<prometheus::Collectable> make_backup_figures(std::shared_ptr<const BackupDesk> desk) {
  return std::make_shared<BackupFigures>(std::move(desk));
}

}  // namespace comd::daemon
