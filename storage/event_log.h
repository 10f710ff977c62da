#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/record.h"
#include "storage/chain.h"
#include "storage/table_rebuild.h"

/// The durable history of everything, and the rows derived from it. One writer thread; any number of reader threads at any time.
///
/// Guarantees, checked for every implementation by test/contract/event_log_contract.h:
///  - an append is atomic: its commit record, stream heads and row changes appear together or not at all;
///  - positions are dense and in commit order, so a reader that stops at P has seen everything before P;
///  - when `append` returns, every accepted append of the batch survives a crash of process and machine;
///  - every record is chained to all before it, in the same write (storage/chain.h);
///  - after a failed write or sync nothing more is accepted (`AppendError::failed`): the tail is not known any more;
///  - a commit record that the disk does not give back is read as one that no decoder takes (events/lost.h); where anything else
///    is not given back, the process ends: "cannot be read" is never taken for "is not there".
namespace comd {

/// One change to a derived row. `value` absent: delete.
struct RowChange {
  std::string key;  ///< made by storage/keys.h: first byte is the table
  std::optional<std::string> value;
  bool operator==(const RowChange&) const = default;
};

struct StreamHead {
  StreamId stream;
  Version expected{};
  std::uint32_t events = 0;
};

/// Everything one decision makes durable.
struct Append {
  std::vector<StreamHead> streams;  ///< may be empty: a commit that only consumes a tell
  std::string record;               ///< encode(Commit)
  std::vector<RowChange> rows;
  std::vector<std::pair<std::string, std::int64_t>> counters;  ///< added to what is stored
  std::optional<Digest> digest = {};                           ///< sha256(record); absent: the log works it out
};

struct Appended {
  Position position{};
};
/// full: the writer did not even try, for want of room on the disk.
enum class AppendError { conflict, fenced, unknown, failed, full };

/// Where a record lies that has left the log's own table (storage/archive.h), and what it must be.
struct ArchivedRecord {
  std::string file;
  Digest digest{};
};

struct StoredCommit {
  Position position{};
  std::string record;
  std::optional<ArchivedRecord> archived = {};
};

struct DueTimer {
  StreamId stream;
  std::string name;
  Instant due{};
  std::string reason;
  bool operator==(const DueTimer&) const = default;
};
struct OutboxEntry {
  StreamId stream;
  std::string key;
  std::string lane;
  EffectKind kind{};
  Instant deadline{};
  bool operator==(const OutboxEntry&) const = default;
};
struct PendingTell {
  StreamId from, to;
  std::string name;
  bool operator==(const PendingTell&) const = default;
};

/// A page of derived rows. `after` in the next call continues behind the last key.
struct RowPage {
  std::vector<std::pair<std::string, std::string>> rows;
  bool more = false;
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  /// The whole batch with one sync. A conflicting append is refused alone. Writer thread only.
  virtual std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) = 0;

  /// Commits that touch the stream, oldest first, from version `after` + 1. Empty: no such stream.
  virtual std::vector<StoredCommit> read_stream(const StreamId&, Version after = {}) const = 0;
  virtual Version head(const StreamId&) const = 0;
  virtual std::vector<StoredCommit> read_feed(Position after, std::size_t limit) const = 0;
  virtual Position tail() const = 0;

  /// The chain as it was stored: a link at the end of every batch. Those behind `after`, oldest first.
  virtual std::vector<ChainLink> read_chain(Position after, std::size_t limit) const = 0;
  /// The last link at or before `until`; before the first one: position zero and zeros.
  virtual ChainLink last_link(Position until) const = 0;

  // Derived rows.
  /// Timers due at or before `until`, earliest first; those behind `after`, if that is given.
  virtual std::vector<DueTimer> timers_due(Instant until, std::size_t limit, const DueTimer* after = nullptr) const = 0;
  virtual std::optional<Instant> next_due() const = 0;
  virtual std::vector<OutboxEntry> outbox(const OutboxEntry* after, std::size_t limit) const = 0;
  virtual std::vector<PendingTell> tells(const PendingTell* after, std::size_t limit) const = 0;
  virtual std::optional<std::string> row(Table, std::string_view key) const = 0;
  /// Rows of a table whose key starts with `prefix`, in key order (or backwards), behind `after` (a key; empty: from the start).
  virtual RowPage scan(Table, std::string_view prefix, std::string_view after, std::size_t limit,
                       bool backwards = false) const = 0;
  virtual std::map<std::string, std::int64_t> counters() const = 0;

  /// Begins to make every derived table afresh, or goes on with what was begun; readers and the writer do not notice. nullptr: one
  /// is under way, or this log keeps no tables on disk. `build`: of this program; what another one has begun is not gone on with. It
  /// must not outlive the log.
  virtual std::unique_ptr<TableRebuild> rebuild_tables([[maybe_unused]] const std::string& build) const { return nullptr; }

  /// Every derived row and counter, in key order: what a rebuild must reproduce byte by byte.
  virtual std::vector<std::pair<std::string, std::string>> derived() const = 0;
};

/// Keeps everything in memory; `crash()` of the simulator lives in test/sim.
std::unique_ptr<EventLog> make_memory_event_log();

struct RocksOptions {
  std::string directory;
  std::string archive = {};  ///< directory of its archive files; empty: "archive" in the store's own
  std::size_t block_cache_bytes = 256u << 20;
  bool create = true;
  std::function<void(std::string_view)> on_failure;  ///< told once why appends fail from now on; default: standard error
  /// Told what cannot be read, and what to do; must not return. Default: standard error, and the process ends.
  std::function<void(std::string_view)> on_unreadable = {};
  /// Told, perhaps often, of a commit record that cannot be read. Default: standard error.
  std::function<void(std::string_view)> on_lost = {};
};
struct OpenError {
  std::string message;
};  ///< says what to do: locked by another process, newer format, corrupted, no permission
Result<std::unique_ptr<EventLog>, OpenError> open_rocks_event_log(const RocksOptions&);

}  // namespace comd
