#include "cmd/comd/daemon/archive_schedule.h"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <filesystem>

#include "actors/log.h"

namespace comd::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Each run makes a file at least, so not too many.
constexpr Millis kFirst = std::chrono::minutes(10), kInterval = std::chrono::hours(24), kLeast = std::chrono::seconds(1);

}  // namespace

ArchiveSchedule::ArchiveSchedule(std::shared_ptr<Archiver> archiver) : archiver_(std::move(archiver)) {
  if (archiver_->usual()) thread_ = std::thread([this] { run(); });
}

ArchiveSchedule::~ArchiveSchedule() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ArchiveSchedule::run() {
  const Millis usual = *archiver_->usual();
  for (Millis pause = std::clamp(usual, kLeast, kFirst);; pause = std::clamp(usual, kLeast, kInterval)) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, pause, [this] { return stopped_; })) return;
    }
    archive();
  }
}

void ArchiveSchedule::archive() {
  ArchiveOptions options;
  options.reason = "older than " + std::to_string(archiver_->usual()->count() / 1'000) + " s";
  options.progress = [this](const ArchiveRun&) {
    const std::lock_guard lock(mutex_);
    return !stopped_;
  };
  const auto done = archiver_->run(options);
  if (!done) {
    if (!done.error().given_up) log_line(spdlog::level::err, done.error().message);
    return;
  }
  if (done->orders == 0 && done->moved.records == 0) return;
  log_line(spdlog::level::info, "Archived orders",
           {{"orders", std::to_string(done->orders)},
            {"refused", std::to_string(done->refused)},
            {"records", std::to_string(done->moved.records)},
            {"bytes", std::to_string(done->moved.bytes)},
            {"files", std::to_string(done->moved.files)},
            {"ms", std::to_string(done->took.count())}});
}

void ArchiveFigures::watch(const std::shared_ptr<const Archiver>& archiver) {
  const std::lock_guard lock(mutex_);
  archiver_ = archiver;
}

std::vector<MetricFamily> ArchiveFigures::Collect() const {
  const auto archiver = [this] {
    const std::lock_guard lock(mutex_);
    return archiver_.lock();
  }();
  std::vector<MetricFamily> out;
  if (archiver == nullptr) return out;
  const auto add = [&](const char* name, const char* help, MetricType type, double value) {
    ClientMetric metric;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    out.push_back({name, help, type, {metric}});
  };
  const auto count = [&](const char* name, const char* help, std::uint64_t value) {
    add(name, help, MetricType::Counter, static_cast<double>(value));
  };
  const auto total = archiver->total();
  count("comd_archive_orders_total", "Orders archived since the start.", total.orders);
  count("comd_archive_records_total", "Records moved to archive files since the start.", total.moved.records);
  count("comd_archive_bytes_total", "Bytes of these records.", total.moved.bytes);
  count("comd_archive_failures_total", "Runs that failed since the start.", archiver->failures());
  if (const auto last = archiver->last())
    add("comd_archive_last_success_timestamp_seconds", "When the last run of this process ended.", MetricType::Gauge,
        static_cast<double>(last->ended.time_since_epoch().count()) / 1'000);
  const auto view = view_archive(archiver->log());
  if (!view) return out;
  std::uint64_t on_disk = 0, missing = 0;
  for (const auto& file : view->files) {
    on_disk += file.file_bytes;
    missing += file.file_bytes == 0 ? 1 : 0;
  }
  add("comd_archive_stored_bytes", "What the archive files take on disk.", MetricType::Gauge, static_cast<double>(on_disk));
  add("comd_archive_files_missing", "Archive files that are not where they should be.", MetricType::Gauge,
      static_cast<double>(missing));
  add("comd_log_stored_bytes", "What the log, its index and its rows take on disk, archive files not counted.", MetricType::Gauge,
      static_cast<double>(view->log_bytes));
  return out;
}

std::optional<std::string> link_archive(const std::string& data, const std::string& directory) {
  namespace fs = std::filesystem;
  if (directory.empty()) return std::nullopt;
  const auto refusal = [&](const std::string& but) { return "Expected archive.directory to be usable, but " + but; };
  if (!fs::path(directory).is_absolute()) return refusal(directory + " is no absolute path. Give the whole path.");
  const fs::path link = fs::path(data) / "archive";
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return refusal(directory + " cannot be made: " + error.message() + ". Give one that comd may write to.");
  if (fs::equivalent(link, directory, error)) return std::nullopt;
  if (fs::exists(fs::symlink_status(link, error)))
    return refusal(link.string() + " is there already. Stop comd, move its files to " + directory + ", and remove it.");
  fs::create_directory_symlink(directory, link, error);
  if (error) return refusal(link.string() + " cannot be made a link to it: " + error.message() + ".");
  return std::nullopt;
}

}  // namespace comd::daemon
