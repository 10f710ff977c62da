#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "actors/engine.h"
#include "storage/archive.h"

/// Archives orders that are over for long: asks each, as anybody would, and then has their records moved to files. Whoever asks for it,
/// a person or the clock, asks this one.
namespace comd {

struct ArchiveRun {
  std::uint64_t orders = 0;   ///< archived; or of a dry run: that would be
  std::uint64_t refused = 0;  ///< old enough, but something of them is under way; asked again the next time
  std::string first_refusal;
  Moved moved;
  Instant ended{};
  Millis took{};
};

struct ArchiveOptions {
  std::optional<Millis> older_than = {};  ///< since their end; absent: the usual
  bool dry_run = false;
  std::string by = "comd";
  std::string reason = {};
  std::function<bool(const ArchiveRun&)> progress =
      {};  ///< told what is done so far; false: give up, and what is done stays done
};

class Archiver {
 public:
  /// `usual`: how long after its end an order is archived; absent: there is no usual.
  Archiver(Engine& engine, std::optional<Millis> usual) : engine_(engine), usual_(usual) {}
  Archiver(const Archiver&) = delete;
  Archiver& operator=(const Archiver&) = delete;

  /// Runs in the caller's thread until it is done, with few commands under way at once, and waits while others have many. Any thread;
  /// an error if another is under way.
  Result<ArchiveRun, ArchiveError> run(const ArchiveOptions&);

  std::optional<ArchiveRun> last() const;
  /// Of all runs of this process.
  ArchiveRun total() const;
  std::uint64_t failures() const { return failures_; }
  std::optional<Millis> usual() const { return usual_; }
  const EventLog& log() const { return engine_.log(); }

 private:
  class Walk;
  Engine& engine_;
  const std::optional<Millis> usual_;
  mutable std::mutex mutex_;
  bool busy_ = false;
  std::optional<ArchiveRun> last_;
  ArchiveRun total_;
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace comd
