#pragma once
#include <prometheus/collectable.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/ports.h"
#include "storage/backup.h"

namespace comd::daemon {

/// Makes a backup every so often, in a thread of its own, and keeps as many as asked for. A backup that fails is a line in the
/// log and is tried again at the next time.
class BackupSchedule {
 public:
  struct Plan {
    std::string directory;
    Millis interval{0};      ///< from the beginning of one to that of the next; zero: never
    std::uint32_t keep = 0;  ///< zero: all
  };
  BackupSchedule(std::shared_ptr<BackupDesk>, Plan);
  ~BackupSchedule();  ///< gives up the one under way
  BackupSchedule(const BackupSchedule&) = delete;
  BackupSchedule& operator=(const BackupSchedule&) = delete;

 private:
  void run();
  void make();

  const std::shared_ptr<BackupDesk> desk_;
  const Plan plan_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

/// comd_backup_last_success_timestamp_seconds, comd_backup_last_position, comd_backup_last_bytes, comd_backup_failures_total: of
/// all backups that this process made, also those that were asked for.
std::shared_ptr<prometheus::Collectable> make_backup_figures(std::shared_ptr<const BackupDesk>);

}  // namespace comd::daemon
