#pragma once
#include <array>
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
/// meta     name                          → text            format, epoch
enum class Family : std::size_t { log, streams, work, views, meta, chain };
inline constexpr std::array<const char*, 6> kFamilyNames{"log", "streams", "work", "views", "meta", "chain"};

/// The form of everything in the store. A store of a newer form is refused, and so is one from before the first release (1).
inline constexpr int kFormat = 2;
inline constexpr int kOldestFormat = 2;

/// In `meta` while the rows are being made anew; a store with it is not opened.
inline constexpr const char* kRowsIncomplete = "rows-incomplete";

/// What must hold of a store that is opened: all of it; all but that its rows are complete; or only that RocksDB can open it, which
/// takes a copy, and somebody who knows what it means.
enum class Demand { whole, log, nothing };

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

  const std::string& directory() const { return directory_; }
  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family f) const { return families_[static_cast<std::size_t>(f)]; }

 private:
  struct Files;
  Store();
  std::vector<rocksdb::ColumnFamilyDescriptor> describe(const std::vector<std::string>& names, std::size_t cache_bytes) const;
  void adopt(rocksdb::DB*);
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
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyNames.size()> families_{};
};

/// An EventLog that has one.
class HasStore {
 public:
  virtual ~HasStore() = default;
  virtual Store& store() const = 0;
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
