#include "storage/rocks_store.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include <rocksdb/convenience.h>
#include <rocksdb/listener.h>

#include "storage/bytes.h"
#include "storage/file_check.h"
#include "storage/open_error.h"
#include "storage/rocks_tables.h"

namespace comd::rocks {
namespace {

bool is_ours(const std::string& name) { return name == rocksdb::kDefaultColumnFamilyName || family_named(name); }

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
    const auto ours = family_named(name);
    // A family that this version does not know is opened too: RocksDB insists, and check_format then says what it is.
    families.emplace_back(name, ours ? table_options(*ours, cache) : rocksdb::ColumnFamilyOptions{});
  }
  return families;
}

rocksdb::Status Store::adopt(rocksdb::DB* db) {
  db_.reset(db);
  for (auto* handle : handles_)
    if (const auto ours = std::ranges::find(kFamilyNames, handle->GetName()); ours != kFamilyNames.end())
      families_[static_cast<std::size_t>(ours - kFamilyNames.begin())] = handle;
  return adopt_generation();
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
  for (const char* name : missing_families(names)) names.emplace_back(name);
  rocksdb::DB* raw = nullptr;
  const auto opened =
      rocksdb::DB::Open(db_opts, options.directory, store->describe(names, options.block_cache_bytes), &store->handles_, &raw);
  if (!opened.ok()) return Err(explain_tables(options.directory, opened, env));
  if (const auto adopted = store->adopt(raw); !adopted.ok()) return Err(explain(options.directory, adopted));
  if (auto error = store->check_format()) return Err(*error);
  if (const auto dropped = store->drop_leftovers(); !dropped.ok()) return Err(explain(options.directory, dropped));
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
  if (const auto missing = missing_families(names); !missing.empty())
    return Err(refusal(options.directory, "it has no table \"" + std::string(missing.front()) +
                                              "\". If an older comd made it, start this one on it once, and stop it."));
  rocksdb::DB* raw = nullptr;
  const auto opened = rocksdb::DB::OpenForReadOnly(db_opts, options.directory, store->describe(names, options.block_cache_bytes),
                                                   &store->handles_, &raw);
  if (!opened.ok()) return Err(explain_tables(options.directory, opened, env));
  if (const auto adopted = store->adopt(raw); !adopted.ok()) return Err(explain(options.directory, adopted));
  store->read_only_ = true;
  if (auto error = store->check_format()) return Err(*error);
  return store;
}

std::optional<OpenError> Store::check_format() {
  std::string text;
  const auto read = db_->Get({}, family(Family::meta), "format", &text);
  if (read.IsNotFound() && !read_only_) {
    rocksdb::WriteBatch batch;
    batch.Put(family(Family::meta), "format", std::to_string(kOldestFormat));
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
  rocksdb::ColumnFamilyHandle* handle = family(which);
  const std::string name = handle->GetName();
  families_[static_cast<std::size_t>(which)] = nullptr;
  if (auto status = forget(handle); !status.ok()) return status;
  handle = nullptr;
  const auto cache = rocksdb::NewLRUCache(std::size_t{64} << 20);
  const auto made = db_->CreateColumnFamily(table_options(which, cache), name, &handle);
  if (made.ok()) handles_.push_back(handle);
  families_[static_cast<std::size_t>(which)] = handle;
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
  for (const auto* handles : {&handles_, &gone_})
    for (auto* handle : *handles) db_->DestroyColumnFamilyHandle(handle);
  db_->Close();
  if (!high_water_) return;
  changed_->changed = true;
  synced(Position{mark_.position});
  high_water_->sync();
}

}  // namespace comd::rocks
