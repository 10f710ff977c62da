#include "storage/rocks_rebuild.h"

#include <rocksdb/write_batch.h>

#include "storage/rocks_picture.h"
#include "storage/row_difference.h"

namespace comd::rocks {
namespace {

constexpr std::size_t kPage = 2'048;  ///< commits of one piece
constexpr std::size_t kDifferences = 20;
constexpr std::size_t kRows = 20'000;  ///< compared in one piece

/// Of the row that comes first in either table; empty: they are equal.
std::string difference(int order, const rocksdb::Iterator& stored, const rocksdb::Iterator& made) {
  if (order < 0) return row_difference(view(stored.key()), view(stored.value()), std::nullopt);
  if (order > 0) return row_difference(view(made.key()), std::nullopt, view(made.value()));
  return row_difference(view(stored.key()), view(stored.value()), view(made.value()));
}

}  // namespace

RocksRebuild::RocksRebuild(const EventLog& log, Store& store, RebuildHooks hooks, std::string build)
    : log_(log), store_(store), hooks_(std::move(hooks)), build_(std::move(build)), fresh_(store.next_generation(build_)) {
  begin();
}

RocksRebuild::~RocksRebuild() {
  end_comparison();
  hooks_.under_way = false;
}

/// From where an earlier one was left, or from the front.
void RocksRebuild::begin() {
  markers_ = markers(log_);
  refold_.emplace(log_, markers_);
  at_ = Position{fresh_.folded};
  counters_.clear();
  const std::string prefix(1, static_cast<char>(keys::Kind::counter));
  const std::unique_ptr<rocksdb::Iterator> it(store_.db().NewIterator({}, fresh_.work));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next())
    counters_[it->key().ToString().substr(1)] = bytes::get_signed(view(it->value()));
  store_.must(it->status());
}

/// An event that is passed over from now on was passed over from the beginning (domain/quarantine.h).
bool RocksRebuild::changes_markers(std::string_view record) const {
  if (record.find("qu-") == std::string_view::npos) return false;
  const auto commit = decode_readable(record);
  if (!commit) return false;
  for (const StreamSlice& slice : commit->streams)
    for (const AnyEvent& any : slice.events) {
      const auto* event = std::get_if<quarantine::Event>(&any);
      const auto* marker = event == nullptr ? nullptr : std::get_if<quarantine::Skipped>(event);
      if (marker == nullptr) continue;
      const auto known = markers_.find(quarantined_by(slice.stream));
      if (known == markers_.end() || !known->second.contains(marker->version)) return true;
    }
  return false;
}

RocksRebuild::Page RocksRebuild::fold_page() {
  const auto page = log_.read_feed(at_, kPage);
  if (page.empty()) return Page::last;
  rocksdb::WriteBatch batch;
  for (const StoredCommit& stored : page) {
    if (changes_markers(stored.record)) {
      fresh_ = store_.next_generation(build_, true);
      begin();
      return Page::afresh;
    }
    at_ = stored.position;
    const auto append = refold_->add(stored.record);
    if (append) stage(*append, batch);
  }
  store_.folded(batch, fresh_, at_);
  store_.must(store_.db().Write({}, &batch));
  return page.size() == kPage ? Page::more : Page::last;
}

void RocksRebuild::stage(const Append& append, rocksdb::WriteBatch& batch) {
  for (const StreamHead& head : append.streams) events_ += head.events;
  for (const RowChange& change : append.rows) {
    auto* table = family_of_row(change.key) == Family::views ? fresh_.views : fresh_.work;
    store_.must(change.value ? batch.Put(table, change.key, *change.value) : batch.Delete(table, change.key));
  }
  for (const auto& [name, delta] : append.counters) {
    std::string text;
    bytes::put_signed(text, counters_[name] += delta);
    store_.must(batch.Put(fresh_.work, keys::counter(name), text));
  }
}

/// What is done at the end of the log, while nothing is written. Nobody waits for more than the last few commits.
template <class Do>
void RocksRebuild::at_the_end(Do act) {
  while (true) {
    while (fold_page() != Page::last) {}
    const std::lock_guard lock(hooks_.writer);
    Page page = fold_page();
    if (page == Page::more) page = fold_page();
    if (page != Page::last) continue;
    return act();
  }
}

void RocksRebuild::fix_moment() {
  at_the_end([&] {
    moment_ = store_.db().GetSnapshot();
    comparison_.at = at_;
  });
  rocksdb::ReadOptions options;
  options.snapshot = moment_;
  for (const auto& [stored, made] :
       {std::pair{store_.family(Family::views), fresh_.views}, {store_.family(Family::work), fresh_.work}}) {
    auto& [s, m] = left_.emplace_back(store_.db().NewIterator(options, stored), store_.db().NewIterator(options, made));
    s->SeekToFirst();
    m->SeekToFirst();
  }
}

bool RocksRebuild::compare() {
  if (moment_ == nullptr) fix_moment();
  for (std::size_t rows = 0; rows < kRows && !left_.empty(); ++rows) {
    auto& [s, m] = left_.back();
    if (!s->Valid() && !m->Valid()) {
      store_.must(s->status());
      store_.must(m->status());
      left_.pop_back();
      continue;
    }
    const int order = !s->Valid() ? 1 : !m->Valid() ? -1 : s->key().compare(m->key());
    ++comparison_.rows;
    if (auto line = difference(order, *s, *m); !line.empty() && comparison_.differing++ < kDifferences)
      comparison_.differences.push_back(std::move(line));
    if (order <= 0) s->Next();
    if (order >= 0) m->Next();
  }
  return !left_.empty();
}

void RocksRebuild::end_comparison() {
  left_.clear();
  if (moment_ != nullptr) store_.db().ReleaseSnapshot(std::exchange(moment_, nullptr));
}

void RocksRebuild::swap() {
  at_the_end([&] {
    store_.use(fresh_);
    hooks_.tables_new();
  });
}

void RocksRebuild::drop() {
  end_comparison();
  store_.drop(fresh_);
}

}  // namespace comd::rocks
