#include "storage/rocks_store.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include "storage/bytes.h"
#include "storage/file_check.h"
#include "storage/open_error.h"

namespace comd::rocks {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Groups the keys of `streams` by stream, so that a bloom filter answers "no such stream" without reading a block.
class StreamPrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "comd.stream"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return {key.data(), key.size() - kVersionBytes}; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > kVersionBytes; }
};

rocksdb::ColumnFamilyOptions base_options(const std::shared_ptr<rocksdb::Cache>& cache, bool filter, bool whole_keys) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  if (filter) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = whole_keys;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = 64 * kMiB;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

rocksdb::ColumnFamilyOptions options_of(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  switch (family) {
    case Family::log:
    case Family::chain: {
      // Keys only grow: files never overlap, and compaction moves them without reading them.
      // No DeleteRange here: RocksDB 7.8 takes the hint of one skip list for another then.
      auto options = base_options(cache, false, false);
      options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(1));
      return options;
    }
    case Family::streams: {
      auto options = base_options(cache, true, false);
      options.prefix_extractor = std::make_shared<StreamPrefix>();
      options.memtable_prefix_bloom_size_ratio = 0.05;
      options.write_buffer_size = 32 * kMiB;
      return options;
    }
    case Family::work: {
      // Nearly every row is deleted soon after it was written. A file full of deletions is compacted at once, so that scans of
      // timers do not wade through them.
      auto options = base_options(cache, false, false);
      options.compression = rocksdb::kNoCompression;
      options.write_buffer_size =
          16 * kMiB;  // a row and its deletion mostly meet in it, and a small one is quicker to insert into
      options.table_properties_collector_factories.push_back(
          std::make_shared<rocksdb::CompactOnDeletionCollectorFactory>(4096, 2048, 0.5));
      return options;
    }
    case Family::views: {
      auto options = base_options(cache, true, true);
      options.memtable_prefix_bloom_size_ratio = 0.02;
      options.memtable_whole_key_filtering = true;
      return options;
    }
    case Family::meta: break;
  }
  auto options = base_options(cache, false, false);
  options.write_buffer_size = kMiB;
  return options;
}

rocksdb::DBOptions db_options(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.allow_concurrent_memtable_write = false;  // one writer
  options.max_total_wal_size = 128 * kMiB;          // bounds what a restart after a crash reads again
  // A log file is not recycled: RocksDB then recovers only by skipping what it cannot read, and a store that silently misses
  // a part of its log is worse than one that is a little slower.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.bytes_per_sync = kMiB;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4 * kMiB;
  return options;
}

bool is_ours(const std::string& name) {
  return name == rocksdb::kDefaultColumnFamilyName || std::ranges::find(kFamilyNames, name) != kFamilyNames.end();
}

/// A database of somebody else has rows in its default family; comd never writes there.
bool is_foreign(const std::string& directory, const std::vector<std::string>& families, rocksdb::Env* env) {
  if (std::ranges::find(families, "meta") != families.end()) return false;
  if (!std::ranges::all_of(families, is_ours)) return true;
  rocksdb::Options options;
  options.env = env;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::OpenForReadOnly(options, directory, &raw).ok()) return false;  // opening it will say what is wrong
  const std::unique_ptr<rocksdb::DB> db(raw);
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
  it->SeekToFirst();
  return it->Valid();
}

/// Says nothing: what reads only leaves no trace.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace

/// Hears when the list of files has become longer.
struct Store::Files final : rocksdb::EventListener {
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { changed = true; }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override { changed = true; }
  std::atomic<bool> changed{false};
};

Store::Store() : changed_(std::make_shared<Files>()) {}

std::vector<rocksdb::ColumnFamilyDescriptor> Store::describe(const std::vector<std::string>& names,
                                                             std::size_t cache_bytes) const {
  const auto cache = rocksdb::NewLRUCache(cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto& name : names) {
    const auto ours = std::ranges::find(kFamilyNames, name);
    const auto index = static_cast<std::size_t>(ours - kFamilyNames.begin());
    // A family that this version does not know is opened too: RocksDB insists, and check_format then says what it is.
    families.emplace_back(
        name, ours == kFamilyNames.end() ? rocksdb::ColumnFamilyOptions{} : options_of(static_cast<Family>(index), cache));
  }
  return families;
}

