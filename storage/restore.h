#pragma once
#include <functional>
#include <optional>
#include <string>

#include "storage/backup.h"

/// A store from a backup, whole or cut at a point of its log, and the rows of a store made anew from its log. For stores that no
/// process has open.
namespace comd {

struct RestoreStep {
  std::string_view what;  ///< "copying", "cutting", "folding"
  std::uint64_t done = 0, of = 0;
};
using RestoreProgress = std::function<void(const RestoreStep&)>;

struct RestoreOptions {
  std::string backups = {};  ///< directory
  std::uint32_t id = 0;      ///< 0: the latest
  std::string data = {};     ///< the new data directory; it must not exist, or be empty
  /// Only what was committed up to here; at most one of both.
  std::optional<Position> to_position = {};
  std::optional<Instant> to_time = {};
  std::string reason = {};  ///< kept with the epoch that begins
  RestoreProgress progress = {};
};

struct Restored {
  BackupInfo from;
  Position tail_of_backup{}, tail{};  ///< what the backup held, and what the store holds before its new epoch begins
  std::uint64_t cut = 0;              ///< commits that were left out
  std::uint64_t epoch = 0;            ///< that has begun
  Millis took{};
};

/// The new store is complete when its directory appears under its name. It begins a new epoch, fenced: it dispatches nothing until
/// somebody has reconciled it (storage/epoch.h).
Result<Restored, BackupError> restore_backup(const RestoreOptions&, Instant now);

struct Salvage {
  std::string damaged;  ///< a data directory, which stays as it is
  std::string data;     ///< the new one; it must not exist, or be empty
  std::string reason = {};
  RestoreProgress progress = {};
};
/// What can still be read of a store whose log has lost its end: a copy, cut where the log first has a gap, with its rows made anew,
/// as a new epoch like a restored one. `from` of the result says nothing.
Result<Restored, BackupError> salvage_store(const Salvage&, Instant now);

struct RowsMade {
  std::uint64_t commits = 0, rows = 0, counters = 0;
  std::uint64_t unreadable = 0;  ///< commits that harm their streams
  Millis took{};
};
/// Deletes every derived row and counter and makes them from the log. A store in which this was interrupted is not opened until it
/// has been done to its end.
Result<RowsMade, OpenError> make_rows_anew(const std::string& data, const RestoreProgress&);

}  // namespace comd
