#pragma once
#include <mutex>
#include <unordered_map>

#include "storage/pending_rows.h"
#include "storage/rocks_picture.h"
#include "storage/timer_floor.h"

/// What is kept in memory of the rows that are in use. Internal to storage/; one writer, any readers.
namespace comd::rocks {

class KeptCounters {
 public:
  using Counters = std::unordered_map<std::string, std::int64_t>;

  void load(Counters counters) {
    const std::lock_guard lock(mutex_);
    counters_ = std::move(counters);
  }
  void set(const Counters& changed) {
    if (changed.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, value] : changed) counters_.insert_or_assign(name, value);
  }
  /// By the writer.
  std::int64_t get(const std::string& name) const {
    const auto found = counters_.find(name);
    return found == counters_.end() ? 0 : found->second;
  }
  std::map<std::string, std::int64_t> all() const {
    const std::lock_guard lock(mutex_);
    return {counters_.begin(), counters_.end()};
  }

 private:
  mutable std::mutex mutex_;
  Counters counters_;
};

struct KeptRows {
  TimerFloor floor;
  KeptCounters counters;
  PendingRows pending;

  /// At start, and when other tables are taken into use.
  void load(const Store& store, rocksdb::Status& failed) {
    const RocksPicture stored(store, false, &failed);
    const auto each = [&](keys::Kind kind, const rows::Picture::Visit& visit) {
      const std::string from(1, static_cast<char>(kind));
      stored.each(from, bytes::after_prefix(from), false, visit);
    };
    KeptCounters::Counters counted;
    each(keys::Kind::counter, [&](std::string_view key, std::string_view value) {
      return counted.emplace(key.substr(1), bytes::get_signed(value)), true;
    });
    rows::RowMap live;
    for (const auto kind : {keys::Kind::effect, keys::Kind::tell})
      each(kind, [&](std::string_view key, std::string_view value) { return live.emplace(key, value), true; });
    counters.load(std::move(counted));
    pending.load(std::move(live));
    floor.added({});
  }
};

}  // namespace comd::rocks