void Store::adopt(rocksdb::DB* db) {
  db_.reset(db);
  for (auto* handle : handles_) {
    const auto ours = std::ranges::find(kFamilyNames, handle->GetName());
    if (ours != kFamilyNames.end()) families_[static_cast<std::size_t>(ours - kFamilyNames.begin())] = handle;
  }
}

Result<std::unique_ptr<Store>, OpenError> Store::open(const RocksOptions& options, rocksdb::Env* env, Demand demand) {
  bool exists = false;
  if (auto error = prepare_directory(options, exists)) return Err(*error);
  std::unique_ptr<Store> store(new Store);
  store->directory_ = options.directory;
  store->on_unreadable_ = options.on_unreadable;
  rocksdb::DBOptions db_opts = db_options(env);
  db_opts.listeners.push_back(store->changed_);
  const auto mark = read_mark(*env, options.directory);
  std::vector<std::string> names;
  if (exists) {
    if (auto error = in_use(options.directory, env)) return Err(*error);
    const auto listed = rocksdb::DB::ListColumnFamilies(db_opts, options.directory, &names);
    if (listed.ok() && is_foreign(options.directory, names, env))
      return Err(refusal(options.directory,
                         "it holds a RocksDB database of another program. Give an empty directory or one that comd made."));
    const auto checked = check_files(options.directory, mark);
    if (checked.damage && demand != Demand::nothing) return Err(damaged(options.directory, *checked.damage));
    if (!listed.ok()) return Err(explain(options.directory, listed));
    if (checked.torn && mark && demand != Demand::nothing) {
      // Opening it would throw away what is behind the tear, and with it what could be found out about it.
      if (const auto look = open_read_only(options, env)) {
        if (auto error = (*look)->check_tail(mark)) return Err(*error);
      }
    }
  } else {
    names = {rocksdb::kDefaultColumnFamilyName};
  }
  for (const char* name : kFamilyNames)
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  rocksdb::DB* raw = nullptr;
  const auto opened =
      rocksdb::DB::Open(db_opts, options.directory, store->describe(names, options.block_cache_bytes), &store->handles_, &raw);
  if (!opened.ok()) return Err(explain_tables(options.directory, opened, env));
  store->adopt(raw);
  if (auto error = store->check_format()) return Err(*error);
  if (auto error = store->check_tail(mark); error && demand != Demand::nothing) return Err(*error);
  if (auto error = store->check_rows(); error && demand == Demand::whole) return Err(*error);
  const auto tail = store->tail();
  if (!tail) return Err(tail.error());
  store->mark_.position = number(*tail);
  store->keep_mark(*env);
  return store;
}

Result<std::unique_ptr<Store>, OpenError> Store::open_read_only(const RocksOptions& options, rocksdb::Env* env) {
  std::unique_ptr<Store> store(new Store);
  store->directory_ = options.directory;
  store->on_unreadable_ = options.on_unreadable;
  rocksdb::DBOptions db_opts = db_options(env);
  db_opts.info_log = std::make_shared<NoLog>();
  std::vector<std::string> names;
  if (const auto listed = rocksdb::DB::ListColumnFamilies(db_opts, options.directory, &names); !listed.ok())
    return Err(explain(options.directory, listed));
  for (const char* name : kFamilyNames)
    if (std::ranges::find(names, name) == names.end())
      return Err(refusal(options.directory, "it has no table \"" + std::string(name) +
                                                "\". If an older comd made it, start this one on it once, and stop it."));
  rocksdb::DB* raw = nullptr;
  const auto opened = rocksdb::DB::OpenForReadOnly(db_opts, options.directory, store->describe(names, options.block_cache_bytes),
                                                   &store->handles_, &raw);
  if (!opened.ok()) return Err(explain_tables(options.directory, opened, env));
  store->adopt(raw);
  store->read_only_ = true;
  if (auto error = store->check_format()) return Err(*error);
  return store;
}

