#pragma once
#include "domain/check.h"
#include "storage/bytes.h"
#include "storage/keys.h"
#include "storage/rocks_store.h"
#include "storage/row_reader.h"

/// How the rows in RocksDB are read. Internal to storage/.
namespace comd::rocks {

inline std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
inline rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

inline Family family_of_row(std::string_view key) {
  return !key.empty() && key[0] == static_cast<char>(keys::Kind::row) ? Family::views : Family::work;
}

/// Iterators see one state; `snapshot` makes several reads see the same one.
class RocksPicture final : public rows::Picture {
 public:
  /// `failed`: takes the first read that fails; without it the process ends then. `keep`: what is read is likely to be read again; false
  /// for who walks through everything, so that the cache keeps what others need.
  RocksPicture(const Store& store, bool snapshot, rocksdb::Status* failed = nullptr, bool keep = true)
      : store_(store), failed_(failed), keep_(keep), snapshot_(snapshot ? store.db().GetSnapshot() : nullptr) {}
  ~RocksPicture() override {
    if (snapshot_) store_.db().ReleaseSnapshot(snapshot_);
  }
  RocksPicture(const RocksPicture&) = delete;
  RocksPicture& operator=(const RocksPicture&) = delete;

  void each(std::string_view from, std::string_view to, bool backwards, const Visit& visit) const override {
    if (!from.empty()) {
      range(family_of_row(from), from, to, backwards, visit);
      return;
    }
    // Everything, in key order: the views lie between the kinds of work.
    CHECK(to.empty() && !backwards);
    const std::string views(1, static_cast<char>(keys::Kind::row)), behind = bytes::after_prefix(views);
    range(Family::work, {}, views, false, visit);
    range(Family::views, views, behind, false, visit);
    range(Family::work, behind, {}, false, visit);
  }

  std::optional<std::string> get(std::string_view key) const override {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    std::string value;
    const auto status = store_.db().Get(options, store_.family(family_of_row(key)), slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    must(status);
    return value;
  }

 private:
  void range(Family family, std::string_view from, std::string_view to, bool backwards, const Visit& visit) const {
    const rocksdb::Slice lower = slice(from), upper = slice(to);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.fill_cache = keep_;
    if (!from.empty()) options.iterate_lower_bound = &lower;
    if (!to.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(store_.db().NewIterator(options, store_.family(family)));
    for (backwards ? it->SeekToLast() : it->SeekToFirst(); it->Valid(); backwards ? it->Prev() : it->Next())
      if (!visit(view(it->key()), view(it->value()))) break;
    must(it->status());
  }

  void must(const rocksdb::Status& status) const {
    if (failed_ == nullptr) return store_.must(status);
    if (failed_->ok()) *failed_ = status;
  }

  const Store& store_;
  rocksdb::Status* const failed_;
  const bool keep_;
  const rocksdb::Snapshot* snapshot_;
};

}  // namespace comd::rocks
