#include <atomic>
#include <cstdio>
#include <limits>
#include <mutex>

#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include "domain/check.h"
#include "domain/recent_streams.h"
#include "storage/bytes.h"
#include "storage/kept_rows.h"
#include "storage/keys.h"
#include "storage/rocks_keys.h"
#include "storage/rocks_picture.h"
#include "storage/rocks_rebuild.h"
#include "storage/rocks_records.h"

namespace comd {
namespace {

using rocks::Family;
using rocks::family_of_row;
using rocks::is_of;
using rocks::log_key;
using rocks::RocksPicture;
using rocks::Store;
using rocks::stream_key;
using rocks::view;

constexpr std::size_t kHeadsCached = 65'536;

class RocksEventLog final : public EventLog, public rocks::HasStore {
 public:
  using Tell = std::function<void(std::string_view)>;
  RocksEventLog(std::unique_ptr<Store> store, std::string archive, Tell on_failure, Tell on_lost)
      : store_(std::move(store)), records_(*store_, std::move(archive), std::move(on_lost)), on_failure_(std::move(on_failure)) {}

  Store& store() const override { return *store_; }
  const rocks::ArchiveFiles& archive() const override { return records_.archive(); }

  std::optional<OpenError> load(bool with_rows) {
    const auto tail = store_->tail();
    if (!tail) return tail.error();
    tail_ = number(*tail);
    rocksdb::Status failed;
    hash_ = last_link(*tail, failed).hash;
    if (with_rows) kept_.load(*store_, failed);
    return failed.ok() ? std::nullopt : std::optional(store_->why(failed));
  }

  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override {
    std::vector<Result<Appended, AppendError>> out;
    out.reserve(batch.size());
    const std::lock_guard lock(writer_);  // against a rebuild that fixes its moment, or puts its tables in the place of these
    if (failed_) {
      out.assign(batch.size(), Err(AppendError::failed));
      return out;
    }
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);  // of this thread: counting each comparison costs more than some of them
    heads_stale_ = true;
    heads_.make_room();
    writes_.Clear();
    rows_.clear();
    index_.clear();
    deltas_.clear();
    pending_changes_.clear();
    earliest_.clear();
    Position last = tail();
    for (const Append& a : batch) {
      if (!fits(a)) {
        out.push_back(Err(AppendError::conflict));
        continue;
      }
      last = Position{number(last) + 1};
      stage(a, last);
      out.push_back(Appended{last});
    }
    if (last == tail()) return out;
    writes_.Put(store_->family(Family::chain), log_key(last),
                rocksdb::Slice(reinterpret_cast<const char*>(hash_.data()), hash_.size()));
    stage_rows();
    stage_counters();
    if (!write()) {
      out.assign(batch.size(), Err(AppendError::failed));
      return out;
    }
    publish(last);
    return out;
  }

  std::vector<StoredCommit> read_stream(const StreamId& stream, Version after) const override {
    std::vector<std::string> positions;
    {
      const std::unique_ptr<rocksdb::Iterator> it(stream_iterator());
      for (it->Seek(stream_key(stream, after + 1)); it->Valid() && is_of(it->key(), stream); it->Next())
        positions.push_back(it->value().ToString());
      store_->must(it->status());
    }
    std::vector<StoredCommit> out;
    if (positions.empty()) return out;
    const std::vector<rocksdb::Slice> wanted(positions.begin(), positions.end());
    std::vector<rocksdb::PinnableSlice> records(wanted.size());
    std::vector<rocksdb::Status> statuses(wanted.size());
    store_->db().MultiGet({}, store_->family(Family::log), wanted.size(), wanted.data(), records.data(), statuses.data(), true);
    out.reserve(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Position position{bytes::get(positions[i])};
      out.push_back(records_.at(position, statuses[i], records[i].ToString()));
    }
    return out;
  }

  Version head(const StreamId& stream) const override {
    const std::unique_ptr<rocksdb::Iterator> it(stream_iterator());
    return head_at(*it, stream);
  }

