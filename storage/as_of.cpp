#include "storage/as_of.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <span>

#include "domain/check.h"
#include "domain/views.h"
#include "storage/bytes.h"
#include "storage/each_commit.h"
#include "storage/keys.h"
#include "storage/refold.h"
#include "storage/row_reader.h"

namespace comd {
namespace {

/// Rows of these tables follow from the one stream that their key names.
bool of_one_stream(Table table) {
  return table == Table::order || table == Table::product || table == Table::service || table == Table::quarantine;
}
bool is_index(Table table) {
  return table == Table::order_index || table == Table::product_index || table == Table::service_index ||
         table == Table::archived;
}

/// <tenant> 0 <dimension> 0 <value> 0, and nothing behind it.
struct IndexPrefix {
  std::string_view tenant, dimension;
};
std::optional<IndexPrefix> index_prefix_in(std::string_view prefix) {
  if (std::ranges::count(prefix, '\0') != 3 || !prefix.ends_with('\0')) return std::nullopt;
  const auto first = prefix.find('\0');
  return IndexPrefix{prefix.substr(0, first), prefix.substr(first + 1, prefix.find('\0', first + 1) - first - 1)};
}
/// What is listed there once stays there.
bool stays(Table table, std::string_view dimension) {
  if (dimension == "all" || table == Table::archived) return true;
  if (table == Table::order_index) return dimension == "offering" || dimension == "party" || dimension == "external";
  return table == Table::service_index && dimension == "product";
}

bool kept_by_archive(std::string_view dimension) { return dimension == "all" || dimension == "party" || dimension == "external"; }

/// Along an index of now, page by page.
class IndexCursor {
 public:
  IndexCursor(const EventLog& log, Table table, std::string along, std::string_view behind, bool backwards)
      : log_(log), table_(table), along_(std::move(along)), backwards_(backwards) {
    if (!behind.empty()) from_ = along_ + std::string(behind);
    fetch();
  }
  /// Of the key, behind what all have in common.
  std::optional<std::string> suffix() const {
    return next_ < page_.rows.size() ? std::optional(page_.rows[next_].first.substr(along_.size())) : std::nullopt;
  }
  void pass(const std::string& passed) {
    if (suffix() != passed) return;
    if (++next_ == page_.rows.size() && page_.more) fetch();
  }

 private:
  void fetch() {
    constexpr std::size_t kFetch = 256;
    page_ = log_.scan(table_, along_, from_, kFetch, backwards_);
    next_ = 0;
    if (!page_.rows.empty()) from_ = page_.rows.back().first;
  }

  const EventLog& log_;
  Table table_;
  std::string along_, from_;
  bool backwards_;
  RowPage page_;
  std::size_t next_ = 0;
};

/// What lies in `read_open`'s picture: everything that no other way leads to.
bool kept(std::string_view key) {
  if (key.front() != static_cast<char>(keys::Kind::row)) return true;
  const auto table = static_cast<Table>(key[1]);
  return !is_index(table) && (table == Table::quarantine || !of_one_stream(table));
}

/// Rows and counters, put together from appends.
struct Open {
  rows::RowMap rows;
  std::map<std::string, std::int64_t> counters;

  void take(Append append, bool all) {
    for (auto& change : append.rows) {
      if (!all && !kept(change.key)) continue;
      if (change.value)
        rows.insert_or_assign(std::move(change.key), std::move(*change.value));
      else
        rows.erase(change.key);
    }
    for (const auto& [name, delta] : append.counters) {
      std::string text;
      bytes::put_signed(text, counters[name] += delta);
      rows.insert_or_assign(keys::counter(name), std::move(text));
    }
  }
};

class AsOf final : public AsOfLog {
 public:
  AsOf(const EventLog& live, Position at) : live_(live), at_(std::min(at, live.tail())) {}

  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override {
    return std::vector<Result<Appended, AppendError>>(batch.size(), Err(AppendError::fenced));
  }
  std::vector<StoredCommit> read_stream(const StreamId& stream, Version after) const override {
    auto out = live_.read_stream(stream, after);
    const auto later = std::ranges::find_if(out, [this](const auto& commit) { return commit.position > at_; });
    out.erase(later, out.end());
    return out;
  }
  Version head(const StreamId& stream) const override {
    Version out{};
    const auto commits = read_stream(stream, {});
    if (commits.empty()) return out;
    if (const auto last = decode_readable(commits.back().record, &stream))
      for (const auto& slice : last->streams) out = std::max(out, slice.before + slice.events.size());
    return out;
  }
  std::vector<StoredCommit> read_feed(Position after, std::size_t limit) const override {
    if (after >= at_) return {};
    return live_.read_feed(after, std::min<std::size_t>(limit, number(at_) - number(after)));
  }
  Position tail() const override { return at_; }
  std::vector<ChainLink> read_chain(Position after, std::size_t limit) const override {
    auto out = live_.read_chain(after, limit);
    std::erase_if(out, [this](const ChainLink& link) { return link.position > at_; });
    return out;
  }
  ChainLink last_link(Position until) const override { return live_.last_link(std::min(until, at_)); }

