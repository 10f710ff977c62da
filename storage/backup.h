#pragma once
#include <functional>
#include <memory>
#include <mutex>

#include "storage/event_log.h"

/// Backups of a store, many in one directory. One is a consistent picture of the whole store at one moment; files that several
/// have in common lie there once. Every file carries a checksum.
namespace comd {

struct BackupInfo {
  std::uint32_t id = 0;  ///< counts up
  Instant made{};
  Position position{};  ///< it holds every commit up to here, and perhaps a few more
  int format = 0;       ///< of the store
  std::uint64_t bytes = 0, files = 0;
};

struct BackupError {
  std::string message;     ///< "Expected …, but …", and what to do
  bool not_found = false;  ///< there is no such backup
  bool given_up = false;   ///< because `progress` said so
};

struct BackupOptions {
  std::string directory = {};                        ///< absolute; made if it is not there. Not within the store's own
  std::uint64_t bytes_per_second = 0;                ///< written at most; 0: as fast as the disk is
  std::function<bool(std::uint64_t)> progress = {};  ///< told the bytes copied so far, from threads of the backup; false: give up
};

struct BackupMade {
  BackupInfo info;
  std::string directory;
  std::uint64_t copied = 0;  ///< of its bytes; the others were there already
  Millis took{};
};

/// Makes backups of a log while it is open, one at a time. Whoever appends waits for at most one flush of what is in memory.
class BackupDesk {
 public:
  using Now = std::function<Instant()>;
  /// `usual`: where and how fast, where a backup is asked for without.
  BackupDesk(std::shared_ptr<const EventLog>, Now, BackupOptions usual = {});

  /// Runs in the caller's thread until it is done. Any thread; an error if another is under way.
  Result<BackupMade, BackupError> make(const BackupOptions&);
  std::optional<BackupMade> last() const;  ///< that this process made
  std::uint64_t failures() const;

 private:
  const std::shared_ptr<const EventLog> log_;
  const Now now_;
  const BackupOptions usual_;
  mutable std::mutex mutex_;
  bool busy_ = false;
  std::optional<BackupMade> last_;
  std::uint64_t failures_ = 0;
};

struct BackupList {
  std::vector<BackupInfo> backups;        ///< oldest first
  std::vector<std::uint32_t> unreadable;  ///< their own list of files is damaged or incomplete
};
Result<BackupList, BackupError> list_backups(const std::string& directory);

struct BackupVerdict {
  BackupInfo info;
  Position tail{};  ///< the last commit in it
  ChainLink end;    ///< of the chain, as the store has it
};
/// Reads every file of a backup (`id` 0: the latest) against its checksum, then opens it as a store, without writing anything.
Result<BackupVerdict, BackupError> verify_backup(const std::string& directory, std::uint32_t id);

struct Pruned {
  std::vector<std::uint32_t> deleted;
  std::size_t kept = 0;
};
/// Deletes all but the latest `keep`, and the files that only they had.
Result<Pruned, BackupError> prune_backups(const std::string& directory, std::uint32_t keep);

}  // namespace comd
