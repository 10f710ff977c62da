#include "storage/archive.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "storage/archive_files.h"
#include "storage/archive_meta.h"
#include "storage/bytes.h"
#include "storage/each_commit.h"
#include "storage/rocks_keys.h"

namespace comd {
namespace rocks {

std::string archive_file_text(const ArchiveFile& file) {
  return "records=" + std::to_string(file.records) + " bytes=" + std::to_string(file.bytes) +
         " first=" + std::to_string(number(file.first)) + " last=" + std::to_string(number(file.last)) +
         " made=" + std::to_string(file.made.time_since_epoch().count());
}

std::vector<ArchiveFile> archive_files_of(const Store& store) {
  std::vector<ArchiveFile> out;
  const std::unique_ptr<rocksdb::Iterator> it(store.db().NewIterator({}, store.family(Family::meta)));
  for (it->Seek(rocksdb::Slice(kArchiveFile.data(), kArchiveFile.size())); it->Valid(); it->Next()) {
    const auto key = it->key().ToString();
    if (!key.starts_with(kArchiveFile)) break;
    ArchiveFile file;
    file.name = key.substr(kArchiveFile.size());
    unsigned long long records = 0, bytes = 0, first = 0, last = 0;
    long long made = 0;
    std::sscanf(it->value().ToString().c_str(), "records=%llu bytes=%llu first=%llu last=%llu made=%lld", &records, &bytes,
                &first, &last, &made);
    file.records = records;
    file.bytes = bytes;
    file.first = Position{first};
    file.last = Position{last};
    file.made = Instant{Millis{made}};
    out.push_back(std::move(file));
  }
  store.must(it->status());
  return out;
}

std::vector<std::string> archive_names_of(const Store& store) {
  std::vector<std::string> out;
  for (auto& file : archive_files_of(store)) out.push_back(std::move(file.name));
  return out;
}

Position archived_up_to(const Store& store) {
  std::string text;
  const auto status = store.db().Get({}, store.family(Family::meta), kArchivedUpTo, &text);
  if (!status.IsNotFound()) store.must(status);
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return Position{out};
}

}  // namespace rocks

namespace {

namespace fs = std::filesystem;
using rocks::Family;
using rocks::Store;

constexpr std::size_t kStubsPerWrite = 1'024;
constexpr std::uint64_t kTellEvery = 4'096;  ///< commits
constexpr std::uint64_t kGap = 4'096;        ///< positions: further apart is another stretch
constexpr std::uint64_t kWorthWriting = 1'024;

/// The streams that a commit archives: an order, with its service orders.
std::set<StreamId> archived_by(const Commit& commit) {
  std::set<StreamId> out;
  for (const StreamSlice& slice : commit.streams)
    for (const AnyEvent& any : slice.events) {
      const auto* order = std::get_if<product_order::Event>(&any);
      const auto* service_order = std::get_if<service_order::Event>(&any);
      if ((order != nullptr && std::holds_alternative<product_order::Archived>(*order)) ||
          (service_order != nullptr && std::holds_alternative<service_order::Archived>(*service_order)))
        out.insert(slice.stream);
    }
  return out;
}

class Mover {
 public:
  Mover(const EventLog& log, const rocks::HasStore& with_store, const MoveOptions& options)
      : log_(log), store_(with_store.store()), files_(with_store.archive()), options_(options) {}

  Result<Moved, ArchiveError> run() {
    if (auto error = prepare()) return Err(*error);
    const Position until = log_.tail();
    std::optional<ArchiveError> error;
    Position looked = rocks::archived_up_to(store_);
    each_commit(log_, looked, until, [&](const StoredCommit& stored) {
      looked = stored.position;
      if (const auto commit = decode_readable(stored.record)) collect(archived_by(*commit));
      if (bytes_ >= options_.file_bytes) error = move(looked);
      if (!error && number(looked) % kTellEvery == 0 && !tell("looking")) error = gave_up();
      return !error;
    });
    if (!error) error = move(looked);
    if (error) return Err(*error);
    give_back_space();
    return moved_;
  }