std::optional<OpenError> Store::check_format() {
  std::string text;
  const auto read = db_->Get({}, family(Family::meta), "format", &text);
  if (read.IsNotFound() && !read_only_) {
    rocksdb::WriteBatch batch;
    batch.Put(family(Family::meta), "format", std::to_string(kFormat));
    batch.Put(family(Family::meta), "epoch", "1");
    rocksdb::WriteOptions sync;
    sync.sync = true;
    const auto written = db_->Write(sync, &batch);
    return written.ok() ? std::nullopt : std::optional(explain(directory_, written));
  }
  if (!read.ok()) return explain(directory_, read);
  int format = 0;
  std::from_chars(text.data(), text.data() + text.size(), format);
  if (format < 1)
    return refusal(directory_, "its format is \"" + text + "\", which is no number. It is damaged: restore the latest backup.");
  if (format < kOldestFormat)
    return refusal(directory_, "its format is " + text + ", from before the first release, and this comd reads formats from " +
                                   std::to_string(kOldestFormat) + " on. Use an empty directory.");
  if (format > kFormat)
    return refusal(directory_, "its format is " + text + " and this comd reads formats up to " + std::to_string(kFormat) +
                                   ". Start the newer comd that wrote it, or restore a backup made before the update.");
  return std::nullopt;
}

void Store::must(const rocksdb::Status& status) const {
  if (status.ok()) return;
  const std::string text =
      "Expected to read the store, but: " + status.ToString() + ". Stop comd and run comctl doctor --data " + directory_ +
      ": it says which tables are damaged. Rows are made anew from the log (--rebuild-rows); a damaged log is "
      "restored from a backup.";
  if (on_unreadable_) on_unreadable_(text);
  std::fprintf(stderr, "comd: %s\n", text.c_str());
  std::abort();
}

OpenError Store::why(const rocksdb::Status& status) const { return explain(directory_, status); }

Result<Position, OpenError> Store::tail() const {
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}, family(Family::log)));
  it->SeekToLast();
  if (!it->status().ok()) return Err(explain(directory_, it->status()));
  return Position{it->Valid() ? bytes::get({it->key().data(), it->key().size()}) : 0};
}

std::optional<OpenError> Store::check_rows() const {
  std::string text;
  const auto read = db_->Get({}, family(Family::meta), kRowsIncomplete, &text);
  if (read.IsNotFound()) return std::nullopt;
  if (!read.ok()) return explain(directory_, read);
  return refusal(directory_, "its rows were being made anew when that was interrupted. Do it to its end: comctl doctor --data " +
                                 directory_ + " --rebuild-rows");
}

rocksdb::Status Store::make_empty(Family which) {
  auto*& handle = families_[static_cast<std::size_t>(which)];
  if (auto status = db_->DropColumnFamily(handle); !status.ok()) return status;
  std::erase(handles_, handle);
  if (auto status = db_->DestroyColumnFamilyHandle(handle); !status.ok()) return status;
  handle = nullptr;
  const auto cache = rocksdb::NewLRUCache(std::size_t{64} << 20);
  const auto made = db_->CreateColumnFamily(options_of(which, cache), kFamilyNames[static_cast<std::size_t>(which)], &handle);
  if (made.ok()) handles_.push_back(handle);
  changed_->changed = true;
  return made;
}

/// What was answered is in the log, or the store is not opened.
std::optional<OpenError> Store::check_tail(const std::optional<Mark>& mark) const {
  const auto found = tail();
  if (!found) return found.error();
  if (!mark || number(*found) >= mark->position) return std::nullopt;
  return damaged(directory_, "its log ends at position " + std::to_string(number(*found)) + ", but had been written up to " +
                                 std::to_string(mark->position) + " (" + kHighWaterFile +
                                 "): the end of its write-ahead log is missing or cannot be read");
}

void Store::keep_mark(rocksdb::Env& env) {
  high_water_ = HighWater::open(env, directory_);
  changed_->changed = true;
  synced(Position{mark_.position});
  if (high_water_) high_water_->sync();
}

void Store::synced(Position position) {
  if (!high_water_) return;
  mark_.position = number(position);
  if (changed_->changed.exchange(false)) look_at_manifest(directory_, mark_);
  high_water_->write(mark_);
}

Store::~Store() {
  if (!db_) return;
  // Nothing to read again at the next start. If it fails, the log has it all.
  if (!read_only_) db_->Flush({}, handles_).PermitUncheckedError();
  for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  db_->Close();
  if (!high_water_) return;
  changed_->changed = true;
  synced(Position{mark_.position});
  high_water_->sync();
}

}  // namespace comd::rocks