  std::vector<StoredCommit> read_feed(Position after, std::size_t limit) const override {
    std::vector<StoredCommit> out;
    if (limit == 0) return out;
    rocksdb::ReadOptions options;
    options.fill_cache = false;  // who goes through the log reads each part once
    const std::unique_ptr<rocksdb::Iterator> it(store_->db().NewIterator(options, store_->family(Family::log)));
    for (it->Seek(log_key(Position{number(after) + 1})); it->Valid() && out.size() < limit; it->Next())
      out.push_back(records_.at(Position{bytes::get(view(it->key()))}, rocksdb::Status::OK(), it->value().ToString()));
    if (!it->status().ok()) read_one_by_one(out.empty() ? after : out.back().position, limit, out);
    return out;
  }

  Position tail() const override { return Position{tail_.load(std::memory_order_acquire)}; }

  std::vector<ChainLink> read_chain(Position after, std::size_t limit) const override {
    std::vector<ChainLink> out;
    if (limit == 0) return out;
    const std::unique_ptr<rocksdb::Iterator> it(store_->db().NewIterator({}, store_->family(Family::chain)));
    for (it->Seek(log_key(Position{number(after) + 1})); it->Valid() && out.size() < limit; it->Next())
      out.push_back(link_at(*it));
    store_->must(it->status());
    return out;
  }
  ChainLink last_link(Position until) const override {
    rocksdb::Status failed;
    const ChainLink link = last_link(until, failed);
    store_->must(failed);
    return link;
  }

  std::vector<DueTimer> timers_due(Instant until, std::size_t limit, const DueTimer* after) const override {
    std::vector<DueTimer> out;
    if (limit == 0) return out;
    if (after != nullptr) return rows::timers_due(walk(), rows::behind(after), until, limit);
    kept_.floor.raise([&](const std::string& from) {
      out = rows::timers_due(picture(), from, until, limit);
      return out.empty() ? rows::due_from(until) : key_of(out.front());
    });
    return out;
  }
  std::optional<Instant> next_due() const override {
    std::vector<DueTimer> first;
    kept_.floor.raise([&](const std::string& from) {
      first = rows::timers_due(picture(), from, Instant::max(), 1);
      return first.empty() ? rows::due_from(Instant::max()) : key_of(first.front());
    });
    return first.empty() ? std::nullopt : std::optional(first.front().due);
  }
  std::vector<OutboxEntry> outbox(const OutboxEntry* after, std::size_t limit) const override {
    return kept_.pending.read([&](const rows::Picture& all) { return rows::outbox(all, after, limit); });
  }
  std::vector<PendingTell> tells(const PendingTell* after, std::size_t limit) const override {
    return kept_.pending.read([&](const rows::Picture& all) { return rows::tells(all, after, limit); });
  }
  std::optional<std::string> row(Table table, std::string_view key) const override { return rows::row(picture(), table, key); }
  RowPage scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit, bool backwards) const override {
    return rows::scan(after.empty() ? picture() : walk(), table, prefix, after, limit, backwards);
  }

  std::map<std::string, std::int64_t> counters() const override { return kept_.counters.all(); }

  std::unique_ptr<TableRebuild> rebuild_tables(const std::string& build) const override {
    if (rebuilding_.exchange(true)) return nullptr;
    return std::make_unique<rocks::RocksRebuild>(*this, *store_,
                                                 rocks::RebuildHooks{writer_, rebuilding_, [this] { read_rows_anew(); }}, build);
  }

  std::vector<std::pair<std::string, std::string>> derived() const override { return rows::all(RocksPicture(*store_, true)); }

 private:
  RocksPicture picture() const { return RocksPicture(*store_, false); }
  /// For page behind page of what may be everything.
  RocksPicture walk() const { return RocksPicture(*store_, false, nullptr, false); }

  rocksdb::Iterator* stream_iterator() const {
    rocksdb::ReadOptions options;
    options.prefix_same_as_start = true;
    return store_->db().NewIterator(options, store_->family(Family::streams));
  }