  std::vector<DueTimer> timers_due(Instant until, std::size_t limit, const DueTimer* after) const override {
    return rows::timers_due(rows::MapPicture(open().rows), rows::behind(after), until, limit);
  }
  std::optional<Instant> next_due() const override {
    const auto first = timers_due(Instant::max(), 1, nullptr);
    return first.empty() ? std::nullopt : std::optional(first.front().due);
  }
  std::vector<OutboxEntry> outbox(const OutboxEntry* after, std::size_t limit) const override {
    return rows::outbox(rows::MapPicture(open().rows), after, limit);
  }
  std::vector<PendingTell> tells(const PendingTell* after, std::size_t limit) const override {
    return rows::tells(rows::MapPicture(open().rows), after, limit);
  }
  std::optional<std::string> row(Table table, std::string_view key) const override {
    if (table == Table::quarantine) return quarantine_row(key);
    if (of_one_stream(table)) return row_of(StreamId{std::string(key)}, table, key);
    if (is_index(table)) return row_of(StreamId{views::id_of_index_key(key)}, table, key);
    return rows::row(rows::MapPicture(open().rows), table, key);
  }
  RowPage scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit, bool backwards) const override {
    if (is_index(table)) {
      if (const auto parts = index_prefix_in(prefix)) return scan_index(table, *parts, prefix, after, limit, backwards);
    }
    if (is_index(table) || (of_one_stream(table) && table != Table::quarantine))
      return rows::scan(rows::MapPicture(everything().rows), table, prefix, after, limit, backwards);
    return rows::scan(rows::MapPicture(open().rows), table, prefix, after, limit, backwards);
  }
  std::map<std::string, std::int64_t> counters() const override { return open().counters; }
  std::vector<std::pair<std::string, std::string>> derived() const override {
    return rows::all(rows::MapPicture(everything().rows));
  }

  Result<void, AsOfError> read_open(std::size_t rows_max, const GoOn& go_on) const override {
    const std::lock_guard lock(mutex_);  // who wants it meanwhile waits for it
    if (open_) return {};
    auto made = fold(false, rows_max, go_on);
    if (!made) return Err(made.error());
    open_ = std::move(*made);
    return {};
  }

 private:
  Result<std::unique_ptr<Open>, AsOfError> fold(bool all, std::size_t rows_max, const GoOn& go_on) const {
    auto out = std::make_unique<Open>();
    std::optional<AsOfError> error;
    Refold refold(*this, skipped());
    each_commit(live_, {}, at_, [&](const StoredCommit& stored) {
      if (auto append = refold.add(stored.record)) out->take(*std::move(append), all);
      if (out->rows.size() > rows_max)
        error = AsOfError{AsOfError::Kind::too_large, out->rows.size()};
      else if (number(stored.position) % 1024 == 0 && !go_on(stored.position))
        error = AsOfError{AsOfError::Kind::stopped};
      return !error;
    });
    if (error) return Err(*error);
    return out;
  }
  /// All there are by now.
  Markers skipped() const {
    constexpr std::size_t kFetch = 256;
    Markers out;
    for (std::string after;;) {
      const auto page = live_.scan(Table::quarantine, {}, after, kFetch);
      for (const auto& [key, value] : page.rows)
        if (auto versions = views::skipped_events(value); !versions.empty()) out.emplace(StreamId{key}, std::move(versions));
      if (!page.more || page.rows.empty()) return out;
      after = page.rows.back().first;
    }
  }
  const Open& folded(std::unique_ptr<Open>& place, bool all) const {
    const std::lock_guard lock(mutex_);
    if (!place) {
      auto made = fold(all, std::numeric_limits<std::size_t>::max(), [](Position) { return true; });
      CHECK(made);
      place = std::move(*made);
    }
    return *place;
  }
  const Open& open() const { return folded(open_, false); }
  const Open& everything() const { return folded(all_, true); }

