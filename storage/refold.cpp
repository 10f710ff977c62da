#include "storage/refold.h"

#include <algorithm>

#include "storage/each_commit.h"
#include "storage/keys.h"

namespace comd {

void add_markers(Markers& out, std::string_view record) {
  if (record.find("qu-") == std::string_view::npos) return;  // the usual case, without decoding
  const auto commit = decode_readable(record);
  if (!commit) return;
  for (const StreamSlice& slice : commit->streams)
    for (const AnyEvent& any : slice.events)
      if (const auto* event = std::get_if<quarantine::Event>(&any))
        if (const auto* marker = std::get_if<quarantine::Skipped>(event))
          out[quarantined_by(slice.stream)].insert(marker->version);
}

Markers markers(const EventLog& log, Position until) {
  Markers out;
  each_commit(log, Position{}, until, [&](const StoredCommit& stored) { add_markers(out, stored.record); });
  return out;
}

Refold::Refold(const EventLog& history, Markers skipped, std::size_t streams)
    : history_(&history), skipped_(std::move(skipped)), streams_(streams) {}

const AnyFolded* Refold::find(const StreamId& stream) const {
  if (set_aside_.contains(stream)) return nullptr;
  const Stream* kept = streams_.peek(stream);
  return kept == nullptr ? nullptr : &kept->folded;
}

/// As it is before the commit that goes on from `before`. Nullptr: it is set aside.
Refold::Stream* Refold::find_or_fold(const StreamId& id, Version before) {
  if (set_aside_.contains(id)) return nullptr;
  if (Stream* kept = streams_.find(id)) return kept;
  const auto marked = skipped_.find(id);
  auto folded = fresh_any(id, marked == skipped_.end() ? std::set<Version>{} : marked->second);
  if (!folded) return nullptr;  // `add` has looked
  if (before != Version{} && !fold_until(*folded, id, before)) return nullptr;
  Agenda agenda = version_of(*folded) == Version{} || states_only_ ? Agenda{} : agenda_of(*folded);
  return &streams_.put(id, {std::move(*folded), std::move(agenda)});
}

bool Refold::fold_until(AnyFolded& folded, const StreamId& id, Version before) {
  for (const StoredCommit& stored : history_->read_stream(id)) {
    if (version_of(folded) >= before) return true;
    const auto commit = decode_readable(stored.record, &id);
    if (!commit) continue;  // if it matters, what follows does not go on from here
    for (const StreamSlice& slice : commit->streams) {
      if (slice.before >= before) return true;
      if (auto applied = apply(folded, slice); !applied) {
        set_aside_.emplace(id, applied.error());
        return false;
      }
    }
  }
  return true;
}

Result<Commit, DecodeError> Refold::take_in(std::string_view record, std::vector<StreamHead>& heads, Changed& changed) {
  auto commit = decode_readable(record);
  if (!commit) return commit;
  for (const StreamSlice& slice : commit->streams)
    if (auto known = check_kind(slice.stream); !known) return Err(known.error());

  streams_.make_room();
  for (const StreamSlice& slice : commit->streams) {
    const auto head = std::ranges::find(heads, slice.stream, &StreamHead::stream);
    const auto events = static_cast<std::uint32_t>(slice.events.size());
    if (head != heads.end()) {
      head->events += events;
    } else {
      heads.push_back({slice.stream, slice.before, events});
      if (Stream* stream = find_or_fold(slice.stream, slice.before)) changed.emplace_back(slice.stream, stream);
    }
    const auto of = std::ranges::find(changed, slice.stream, &Changed::value_type::first);
    if (of == changed.end()) continue;
    if (auto applied = apply(of->second->folded, slice); !applied) {
      set_aside_.emplace(slice.stream, applied.error());
      changed.erase(of);
      continue;
    }
    if (observer_) observer_(slice, of->second->folded);
  }
  return commit;
}

Result<Append, DecodeError> Refold::add(std::string_view record) {
  Append out;
  Changed changed;
  const auto commit = take_in(record, out.streams, changed);
  if (!commit) return Err(commit.error());
  out.record = record;
  for (auto& [id, stream] : changed) {
    Agenda now = agenda_of(stream->folded);
    const AgendaChange change = difference(stream->agenda, now);
    keys::add_rows(out.rows, id, change);
    out.counters.insert(out.counters.end(), change.counters.begin(), change.counters.end());
    stream->agenda = std::move(now);
  }
  for (const ConsumedTell& tell : commit->consumed) keys::add_consumed(out.rows, tell);
  return out;
}

Result<void, DecodeError> Refold::fold(std::string_view record) {
  states_only_ = true;
  std::vector<StreamHead> heads;
  Changed changed;
  if (const auto commit = take_in(record, heads, changed); !commit) return Err(commit.error());
  return {};
}

}  // namespace comd