  /// A block of the log cannot be read: what lies behind it still can.
  void read_one_by_one(Position after, std::size_t limit, std::vector<StoredCommit>& out) const {
    for (std::uint64_t at = number(after) + 1; at <= number(tail()) && out.size() < limit; ++at) {
      std::string record;
      const auto status = store_->db().Get({}, store_->family(Family::log), log_key(Position{at}), &record);
      out.push_back(records_.at(Position{at}, status, std::move(record)));
    }
  }

  Version head_at(rocksdb::Iterator& it, const StreamId& stream) const {
    it.SeekForPrev(stream_key(stream, Version{std::numeric_limits<std::uint64_t>::max()}));
    store_->must(it.status());
    if (!it.Valid() || !is_of(it.key(), stream)) return Version{};
    return Version{bytes::get(view(it.key()).substr(stream.value.size() + 1))};
  }

  /// The writer's look-up. To make an iterator costs more than to look with it; this one is brought up to date once a batch.
  Version stored_head(const StreamId& stream) {
    if (!heads_stored_)
      heads_stored_.reset(stream_iterator());
    else if (heads_stale_)
      store_->must(heads_stored_->Refresh());
    heads_stale_ = false;
    return head_at(*heads_stored_, stream);
  }

  ChainLink last_link(Position until, rocksdb::Status& failed) const {
    const std::unique_ptr<rocksdb::Iterator> it(store_->db().NewIterator({}, store_->family(Family::chain)));
    it->SeekForPrev(log_key(until));
    if (failed.ok()) failed = it->status();
    return it->Valid() ? link_at(*it) : ChainLink{};
  }

  static std::string key_of(const DueTimer& timer) { return keys::timer(timer.due, timer.stream, timer.name); }

  static ChainLink link_at(const rocksdb::Iterator& it) {
    ChainLink link{Position{bytes::get(view(it.key()))}, {}};
    const std::string_view hash = view(it.value());
    std::copy_n(hash.begin(), std::min(hash.size(), link.hash.size()), link.hash.begin());
    return link;
  }

  /// Other tables are in use. REQUIRES: writer_ is held.
  void read_rows_anew() const {
    rocksdb::Status failed;
    kept_.load(*store_, failed);
    store_->must(failed);
  }

  bool fits(const Append& a) {
    for (const auto& s : a.streams) {
      const Version* known = heads_.find(s.stream);
      if ((known ? *known : heads_.put(s.stream, stored_head(s.stream))) != s.expected) return false;
    }
    return true;
  }

  /// The heads are moved before the write: appends later in the batch must see this one, and after a failed write none counts.
  void stage(const Append& a, Position position) {
    const std::string at = log_key(position);
    writes_.Put(store_->family(Family::log), at, a.record);
    hash_ = chained(hash_, a.digest ? *a.digest : sha256(a.record));
    for (const auto& s : a.streams) {
      if (s.events == 0) continue;
      const Version version = s.expected + s.events;
      index_.emplace_back(stream_key(s.stream, version), at);
      heads_.put(s.stream, version);
    }
    for (const auto& change : a.rows) {
      rows_.push_back(&change);
      if (PendingRows::holds(change.key)) pending_changes_.push_back(&change);
      if (change.value && change.key[0] == static_cast<char>(keys::Kind::timer))
        if (earliest_.empty() || change.key < earliest_) earliest_ = change.key;
    }
    for (const auto& [name, delta] : a.counters) deltas_[name] += delta;
  }

