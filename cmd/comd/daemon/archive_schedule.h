#pragma once
#include <prometheus/collectable.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "actors/archiver.h"

namespace comd::daemon {

/// Archives every so often, in a thread of its own, where the archiver knows how old an order must be. What fails is a line in the
/// log and is tried again at the next time.
class ArchiveSchedule {
 public:
  explicit ArchiveSchedule(std::shared_ptr<Archiver>);
  ~ArchiveSchedule();  ///< gives up the run under way
  ArchiveSchedule(const ArchiveSchedule&) = delete;
  ArchiveSchedule& operator=(const ArchiveSchedule&) = delete;

 private:
  void run();
  void archive();

  const std::shared_ptr<Archiver> archiver_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

/// comd_archive_…: of all runs of this process, also those that were asked for, and of what there is.
class ArchiveFigures final : public prometheus::Collectable {
 public:
  /// There are none before; the metrics are served before the work begins.
  void watch(const std::shared_ptr<const Archiver>&);
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  mutable std::mutex mutex_;
  std::weak_ptr<const Archiver> archiver_;
};

/// Makes `<data>/archive` a link to the directory, so that whatever reads the data finds the files without being told. What is wrong,
/// or nothing.
std::optional<std::string> link_archive(const std::string& data, const std::string& directory);

}  // namespace comd::daemon
