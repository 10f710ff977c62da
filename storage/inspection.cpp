#include "storage/inspection.h"

#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "storage/archive.h"
#include "storage/archive_files.h"
#include "storage/file_check.h"
#include "storage/inspection_fold.h"
#include "storage/open_error.h"
#include "storage/rocks_tables.h"
#include "storage/verify_chain.h"

namespace comd {
namespace {

namespace fs = std::filesystem;
using rocks::Family;
using rocks::Store;

constexpr std::uint64_t kTellEvery = 65'536;

/// comd's own lock: it does not start while its files are looked at, and they are not looked at while it runs.
class StoreLock {
 public:
  explicit StoreLock(const std::string& directory) { status_ = env().LockFile(directory + "/LOCK", &lock_); }
  ~StoreLock() {
    if (lock_ != nullptr) env().UnlockFile(lock_).PermitUncheckedError();
  }
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  const rocksdb::Status& status() const { return status_; }

 private:
  static rocksdb::Env& env() { return *rocksdb::Env::Default(); }
  rocksdb::FileLock* lock_ = nullptr;
  rocksdb::Status status_;
};

class Inspector {
 public:
  explicit Inspector(const InspectionOptions& options) : options_(options) {}

  Result<Inspection, OpenError> run() {
    const auto began = std::chrono::steady_clock::now();
    const StoreLock lock(options_.data);
    if (!lock.status().ok()) return Err(rocks::explain(options_.data, lock.status()));
    look_at_files();
    look_inside();
    out_.took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
    return std::move(out_);
  }

 private:
  void look_at_files() {
    const auto checked = rocks::check_files(options_.data, rocks::read_mark(*rocksdb::Env::Default(), options_.data));
    if (checked.damage) {
      may_open_ = false;
      add({"file", options_.data, "Expected whole files, but " + *checked.damage, restore()});
    }
    std::vector<std::string> tables;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(options_.data, error))
      if (file.path().extension() == ".sst") tables.push_back(file.path().filename().string());
    std::ranges::sort(tables);
    for (const auto& name : tables) {
      look_at_table(name);
      tell("files", ++out_.files, tables.size());
    }
  }

  /// Every block of a table against its checksum.
  void look_at_table(const std::string& name) {
    rocksdb::SstFileReader reader({});
    const auto opened = reader.Open(options_.data + "/" + name);
    const auto status = opened.ok() ? reader.VerifyChecksum(rocksdb::ReadOptions()) : opened;
    if (status.ok()) return;
    const std::string table = opened.ok() ? reader.GetTableProperties()->column_family_name : "";
    const auto known = rocks::family_named(table);  // whatever its generation
    const std::string family = known ? rocks::kFamilyNames[static_cast<std::size_t>(*known)] : table;
    damaged_.insert(family);
    add({"file", name, "Expected a whole table" + (family.empty() ? "" : " of " + family) + ", but: " + status.ToString(),
         family == "views" || family == "work"
             ? "What is in it follows from the log: comctl doctor --data " + options_.data + " --rebuild-rows"
             : restore()});
  }

  void look_inside() {
    if (!may_open_ || damaged_.contains("")) return skip("records, rows and chain: the store cannot be opened as it is");
    RocksOptions options;
    options.directory = options_.data;
    options.block_cache_bytes = std::size_t{64} << 20;
    options.on_lost = [](std::string_view) {};  // each is a finding
    const auto log = open_read_only_without_rows(options);
    if (!log) {
      add({"file", options_.data, log.error().message, restore()});
      return skip("records, rows and chain: the store cannot be opened as it is");
    }
    out_.tail = (*log)->tail();
    if (const auto mark = rocks::read_mark(*rocksdb::Env::Default(), options_.data); mark && out_.tail < Position{mark->position})
      add({"file", options_.data,
           "Expected the log to reach position " + std::to_string(mark->position) + ", but it ends at " +
               std::to_string(number(out_.tail)) + ": the end of its write-ahead log is missing or cannot be read",
           restore()});
    if (damaged_.contains("streams") || damaged_.contains("meta"))
      return skip("records and rows: the index of streams is damaged");
    look_at_archive(**log);
    fold(**log);
    if (damaged_.contains("chain")) return skip("chain: its table is damaged");
    walk_chain(**log);
  }

  void look_at_archive(const EventLog& log) {
    const auto view = view_archive(log);
    for (const auto& file : view->files) {
      if (auto wrong = rocks::check_archive_file(view->directory + "/" + file.name, file.records))
        add({"file", "archive/" + file.name,
             "Expected a whole archive file of " + std::to_string(file.records) + " records, positions " +
                 std::to_string(number(file.first)) + " to " + std::to_string(number(file.last)) + ", but " + *wrong,
             "Put it back from the archive folder of a backup: the name is all that has to fit. Its orders cannot be read until "
             "then"});
      ++out_.files;
    }
  }

  void fold(const EventLog& log) {
    const auto began = std::chrono::steady_clock::now();
    const Store& store = dynamic_cast<const rocks::HasStore&>(log).store();
    InspectionFold fold(store, log, options_.data, [this](StoreFinding finding) { add(std::move(finding)); });
    each_commit(log, Position{}, log.tail(), [&](const StoredCommit& stored) {
      fold.take(stored);
      if (number(stored.position) % kTellEvery == 0) tell("records", number(stored.position), number(log.tail()));
    });
    fold.finish_records();
    out_.folding = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
    if (damaged_.contains("views") || damaged_.contains("work"))
      skip("rows: a table of them is damaged");
    else
      fold.compare_rows();
    const auto& figures = fold.figures();
    out_.commits = figures.commits;
    out_.events = figures.events;
    out_.streams = figures.streams;
    out_.rows = figures.rows;
  }

  void walk_chain(const EventLog& log) {
    ChainWalk walk;
    walk.threads = 2;
    walk.progress = [&](Position at) {
      tell("chain", number(at), number(log.tail()));
      return true;
    };
    const auto verdict = verify_chain(log, walk);
    out_.links = verdict.links;
    if (verdict.first)
      add({"chain", std::to_string(number(verdict.first->after)) + ".." + std::to_string(number(verdict.first->until)),
           verdict.first->problem, "History was changed, or is damaged. Keep a copy, and compare with a backup: " + restore()});
  }

  std::string restore() const {
    return "Keep a copy of the directory as it is, then restore the latest backup: comctl backup restore DIR --data NEW";
  }
  void skip(std::string what) { out_.unchecked.push_back(std::move(what)); }
  void add(StoreFinding finding) {
    if (out_.found++ < options_.findings) out_.findings.push_back(std::move(finding));
  }
  void tell(std::string_view what, std::uint64_t done, std::uint64_t of) const {
    if (options_.progress) options_.progress({what, done, of});
  }

  const InspectionOptions& options_;
  Inspection out_;
  bool may_open_ = true;
  std::set<std::string> damaged_;  ///< tables; "": of one that does not say
};

}  // namespace

Result<Inspection, OpenError> inspect_store(const InspectionOptions& options) {
  std::error_code error;
  if (!fs::is_directory(options.data, error))
    return Err(rocks::refusal(options.data, "there is no such directory. Give the directory of an existing store."));
  if (!fs::exists(fs::path(options.data) / "CURRENT", error) && !rocks::store_without_current(options.data))
    return Err(rocks::refusal(options.data, "it holds no store. Give the directory of an existing store."));
  return Inspector(options).run();
}

}  // namespace comd
