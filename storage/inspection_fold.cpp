#include "storage/inspection_fold.h"

#include "domain/quarantine.h"
#include "domain/views.h"
#include "events/lost.h"
#include "storage/keys.h"
#include "storage/rocks_keys.h"
#include "storage/rocks_picture.h"

namespace comd {
namespace {

using rocks::Family;
using rocks::view;

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::string shown(std::string_view raw) {
  std::string text;
  for (const char c : raw) text += c >= ' ' && c <= '~' ? c : '.';
  return text;
}

std::string counter_text(std::int64_t value) {
  std::string text;
  bytes::put_signed(text, value);
  return text;
}

std::string broken(const AnyFolded& folded) {
  return std::visit([](const auto& f) { return broken_invariant(f.state, agenda(f.state)); }, folded);
}

}  // namespace

InspectionFold::InspectionFold(const rocks::Store& store, const EventLog& log, const std::string& data, Found found)
    : store_(store),
      log_(log),
      restore_("Keep a copy of the directory as it is, then restore the latest backup: comctl backup restore DIR --data NEW"),
      rebuild_("Make the rows anew from the log: comctl doctor --data " + data + " --rebuild-rows"),
      found_(std::move(found)),
      markers_(markers(log)),
      refold_(log, markers_) {
  const std::unique_ptr<rocksdb::Iterator> it(store_.db().NewIterator({}, store_.family(Family::streams)));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto key = view(it->key());
    if (key.size() <= rocks::kVersionBytes || it->value().size() != bytes::kWidth) {
      found_({"index", shown(key), "Expected a stream, a version and a position, but this is something else", restore_});
      continue;
    }
    ++indexed_;
    auto& last = last_of_stream_[hash_of(key.substr(0, key.size() - rocks::kVersionBytes - 1))];
    last = std::max(last, Position{bytes::get(view(it->value()))});
  }
  figures_.streams = last_of_stream_.size();
}

void InspectionFold::take(const StoredCommit& stored) {
  for (; next_ < stored.position; next_ = Position{number(next_) + 1})
    found_({"record", std::to_string(number(next_)), "Expected a commit at every position, but there is none", restore_});
  next_ = Position{number(stored.position) + 1};
  ++figures_.commits;
  const auto append = refold_.add(stored.record);
  if (!append) {
    unreadable_.insert(stored.position);
    if (!stored.archived || !stored.record.starts_with(kLost))  // what is wrong with a file is said once, of the file
      found_({"record", std::to_string(number(stored.position)),
              "Expected a commit that can be read, but: " + append.error().message, restore_});
    return;
  }
  look_at_index(*append, stored.position);
  look_at_states(*append, stored.position);
  for (const RowChange& change : append->rows) {
    if (change.value)
      rows_.insert_or_assign(hash_of(change.key), hash_of(*change.value));
    else
      rows_.erase(hash_of(change.key));
  }
  for (const auto& [name, delta] : append->counters) counters_[name] += delta;
}

/// Each version that the record has is in the index, at this position.
void InspectionFold::look_at_index(const Append& append, Position position) {
  for (const StreamHead& head : append.streams) {
    figures_.events += head.events;
    if (head.events == 0) continue;
    ++in_records_;
    std::string value;
    const auto key = rocks::stream_key(head.stream, head.expected + head.events);
    const auto status = store_.db().Get({}, store_.family(Family::streams), key, &value);
    if (status.ok() && value == rocks::log_key(position)) continue;
    found_({"index", head.stream.value,
            "Expected version " + std::to_string(number(head.expected + head.events)) + " at position " +
                std::to_string(number(position)) + ", but the index says " +
                (status.ok() ? "another position" : status.ToString()),
            restore_});
  }
}

/// A stream's last state holds what must hold; what it was on the way was looked at when it was recorded.
void InspectionFold::look_at_states(const Append& append, Position position) {
  for (const StreamHead& head : append.streams) {
    const auto last = last_of_stream_.find(hash_of(head.stream.value));
    const AnyFolded* folded = refold_.find(head.stream);
    if (folded == nullptr || (last != last_of_stream_.end() && last->second != position)) continue;
    if (const auto problem = broken(*folded); !problem.empty())
      found_({"invariant", head.stream.value, problem,
              "comd sets it aside when it is woken; then: comctl quarantine show " + head.stream.value});
  }
}

void InspectionFold::finish_records() {
  for (const auto& [stream, error] : refold_.set_aside()) {
    std::string row;  // read so that a damaged table does no harm
    const auto read = store_.db().Get({}, store_.family(Family::views), keys::row(Table::quarantine, stream.value), &row);
    const auto known = read.ok() ? views::decode_quarantine(row) : std::nullopt;
    found_({"stream", stream.value, "Expected its history to be readable, but: " + error.message,
            known && known->open ? "It is quarantined: comctl quarantine show " + stream.value
                                 : "comd sets it aside when it is woken; then: comctl quarantine show " + stream.value});
  }
  if (indexed_ == in_records_ || !unreadable_.empty()) return;
  // Something is in the index that no record has: find it.
  const std::unique_ptr<rocksdb::Iterator> it(store_.db().NewIterator({}, store_.family(Family::streams)));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const auto key = view(it->key());
    if (key.size() <= rocks::kVersionBytes || it->value().size() != bytes::kWidth) continue;
    const StreamId stream{std::string(key.substr(0, key.size() - rocks::kVersionBytes - 1))};
    const Position position{bytes::get(view(it->value()))};
    const auto stored = log_.read_feed(Position{number(position) - 1}, 1);
    const auto commit = stored.empty() || stored.front().position != position ? Result<Commit, DecodeError>(Err(DecodeError{}))
                                                                              : decode_readable(stored.front().record, &stream);
    if (commit && !commit->streams.empty()) continue;
    found_({"index", stream.value,
            "Expected position " + std::to_string(number(position)) +
                " to hold a commit of it, as the index says, but it holds none",
            restore_});
  }
}

void InspectionFold::compare_rows() {
  for (const auto& [name, value] : counters_) rows_.insert_or_assign(hash_of(keys::counter(name)), hash_of(counter_text(value)));
  const rocks::RocksPicture stored(store_, true);
  stored.each({}, {}, false, [&](std::string_view key, std::string_view value) {
    ++figures_.rows;
    const auto made = rows_.find(hash_of(key));
    if (made == rows_.end()) {
      found_(
          {"row", shown(key), "Expected only rows that follow from the log, but this one does not: " + shown(value), rebuild_});
      return true;
    }
    if (made->second != hash_of(value))
      found_({"row", shown(key), "Expected the row as it follows from the log, but it says: " + shown(value), rebuild_});
    rows_.erase(made);
    return true;
  });
  if (!rows_.empty()) name_missing_rows();
}

/// Only hashes were kept: those that are left are looked for again.
void InspectionFold::name_missing_rows() {
  for (const auto& [name, value] : counters_)
    if (rows_.erase(hash_of(keys::counter(name))) > 0)
      found_({"row", shown(keys::counter(name)), "Expected the counter at " + std::to_string(value) + ", but it is not there",
              rebuild_});
  Refold again(log_, markers_);
  each_commit(log_, Position{}, log_.tail(), [&](const StoredCommit& stored) {
    const auto append = again.add(stored.record);
    if (append)
      for (const RowChange& change : append->rows)
        if (change.value && rows_.erase(hash_of(change.key)) > 0)
          found_({"row", shown(change.key),
                  "Expected the row that commit " + std::to_string(number(stored.position)) +
                      " or a later one made, but it is not there",
                  rebuild_});
    return !rows_.empty();
  });
}

}  // namespace comd