 private:
  /// What an interrupted run has left behind unnamed goes.
  std::optional<ArchiveError> prepare() {
    std::error_code error;
    fs::create_directories(files_.directory(), error);
    if (error) return failed(files_.directory() + " cannot be made: " + error.message());
    for (const auto& file : fs::directory_iterator(files_.directory(), error)) {
      const auto id = rocks::archive_id_of(file.path().filename().string());
      if (id) last_number_ = std::max(last_number_, rocks::number_of(*id));
      if (file.path().extension() == ".part") fs::remove(file.path(), error);
    }
    for (const auto& name : rocks::archive_names_of(store_))
      if (const auto id = rocks::archive_id_of(name)) last_number_ = std::max(last_number_, rocks::number_of(*id));
    return std::nullopt;
  }

  /// The records of these streams that are in the log's own table still, and of no other streams.
  void collect(const std::set<StreamId>& family) {
    for (const StreamId& stream : family) {
      rocksdb::ReadOptions options;
      options.prefix_same_as_start = true;
      const std::unique_ptr<rocksdb::Iterator> it(store_.db().NewIterator(options, store_.family(Family::streams)));
      for (it->Seek(rocks::stream_key(stream, Version{})); it->Valid() && rocks::is_of(it->key(), stream); it->Next())
        collect(Position{bytes::get({it->value().data(), it->value().size()})}, family);
      store_.must(it->status());
    }
  }
  void collect(Position position, const std::set<StreamId>& family) {
    if (records_.contains(position)) return;
    std::string record;
    const auto status = store_.db().Get({}, store_.family(Family::log), rocks::log_key(position), &record);
    if (!status.ok() || rocks::stub_in(record)) return;  // what cannot be read stays where it is
    const auto commit = decode_readable(record);
    if (!commit || std::ranges::any_of(commit->streams, [&](const auto& slice) { return !family.contains(slice.stream); }))
      return;
    bytes_ += record.size();
    records_.emplace(position, std::move(record));
  }

  /// What was collected goes to a file, and the log was looked through up to here.
  std::optional<ArchiveError> move(Position looked) {
    if (!tell("collected")) return gave_up();
    if (records_.empty()) return write_down(looked);
    ArchiveFile file;
    const std::uint64_t id = describe(file);
    std::vector<std::pair<Position, std::string_view>> records(records_.begin(), records_.end());
    bool stopped = false;
    const auto wrong = rocks::write_archive_file(files_.directory(), file.name, records, [&](std::string_view step) {
      stopped = !tell(step);
      return !stopped;
    });
    if (stopped) return gave_up();
    if (wrong) return failed(*wrong);
    last_number_ = rocks::number_of(id);
    ++moved_.files;
    if (!tell("named")) return gave_up();
    return replace(id, file, looked);
  }

  std::uint64_t describe(ArchiveFile& file) const {
    std::string content;
    for (const auto& [position, record] : records_) {
      const Digest digest = sha256(record);
      bytes::put(content, number(position));
      content.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    }
    const Digest all = sha256(content);
    std::uint32_t part = 0;
    for (std::size_t i = 0; i < 4; ++i) part = part << 8U | all[i];
    const std::uint64_t id = rocks::archive_id(last_number_ + 1, part);
    file = {rocks::archive_name(id), records_.size(), bytes_, records_.begin()->first, records_.rbegin()->first, options_.now, 0};
    return id;
  }