  /// The rows of one stream, as they were. Of one that does not fold: as before the event that does not.
  std::vector<Row> rows_of(const StreamId& stream) const {
    const auto commits = read_stream(stream, {});
    auto any = fresh_any(stream, views::skipped_events(live_.row(Table::quarantine, stream.value)));
    if (commits.empty() || !any) return {};
    for (const auto& stored : commits) {
      const auto commit = decode_readable(stored.record, &stream);
      if (!commit) continue;
      for (const auto& slice : commit->streams)
        if (!apply(*any, slice)) return rows_in(*any);
    }
    return rows_in(*any);
  }
  static std::vector<Row> rows_in(const AnyFolded& any) {
    return version_of(any) == Version{} ? std::vector<Row>{} : agenda_of(any).rows;
  }
  std::optional<std::string> row_of(const StreamId& stream, Table table, std::string_view key) const {
    for (auto& row : rows_of(stream))
      if (row.table == table && row.key == key) return std::move(row.value);
    return std::nullopt;
  }
  /// With all markers there are by now: what is passed over is passed over from the beginning.
  std::optional<std::string> quarantine_row(std::string_view key) const {
    auto then = row_of(quarantine_of(StreamId{std::string(key)}), Table::quarantine, key);
    const auto now = live_.row(Table::quarantine, key);
    const auto summary = now ? views::decode_quarantine(*now) : std::nullopt;
    if (!summary || summary->skipped.empty()) return then;
    auto out = then ? views::decode_quarantine(*then) : std::nullopt;
    if (!out) {
      out.emplace();
      out->stream = summary->stream;
      out->tenant = summary->tenant;
    }
    out->skipped = summary->skipped;
    return views::encode(*out);
  }

  /// Goes along the index of now where that holds all that was listed then, and looks at each as it was. What was an order then may be
  /// an archived one now.
  RowPage scan_index(Table table, const IndexPrefix& parts, std::string_view prefix, std::string_view after, std::size_t limit,
                     bool backwards) const {
    const auto all = views::index_prefix(TenantId{std::string(parts.tenant)}, "all", "");
    const std::string_view behind = after.size() > prefix.size() ? after.substr(prefix.size()) : std::string_view{};
    std::vector<IndexCursor> cursors;
    cursors.emplace_back(live_, table, stays(table, parts.dimension) ? std::string(prefix) : all, behind, backwards);
    if (table == Table::order_index)
      cursors.emplace_back(live_, Table::archived, kept_by_archive(parts.dimension) ? std::string(prefix) : all, behind,
                           backwards);
    RowPage out;
    while (true) {
      std::optional<std::string> next;
      for (const auto& cursor : cursors)
        if (const auto at = cursor.suffix(); at && (!next || (backwards ? *at > *next : *at < *next))) next = at;
      if (!next) return out;
      for (auto& cursor : cursors) cursor.pass(*next);
      const auto wanted = std::string(prefix) + *next;
      auto found = row_of(StreamId{views::id_of_index_key(wanted)}, table, wanted);
      if (!found) continue;
      if (out.rows.size() == limit) {
        out.more = true;
        return out;
      }
      out.rows.emplace_back(wanted, std::move(*found));
    }
  }

  const EventLog& live_;
  const Position at_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Open> open_, all_;
};

}  // namespace

std::shared_ptr<const AsOfLog> make_as_of_log(const EventLog& live, Position at) { return std::make_shared<AsOf>(live, at); }

std::optional<Instant> time_of(const EventLog& log, Position at) {
  if (at == Position{}) return std::nullopt;
  const auto page = log.read_feed(Position{number(at) - 1}, 1);
  if (page.empty() || page.front().position != at) return std::nullopt;
  const auto commit = decode_readable(page.front().record);
  return commit ? std::optional(commit->time) : std::nullopt;
}

Position position_at(const EventLog& log, Instant time) {
  // Halves what is left from the top down, at places that do not depend on how long the log is by now.
  const auto tail = number(log.tail());
  std::uint64_t at = 0;
  for (std::uint64_t step = std::uint64_t{1} << 62; step > 0; step /= 2) {
    if (at + step > tail) continue;
    const auto then = time_of(log, Position{at + step});
    if (!then || *then <= time) at += step;
  }
  return Position{at};
}

std::optional<Position> position_of(const EventLog& log, const StreamId& stream, Version version) {
  if (version == Version{}) return std::nullopt;
  const auto commits = log.read_stream(stream, Version{number(version) - 1});
  return commits.empty() ? std::nullopt : std::optional(commits.front().position);
}

std::unique_ptr<EventLog> fork_log(const EventLog& log, const std::set<StreamId>& streams, Position at) {
  auto out = make_memory_event_log();
  std::map<Position, std::string> commits;
  Markers skipped;
  for (const auto& stream : streams) {
    if (auto versions = views::skipped_events(log.row(Table::quarantine, stream.value)); !versions.empty())
      skipped.emplace(stream, std::move(versions));
    for (auto& stored : log.read_stream(stream))
      if (stored.position <= at) commits.emplace(stored.position, std::move(stored.record));
  }
  Refold refold(log, std::move(skipped));
  for (const auto& [position, record] : commits) {
    auto append = refold.add(record);
    if (!append) continue;
    std::erase_if(append->streams, [&](const StreamHead& head) { return !streams.contains(head.stream); });
    const auto done = out->append(std::span(&*append, 1));
    CHECK(done.front());
  }
  return out;
}

}  // namespace comd
