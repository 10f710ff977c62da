#include "storage/restore.h"

#include <rocksdb/write_batch.h>

#include <chrono>
#include <filesystem>

#include "storage/archive_files.h"
#include "storage/archive_meta.h"
#include "storage/as_of.h"
#include "storage/backup_directory.h"
#include "storage/each_commit.h"
#include "storage/epoch.h"
#include "storage/keys.h"
#include "storage/refold.h"
#include "storage/rocks_keys.h"
#include "storage/rocks_picture.h"
#include "storage/verify_chain.h"

namespace comd {
namespace {

namespace fs = std::filesystem;
using rocks::Family;
using rocks::log_key;
using rocks::Store;

using Steady = std::chrono::steady_clock;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;
constexpr std::uint64_t kTellEvery = 4'096;  ///< commits

Millis since(Steady::time_point began) { return std::chrono::duration_cast<Millis>(Steady::now() - began); }

/// A batch that goes to the store whenever it is large enough.
class Writes {
 public:
  explicit Writes(Store& store) : store_(store) {}
  rocksdb::WriteBatch& batch() { return batch_; }
  rocksdb::Status write_if_large() { return batch_.GetDataSize() < kBatchBytes ? rocksdb::Status::OK() : write(); }
  rocksdb::Status write() {
    rocksdb::WriteOptions sync;
    sync.sync = true;
    const auto status = store_.db().Write(sync, &batch_);
    batch_.Clear();
    return status;
  }

 private:
  Store& store_;
  rocksdb::WriteBatch batch_;
};

/// The log ends at `position` from now on: its records, the versions of streams and the chain behind it are gone.
rocksdb::Status cut(Store& store, Position position, const Digest& chain) {
  Writes writes(store);
  for (const auto family : {Family::log, Family::chain}) {
    // One by one: see what options_of says of ranges.
    const std::unique_ptr<rocksdb::Iterator> it(store.db().NewIterator({}, store.family(family)));
    for (it->Seek(log_key(Position{number(position) + 1})); it->Valid(); it->Next()) {
      if (auto status = writes.batch().Delete(store.family(family), it->key()); !status.ok()) return status;
      if (auto status = writes.write_if_large(); !status.ok()) return status;
    }
    if (!it->status().ok()) return it->status();
  }
  if (position != Position{}) {
    const rocksdb::Slice hash(reinterpret_cast<const char*>(chain.data()), chain.size());
    if (auto status = writes.batch().Put(store.family(Family::chain), log_key(position), hash); !status.ok()) return status;
  }
  const std::unique_ptr<rocksdb::Iterator> it(store.db().NewIterator({}, store.family(Family::streams)));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (bytes::get({it->value().data(), it->value().size()}) <= number(position)) continue;
    if (auto status = writes.batch().Delete(store.family(Family::streams), it->key()); !status.ok()) return status;
    if (auto status = writes.write_if_large(); !status.ok()) return status;
  }
  if (!it->status().ok()) return it->status();
  if (rocks::archived_up_to(store) > position)  // what comes there from now on is looked through too
    if (auto status = writes.batch().Put(store.family(Family::meta), rocks::kArchivedUpTo, std::to_string(number(position)));
        !status.ok())
      return status;
  if (auto status = writes.write(); !status.ok()) return status;
  store.synced(position);
  return rocksdb::Status::OK();
}

/// Everything derived, from the log alone.
Result<RowsMade, OpenError> fold_rows(Store& store, const EventLog& log, const RestoreProgress& progress) {
  const auto began = Steady::now();
  RowsMade out;
  Writes writes(store);
  const auto failed = [&](const rocksdb::Status& status) { return Err(store.why(status)); };
  if (auto marked = writes.batch().Put(store.family(Family::meta), rocks::kRowsIncomplete, "1"); !marked.ok())
    return failed(marked);
  if (auto written = writes.write(); !written.ok()) return failed(written);
  for (const auto family : {Family::work, Family::views})
    if (auto emptied = store.make_empty(family); !emptied.ok()) return failed(emptied);

  Refold refold(log, markers(log));
  std::map<std::string, std::int64_t> counters;
  rocksdb::Status status;
  each_commit(log, Position{}, log.tail(), [&](const StoredCommit& stored) {
    const auto append = refold.add(stored.record);
    if (!append) ++out.unreadable;
    for (const auto& change : append ? append->rows : std::vector<RowChange>{}) {
      auto* family = store.family(rocks::family_of_row(change.key));
      status = change.value ? writes.batch().Put(family, change.key, *change.value) : writes.batch().Delete(family, change.key);
      if (!status.ok()) return false;
    }
    if (append)
      for (const auto& [name, delta] : append->counters) counters[name] += delta;
    if (++out.commits % kTellEvery == 0 && progress) progress({"folding", out.commits, number(log.tail())});
    status = writes.write_if_large();
    return status.ok();
  });
  for (const auto& [name, value] : counters) {
    std::string text;
    bytes::put_signed(text, value);
    if (status.ok()) status = writes.batch().Put(store.family(Family::work), keys::counter(name), text);
  }
  if (status.ok()) status = writes.batch().Delete(store.family(Family::meta), rocks::kRowsIncomplete);
  if (status.ok()) status = writes.write();
  if (!status.ok()) return failed(status);
  out.counters = counters.size();
  out.took = since(began);
  return out;
}

RocksOptions options_for(const std::string& data) {
  RocksOptions options;
  options.directory = data;
  options.block_cache_bytes = std::size_t{64} << 20;
  options.create = false;
  return options;
}

/// A new data directory under another name until it is complete, so that nobody starts on a half.
class Staged {
 public:
  static Result<std::unique_ptr<Staged>, BackupError> make(const std::string& data) {
    std::error_code error;
    if (fs::exists(data, error) && !fs::is_empty(data, error))
      return Err(
          BackupError{"Expected " + data +
                      " to be empty or not to exist, but it is not empty. Give a new directory: nothing is written over."});
    std::unique_ptr<Staged> out(new Staged(data));
    fs::remove_all(out->directory(), error);
    fs::create_directories(out->directory(), error);
    if (error)
      return Err(BackupError{"Expected to make " + out->directory() + ", but: " + error.message() +
                             ". Give a directory you may write to."});
    return out;
  }
  ~Staged() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(directory(), ignored);
  }
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;