  std::optional<ArchiveError> replace(std::uint64_t id, const ArchiveFile& file, Position looked) {
    rocksdb::WriteBatch batch;
    batch.Put(store_.family(Family::meta), std::string(rocks::kArchiveFile) + file.name, rocks::archive_file_text(file));
    batch.Put(store_.family(Family::meta), "format", std::to_string(rocks::kFormat));
    while (!records_.empty()) {
      for (std::size_t i = 0; i < kStubsPerWrite && !records_.empty(); ++i) {
        const auto node = records_.extract(records_.begin());
        note_moved(node.key(), node.mapped().size());
        batch.Put(store_.family(Family::log), rocks::log_key(node.key()), rocks::to_bytes({id, sha256(node.mapped())}));
      }
      if (auto error = write(batch)) return error;
      if (!tell("replaced")) return gave_up();
    }
    bytes_ = 0;
    return write_down(looked);
  }
  void note_moved(Position position, std::size_t size) {
    ++moved_.records;
    moved_.bytes += size;
    if (stretches_.empty() || position < stretches_.back().first || number(position) - number(stretches_.back().last) > kGap)
      stretches_.push_back({position, position, 0});
    stretches_.back().last = position;
    ++stretches_.back().records;
  }

  std::optional<ArchiveError> write_down(Position looked) {
    rocksdb::WriteBatch batch;
    batch.Put(store_.family(Family::meta), rocks::kArchivedUpTo, std::to_string(number(looked)));
    return write(batch);
  }
  std::optional<ArchiveError> write(rocksdb::WriteBatch& batch) const {
    rocksdb::WriteOptions sync;
    sync.sync = true;
    const auto status = store_.db().Write(sync, &batch);
    batch.Clear();
    return status.ok() ? std::nullopt : std::optional(failed("the log cannot be written: " + status.ToString()));
  }

  /// What was replaced lies in older tables until they are written anew. That comes by itself, sooner or later; where much of a table
  /// was replaced, it comes now. What lies alone, as the commits by which orders were archived, is no reason to write all between.
  void give_back_space() const {
    for (const Stretch& stretch : stretches_) {
      if (stretch.records < kWorthWriting) continue;
      const std::string first = rocks::log_key(stretch.first), last = rocks::log_key(stretch.last);
      const rocksdb::Slice from(first), to(last);
      store_.db().CompactRange({}, store_.family(Family::log), &from, &to).PermitUncheckedError();
    }
  }

  bool tell(std::string_view step) const { return !options_.progress || options_.progress(step, moved_); }
  static ArchiveError gave_up() { return {"Expected to go on archiving, but was told to give up. The next run goes on.", true}; }
  static ArchiveError failed(const std::string& but) {
    return {"Expected to move archived records to a file, but " + but +
            ". Nothing is lost: what was not moved stays in the log. Check the disk and that comd may write there."};
  }

  const EventLog& log_;
  const Store& store_;
  const rocks::ArchiveFiles& files_;
  const MoveOptions& options_;
  std::uint32_t last_number_ = 0;
  std::map<Position, std::string> records_;
  std::uint64_t bytes_ = 0;
  struct Stretch {
    Position first{}, last{};
    std::uint64_t records = 0;
  };
  std::vector<Stretch> stretches_;  ///< of the log, where records were replaced
  Moved moved_;
};

}  // namespace

Result<Moved, ArchiveError> move_archived(const EventLog& log, const MoveOptions& options) {
  const auto* with_store = dynamic_cast<const rocks::HasStore*>(&log);
  if (with_store == nullptr) return Moved{};  // in memory everything is at hand
  return Mover(log, *with_store, options).run();
}

std::optional<ArchiveView> view_archive(const EventLog& log) {
  const auto* with_store = dynamic_cast<const rocks::HasStore*>(&log);
  if (with_store == nullptr) return std::nullopt;
  ArchiveView out{with_store->archive().directory(), rocks::archive_files_of(with_store->store()), 0};
  for (auto& file : out.files) {
    std::error_code error;
    const auto size = fs::file_size(with_store->archive().path_of(file.name), error);
    file.file_bytes = error ? 0 : size;
  }
  std::vector<rocksdb::LiveFileMetaData> tables;
  with_store->store().db().GetLiveFilesMetaData(&tables);
  for (const auto& table : tables) out.log_bytes += table.size;
  return out;
}

}  // namespace comd
