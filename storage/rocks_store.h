#pragma once
#include <array>
#include <atomic>
#include <memory>

#include <rocksdb/db.h>

#include "storage/event_log.h"
#include "storage/high_water.h"

/// An open RocksDB with comd's column families: which there are, how each is tuned, and what to tell who cannot open it.
/// Internal to storage/.
namespace comd::rocks {

/// log      position                      → commit record   written once in key order: never rewritten by compaction
/// streams  stream \0 version             → position        version of the commit's last event in that stream
/// work     storage/keys.h, all but 'V'   → row             outstanding work: short-lived rows, many deletions
/// views    storage/keys.h, 'V'           → row
/// chain    position                      → hash            the chain at the end of every batch (storage/chain.h)
/// meta     name                          → text            format; generation: of work and views, whose names end in ".<n>" from
///                                                          the second on; next: "<generation> <position> <build>" while one is made
enum class Family : std::size_t { log, streams, work, views, meta, chain };
inline constexpr std::array<const char*, 6> kFamilyNames{"log", "streams", "work", "views", "meta", "chain"};

/// The form of everything in the store. A store of a newer form is refused, and so is one from before the first release (1). With the
/// first archive file a store becomes one of form 3: some records are stubs.
inline constexpr int kFormat = 3;
inline constexpr int kOldestFormat = 2;

/// In `meta` while the rows are being made anew; a store with it is not opened.
inline constexpr const char* kRowsIncomplete = "rows-incomplete";

/// What must hold of a store that is opened: all of it; all but that its rows are complete; or only that RocksDB can open it, which
/// takes a copy, and somebody who knows what it means.
enum class Demand { whole, log, nothing };

/// The row tables of one generation.
struct Generation {
  std::uint32_t number = 1;
  rocksdb::ColumnFamilyHandle* work = nullptr;
  rocksdb::ColumnFamilyHandle* views = nullptr;
  std::uint64_t folded = 0;  ///< made anew: up to this position,
  std::string build;         ///< by this build of the program
};

class Store {
 public:
  static Result<std::unique_ptr<Store>, OpenError> open(const RocksOptions&, rocksdb::Env* env, Demand = Demand::whole);
  /// As it is on disk; nothing is written, and nobody is kept from it. For stores that no process writes to.
  static Result<std::unique_ptr<Store>, OpenError> open_read_only(const RocksOptions&, rocksdb::Env* env);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Ends the process if a read failed: going on would take "cannot be read" for "is not there".
  void must(const rocksdb::Status&) const;
  /// Why a read failed at start, and what to do.
  OpenError why(const rocksdb::Status&) const;
  /// The last position of the log.
  Result<Position, OpenError> tail() const;
  /// Commits up to here are synced. Writer thread only. `Position` may be less than before only where a log is cut.
  void synced(Position);

  /// Without reading what was in it.
  rocksdb::Status make_empty(Family);

  // Row tables of another generation, beside those in use (storage/rocks_rebuild.h). One at a time.
  /// Empty, or as this build has left it. `afresh`: empty.
  Generation next_generation(const std::string& build, bool afresh = false);
  /// Adds to the batch that they are made up to that position.
  void folded(rocksdb::WriteBatch&, const Generation&, Position) const;
  /// From now on they are the ones in use; durable when it returns. The others are gone, and what still reads them may go on.
  void use(const Generation&);
  void drop(const Generation&);

  const std::string& directory() const { return directory_; }
  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family f) const {
    return families_[static_cast<std::size_t>(f)].load(std::memory_order_acquire);
  }

 private:
  struct Files;
  Store();
  std::vector<rocksdb::ColumnFamilyDescriptor> describe(const std::vector<std::string>& names, std::size_t cache_bytes) const;
  rocksdb::Status adopt(rocksdb::DB*);
  rocksdb::Status adopt_generation();
  rocksdb::ColumnFamilyHandle* find(const std::string& name) const;
  rocksdb::Status drop_leftovers();
  rocksdb::Status forget(rocksdb::ColumnFamilyHandle*);
  std::optional<OpenError> check_format();
  std::optional<OpenError> check_rows() const;
  std::optional<OpenError> check_tail(const std::optional<Mark>&) const;
  void keep_mark(rocksdb::Env&);

  std::string directory_;
  std::function<void(std::string_view)> on_unreadable_;
  bool read_only_ = false;
  std::shared_ptr<Files> changed_;  ///< told by RocksDB's own threads
  std::unique_ptr<HighWater> high_water_;
  Mark mark_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  ///< owned
  std::vector<rocksdb::ColumnFamilyHandle*> gone_;     ///< owned; of dropped tables that somebody may still be reading
  std::array<std::atomic<rocksdb::ColumnFamilyHandle*>, kFamilyNames.size()> families_{};
  std::uint32_t generation_ = 1;
};

class ArchiveFiles;

/// An EventLog that has one.
class HasStore {
 public:
  virtual ~HasStore() = default;
  virtual Store& store() const = 0;
  virtual const ArchiveFiles& archive() const = 0;
};

/// A stream's part of a key in `streams`: all but the version.
inline constexpr std::size_t kVersionBytes = 8;

}  // namespace comd::rocks

namespace comd {

/// As the public one, over another environment: for tests with failing disks.
Result<std::unique_ptr<EventLog>, OpenError> open_rocks_event_log(const RocksOptions&, rocksdb::Env*);
/// Only to be read; appends fail. As Store::open_read_only.
Result<std::unique_ptr<EventLog>, OpenError> open_read_only(const RocksOptions&, rocksdb::Env*);
Result<std::unique_ptr<EventLog>, OpenError> open_read_only_without_rows(const RocksOptions&);
/// Whose rows nobody may read: they may be damaged, and are there to be made anew.
Result<std::unique_ptr<EventLog>, OpenError> open_without_rows(const RocksOptions&, rocks::Demand = rocks::Demand::log);

}  // namespace comd