  std::string directory() const { return data_ + ".restoring"; }
  std::optional<BackupError> complete() {
    kept_ = true;
    std::error_code error;
    fs::remove(data_, error);  // it is empty
    fs::rename(directory(), data_, error);
    if (!error) return std::nullopt;
    return BackupError{"Expected to rename " + directory() + " to " + data_ + ", but: " + error.message() +
                       ". The store in it is complete: rename it by hand."};
  }

 private:
  explicit Staged(std::string data) : data_(std::move(data)) {}
  const std::string data_;
  bool kept_ = false;
};

/// Where the store is to end.
Result<Position, BackupError> cut_point(const RestoreOptions& options, const BackupInfo& from, const EventLog& log) {
  if (!options.to_position && !options.to_time) return log.tail();
  const Position to = options.to_position ? *options.to_position : position_at(log, *options.to_time);
  if (to <= log.tail()) return to;
  return Err(BackupError{"Expected backup " + std::to_string(from.id) + " to reach position " + std::to_string(number(to)) +
                         ", but it ends at " + std::to_string(number(log.tail())) + ". Take a later one: comctl backup list " +
                         options.backups});
}

/// Commits behind `to` go, if there are any.
std::optional<BackupError> cut_log(const EventLog& log, Position to, Restored& out, const RestoreProgress& progress) {
  out.tail_of_backup = log.tail();
  out.tail = to;
  out.cut = number(log.tail()) - number(to);
  if (out.cut == 0) return std::nullopt;
  if (progress) progress({"cutting", 0, out.cut});
  auto& store = dynamic_cast<const rocks::HasStore&>(log).store();
  const auto status = cut(store, to, chain_at(log, to));
  return status.ok() ? std::nullopt : std::optional(BackupError{store.why(status).message});
}

std::optional<BackupError> begin_anew(const std::string& directory, const std::string& reason, Instant now, Restored& out) {
  const auto log = open_rocks_event_log(options_for(directory));
  if (!log) return BackupError{log.error().message};
  const auto begun = begin_epoch(**log, reason, now);
  if (!begun) return BackupError{"Expected to begin a new epoch in " + directory + ", but it cannot be written to."};
  out.epoch = begun->number;
  return std::nullopt;
}

/// The archive files that the store refers to.
std::optional<BackupError> bring_archive(const EventLog& log, const std::string& from) {
  const auto& with_store = dynamic_cast<const rocks::HasStore&>(log);
  const auto wrong =
      rocks::copy_archive_files(from, with_store.archive().directory(), rocks::archive_names_of(with_store.store()));
  if (!wrong) return std::nullopt;
  return BackupError{"Expected to copy every archive file, but " + *wrong +
                     ". Put it there from another copy, then begin again."};
}

