#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "storage/bytes.h"
#include "storage/keys.h"
#include "storage/row_reader.h"

namespace comd {
namespace {

/// The commit that brought a stream to `version`.
struct Step {
  Version version{};
  Position position{};
};

class MemoryEventLog final : public EventLog {
 public:
  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override {
    std::unique_lock lock(mutex_);
    std::vector<Result<Appended, AppendError>> out;
    out.reserve(batch.size());
    for (const Append& a : batch) out.push_back(append_one(a));
    if (links_.empty() ? !feed_.empty() : number(links_.back().position) != feed_.size())
      links_.push_back({Position{feed_.size()}, hash_});
    return out;
  }

  std::vector<StoredCommit> read_stream(const StreamId& stream, Version after) const override {
    std::shared_lock lock(mutex_);
    std::vector<StoredCommit> out;
    const auto it = streams_.find(stream);
    if (it == streams_.end()) return out;
    for (auto step = std::ranges::upper_bound(it->second, after, {}, &Step::version); step != it->second.end(); ++step)
      out.push_back({step->position, feed_[number(step->position) - 1]});
    return out;
  }
  Version head(const StreamId& stream) const override {
    std::shared_lock lock(mutex_);
    return head_of(stream);
  }
  std::vector<StoredCommit> read_feed(Position after, std::size_t limit) const override {
    std::shared_lock lock(mutex_);
    std::vector<StoredCommit> out;
    for (std::uint64_t p = number(after) + 1; p <= feed_.size() && out.size() < limit; ++p)
      out.push_back({Position{p}, feed_[p - 1]});
    return out;
  }
  Position tail() const override {
    std::shared_lock lock(mutex_);
    return Position{feed_.size()};
  }

  std::vector<ChainLink> read_chain(Position after, std::size_t limit) const override {
    std::shared_lock lock(mutex_);
    const auto first = std::ranges::upper_bound(links_, after, {}, &ChainLink::position);
    const auto count = std::min<std::size_t>(limit, static_cast<std::size_t>(links_.end() - first));
    return {first, first + static_cast<std::ptrdiff_t>(count)};
  }
  ChainLink last_link(Position until) const override {
    std::shared_lock lock(mutex_);
    const auto behind = std::ranges::upper_bound(links_, until, {}, &ChainLink::position);
    return behind == links_.begin() ? ChainLink{} : *std::prev(behind);
  }

  std::vector<DueTimer> timers_due(Instant until, std::size_t limit, const DueTimer* after) const override {
    std::shared_lock lock(mutex_);
    return rows::timers_due(rows::MapPicture(rows_), rows::behind(after), until, limit);
  }
  std::optional<Instant> next_due() const override {
    std::shared_lock lock(mutex_);
    const auto first = rows::timers_due(rows::MapPicture(rows_), {}, Instant::max(), 1);
    return first.empty() ? std::nullopt : std::optional(first.front().due);
  }
  std::vector<OutboxEntry> outbox(const OutboxEntry* after, std::size_t limit) const override {
    std::shared_lock lock(mutex_);
    return rows::outbox(rows::MapPicture(rows_), after, limit);
  }
  std::vector<PendingTell> tells(const PendingTell* after, std::size_t limit) const override {
    std::shared_lock lock(mutex_);
    return rows::tells(rows::MapPicture(rows_), after, limit);
  }
  std::optional<std::string> row(Table table, std::string_view key) const override {
    std::shared_lock lock(mutex_);
    return rows::row(rows::MapPicture(rows_), table, key);
  }
  RowPage scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit, bool backwards) const override {
    std::shared_lock lock(mutex_);
    return rows::scan(rows::MapPicture(rows_), table, prefix, after, limit, backwards);
  }
  std::map<std::string, std::int64_t> counters() const override {
    std::shared_lock lock(mutex_);
    return counters_;
  }
  std::vector<std::pair<std::string, std::string>> derived() const override {
    std::shared_lock lock(mutex_);
    return rows::all(rows::MapPicture(rows_));
  }

 private:
  Version head_of(const StreamId& stream) const {
    const auto it = streams_.find(stream);
    return it == streams_.end() ? Version{} : it->second.back().version;
  }

  Result<Appended, AppendError> append_one(const Append& a) {
    for (const auto& s : a.streams)
      if (head_of(s.stream) != s.expected) return Err(AppendError::conflict);
    feed_.push_back(a.record);
    hash_ = chained(hash_, a.digest ? *a.digest : sha256(a.record));
    const Position position{feed_.size()};
    for (const auto& s : a.streams)
      if (s.events > 0) streams_[s.stream].push_back({s.expected + s.events, position});
    for (const auto& change : a.rows) {
      if (change.value)
        rows_.insert_or_assign(change.key, *change.value);
      else
        rows_.erase(change.key);
    }
    for (const auto& [name, delta] : a.counters) {
      const std::int64_t value = counters_[name] += delta;
      std::string text;
      bytes::put_signed(text, value);
      rows_.insert_or_assign(keys::counter(name), std::move(text));
    }
    return Appended{position};
  }

  mutable std::shared_mutex mutex_;
  std::vector<std::string> feed_;
  std::vector<ChainLink> links_;
  Digest hash_{};
  std::unordered_map<StreamId, std::vector<Step>> streams_;
  rows::RowMap rows_;
  std::map<std::string, std::int64_t> counters_;
};

}  // namespace

std::unique_ptr<EventLog> make_memory_event_log() { return std::make_unique<MemoryEventLog>(); }

}  // namespace comd