  /// Rows go in by key: neighbours are found where the last insertion ended, which is most of what an insertion costs. Of several
  /// changes to one row in the batch the last one counts; nobody can see the ones before.
  void stage_rows() {
    std::ranges::sort(index_);
    for (const auto& [key, at] : index_) writes_.Put(store_->family(Family::streams), key, at);
    std::ranges::stable_sort(rows_, {}, [](const RowChange* change) -> const std::string& { return change->key; });
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const RowChange& change = *rows_[i];
      if (i + 1 < rows_.size() && rows_[i + 1]->key == change.key) continue;
      auto* family = store_->family(family_of_row(change.key));
      if (change.value)
        writes_.Put(family, change.key, *change.value);
      else
        writes_.Delete(family, change.key);
    }
  }

  void stage_counters() {
    for (auto& [name, value] : deltas_) {
      value += kept_.counters.get(name);  // only this thread changes them
      std::string text;
      bytes::put_signed(text, value);
      writes_.Put(store_->family(Family::work), keys::counter(name), text);
    }
  }

  bool write() {
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = store_->db().Write(options, &writes_);
    if (status.ok()) return true;
    failed_ = true;
    const bool full = status.IsNoSpace();
    on_failure_("Expected to write to the log, but: " + status.ToString() +
                ". Nothing more is accepted, because the end of the log is not known. " +
                (full ? "The disk is full: free some space, then start comd again; nothing that was answered is lost."
                      : "Check the disk and start comd again."));
    return false;
  }

  void publish(Position last) {
    kept_.counters.set(deltas_);
    kept_.pending.apply(pending_changes_);
    store_->synced(last);
    if (!earliest_.empty()) kept_.floor.added(earliest_);
    tail_.store(number(last), std::memory_order_release);
  }

  std::unique_ptr<Store> store_;
  const rocks::Records records_;
  Tell on_failure_;
  std::atomic<std::uint64_t> tail_{0};
  mutable std::mutex writer_;  ///< held while something is appended, and while other row tables are taken into use
  mutable std::atomic<bool> rebuilding_{false};
  mutable rocks::KeptRows kept_;

  // The writer's own.
  Digest hash_{};  ///< the chain at the end of the log
  rocksdb::WriteBatch writes_;
  std::unordered_map<std::string, std::int64_t> deltas_;    ///< of the batch; from stage_counters on: the new values
  std::vector<const RowChange*> rows_, pending_changes_;    ///< of the batch
  std::vector<std::pair<std::string, std::string>> index_;  ///< of the streams, of the batch
  RecentStreams<Version> heads_{kHeadsCached};  ///< of the streams lately written, so that an append need not look them up
  std::unique_ptr<rocksdb::Iterator> heads_stored_;
  bool heads_stale_ = false;
  std::string earliest_;  ///< the first key of a timer in the batch; empty: there is none
  bool failed_ = false;
};

}  // namespace

namespace {

Result<std::unique_ptr<EventLog>, OpenError> loaded(Result<std::unique_ptr<Store>, OpenError> store, const RocksOptions& options,
                                                    bool with_rows = true) {
  if (!store) return Err(store.error());
  const auto tell = [](std::string_view text) {
    std::fprintf(stderr, "comd: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  auto log = std::make_unique<RocksEventLog>(std::move(*store), options.archive, options.on_failure ? options.on_failure : tell,
                                             options.on_lost ? options.on_lost : tell);
  if (auto error = log->load(with_rows)) return Err(*error);
  return log;
}

}  // namespace

Result<std::unique_ptr<EventLog>, OpenError> open_rocks_event_log(const RocksOptions& options, rocksdb::Env* env) {
  return loaded(Store::open(options, env), options);
}

Result<std::unique_ptr<EventLog>, OpenError> open_read_only(const RocksOptions& options, rocksdb::Env* env) {
  return loaded(Store::open_read_only(options, env), options);
}

Result<std::unique_ptr<EventLog>, OpenError> open_read_only_without_rows(const RocksOptions& options) {
  return loaded(Store::open_read_only(options, rocksdb::Env::Default()), options, false);
}

Result<std::unique_ptr<EventLog>, OpenError> open_without_rows(const RocksOptions& options, rocks::Demand demand) {
  return loaded(Store::open(options, rocksdb::Env::Default(), demand), options, false);
}

Result<std::unique_ptr<EventLog>, OpenError> open_rocks_event_log(const RocksOptions& options) {
  return open_rocks_event_log(options, rocksdb::Env::Default());
}

}  // namespace comd