/// Those that are still there: one that is missing costs its own records, and the inspection says so.
std::optional<BackupError> salvage_archive(const EventLog& log, const std::string& from) {
  const auto& with_store = dynamic_cast<const rocks::HasStore&>(log);
  auto names = rocks::archive_names_of(with_store.store());
  std::erase_if(names, [&](const std::string& name) { return !fs::exists(fs::path(from) / name); });
  const auto wrong = rocks::copy_archive_files(from, with_store.archive().directory(), names);
  return wrong ? std::optional(BackupError{"Expected to copy " + from + ", but " + *wrong + "."}) : std::nullopt;
}

/// The last position before the first that has no record.
Position end_without_gap(const Store& store, Position tail) {
  const std::unique_ptr<rocksdb::Iterator> it(store.db().NewIterator({}, store.family(Family::log)));
  Position last{};
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto at = bytes::get({it->key().data(), it->key().size()});
    if (at != number(last) + 1) return last;
    last = Position{at};
  }
  return it->status().ok() ? last : tail;  // a damaged block is no gap: what lies behind it can be read
}

}  // namespace

Result<Restored, BackupError> restore_backup(const RestoreOptions& options, Instant now) {
  const auto began = Steady::now();
  if (options.to_position && options.to_time)
    return Err(BackupError{"Expected a position or a time to restore to, but got both. Give one."});
  const auto engine = rocks::open_backups(options.backups);
  if (!engine) return Err(engine.error());
  const auto info = rocks::find_backup(**engine, options.backups, options.id);
  if (!info) return Err(info.error());
  const auto staged = Staged::make(options.data);
  if (!staged) return Err(staged.error());
  const auto directory = (*staged)->directory();
  if (options.progress) options.progress({"copying", 0, info->size});
  if (const auto copied = (*engine)->RestoreDBFromBackup(rocksdb::RestoreOptions(), info->backup_id, directory, directory);
      !copied.ok())
    return Err(rocks::error_of(options.backups, info->backup_id, copied));

  Restored out{rocks::info_of(*info), {}, {}, 0, {}};
  {
    const auto log = open_rocks_event_log(options_for(directory));
    if (!log) return Err(BackupError{log.error().message});
    if (auto error = bring_archive(**log, rocks::archive_of(options.backups))) return Err(*error);
    const auto to = cut_point(options, out.from, **log);
    if (!to) return Err(to.error());
    if (auto error = cut_log(**log, *to, out, options.progress)) return Err(*error);
  }
  if (out.cut > 0)
    if (const auto made = make_rows_anew(directory, options.progress); !made) return Err(BackupError{made.error().message});
  if (auto error = begin_anew(directory, options.reason, now, out)) return Err(*error);
  if (auto error = (*staged)->complete()) return Err(*error);
  out.took = since(began);
  return out;
}

Result<Restored, BackupError> salvage_store(const Salvage& options, Instant now) {
  const auto began = Steady::now();
  std::error_code error;
  if (!fs::exists(fs::path(options.damaged) / "CURRENT", error))
    return Err(
        BackupError{"Expected " + options.damaged + " to be a data directory, but it has no file CURRENT. Restore a backup."});
  const auto staged = Staged::make(options.data);
  if (!staged) return Err(staged.error());
  const auto directory = (*staged)->directory();
  if (options.progress) options.progress({"copying", 0, 0});
  for (const auto& file : fs::directory_iterator(options.damaged, error)) {
    const auto name = file.path().filename().string();
    if (!file.is_regular_file(error) || name == rocks::kHighWaterFile || name == "LOCK" || name == "reserve") continue;
    if (fs::copy_file(file.path(), fs::path(directory) / name, error); error) break;
  }
  if (error) return Err(BackupError{"Expected to copy " + options.damaged + ", but: " + error.message() + "."});

  Restored out{};
  {
    const auto log = open_without_rows(options_for(directory), rocks::Demand::nothing);
    if (!log) return Err(BackupError{log.error().message});
    if (auto failed = salvage_archive(**log, options.damaged + "/archive")) return Err(*failed);
    const auto end = end_without_gap(dynamic_cast<const rocks::HasStore&>(**log).store(), (*log)->tail());
    if (auto failed = cut_log(**log, end, out, options.progress)) return Err(*failed);
  }
  if (const auto made = make_rows_anew(directory, options.progress); !made) return Err(BackupError{made.error().message});
  if (auto failed = begin_anew(directory, options.reason, now, out)) return Err(*failed);
  if (auto failed = (*staged)->complete()) return Err(*failed);
  out.took = since(began);
  return out;
}

Result<RowsMade, OpenError> make_rows_anew(const std::string& data, const RestoreProgress& progress) {
  const auto log = open_without_rows(options_for(data));
  if (!log) return Err(log.error());
  return fold_rows(dynamic_cast<rocks::HasStore&>(**log).store(), **log, progress);
}

}  // namespace comd
