#pragma once
#include <mutex>
#include <shared_mutex>

#include "storage/keys.h"
#include "storage/row_reader.h"

/// The live rows of outbox and tells, kept in memory beside the store. They live for milliseconds, so on disk they are a few
/// rows among very many deletions, and every sweep would step over those. What is in here is under way or waits for a lane:
/// an order that waits for its partner has none. Internal to storage/; one writer, any readers.
namespace comd {

class PendingRows {
 public:
  static bool holds(std::string_view key) {
    return !key.empty() && (key[0] == static_cast<char>(keys::Kind::effect) || key[0] == static_cast<char>(keys::Kind::tell));
  }

  void load(rows::RowMap rows) {
    const std::unique_lock lock(mutex_);
    rows_ = std::move(rows);
  }

  /// What a batch did to them, in order.
  void apply(const std::vector<const RowChange*>& changes) {
    if (changes.empty()) return;
    const std::unique_lock lock(mutex_);
    for (const RowChange* change : changes) {
      if (change->value)
        rows_.insert_or_assign(change->key, *change->value);
      else
        rows_.erase(change->key);
    }
  }

  template <class Read>
  auto read(Read&& how) const {
    const std::shared_lock lock(mutex_);
    return how(rows::MapPicture(rows_));
  }

 private:
  mutable std::shared_mutex mutex_;
  rows::RowMap rows_;
};

}  // namespace comd
