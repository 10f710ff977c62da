#include "storage/rebuild.h"

#include <unordered_map>

#include "storage/bytes.h"
#include "storage/keys.h"

namespace comd {
namespace {

using AnyFolded =
    std::variant<Folded<product_order::State>, Folded<service_order::State>, Folded<product::State>, Folded<service::State>,
                 Folded<catalog_log::State>, Folded<unmatched::State>, Folded<repair::State>, Folded<quarantine::State>>;

Result<AnyFolded, DecodeError> fresh_stream(const StreamId& stream) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return AnyFolded(Folded<product_order::State>{fresh<product_order::State>(stream), {}});
    case StreamKind::service_order: return AnyFolded(Folded<service_order::State>{});
    case StreamKind::product: return AnyFolded(Folded<product::State>{});
    case StreamKind::service: return AnyFolded(Folded<service::State>{});
    case StreamKind::catalog: return AnyFolded(Folded<catalog_log::State>{});
    case StreamKind::unmatched: return AnyFolded(Folded<unmatched::State>{});
    case StreamKind::repair: return AnyFolded(Folded<repair::State>{});
    case StreamKind::quarantine: return AnyFolded(Folded<quarantine::State>{});
    case StreamKind::unknown: break;
  }
  return Err(DecodeError{"Expected a stream of a kind this comd knows, but found " + stream.value});
}

Agenda agenda_of(const AnyFolded& folded) {
  return std::visit([](const auto& f) { return agenda(f.state); }, folded);
}

}  // namespace

/// A stream with its agenda, so that the agenda before a commit is not worked out again.
struct Rebuilder::Stream {
  AnyFolded folded;
  Agenda agenda;
};

struct Rebuilder::Streams {
  Markers skipped;
  std::unordered_map<StreamId, Stream> by_id;
  std::set<StreamId> set_aside;
};

Rebuilder::Rebuilder(Markers skipped) : streams_(std::make_unique<Streams>()) { streams_->skipped = std::move(skipped); }
Rebuilder::~Rebuilder() = default;

bool Rebuilder::set_aside(const StreamId& stream) const { return streams_->set_aside.contains(stream); }

Result<Rebuilder::Stream, DecodeError> Rebuilder::before(const StreamId& stream) const {
  if (const auto known = streams_->by_id.find(stream); known != streams_->by_id.end()) return known->second;
  auto folded = fresh_stream(stream);
  if (!folded) return Err(folded.error());
  if (const auto marked = streams_->skipped.find(stream); marked != streams_->skipped.end())
    std::visit([&](auto& f) { f.skipped = marked->second; }, *folded);
  return Stream{std::move(*folded), {}};
}

Result<void, DecodeError> Rebuilder::add(std::string_view record) {
  const auto commit = decode_readable(record);
  if (!commit) return Err(commit.error());
  // Folded beside what there is: of a stream that does not fold, nothing of the commit is taken in.
  std::map<StreamId, Stream> after;
  for (const StreamSlice& slice : commit->streams) {
    if (set_aside(slice.stream)) continue;
    auto found = after.find(slice.stream);
    if (found == after.end()) {
      auto stream = before(slice.stream);
      if (!stream) return Err(stream.error());
      found = after.emplace(slice.stream, std::move(*stream)).first;
    }
    if (auto applied = std::visit([&](auto& f) { return apply(f, slice); }, found->second.folded); !applied) {
      streams_->set_aside.insert(slice.stream);
      after.erase(found);
    }
  }
  std::vector<RowChange> changes;
  std::vector<std::pair<std::string, int>> counted;
  for (auto& [id, stream] : after) {
    Agenda now = agenda_of(stream.folded);
    const AgendaChange change = difference(stream.agenda, now);
    keys::add_rows(changes, id, change);
    counted.insert(counted.end(), change.counters.begin(), change.counters.end());
    stream.agenda = std::move(now);
  }
  for (const ConsumedTell& tell : commit->consumed) keys::add_consumed(changes, tell);

  for (auto& [id, stream] : after) streams_->by_id.insert_or_assign(id, std::move(stream));
  for (RowChange& change : changes) {
    if (change.value)
      rows_.insert_or_assign(std::move(change.key), std::move(*change.value));
    else
      rows_.erase(change.key);
  }
  for (const auto& [name, delta] : counted) counters_[name] += delta;
  return {};
}

DerivedRows Rebuilder::rows() const {
  auto all = rows_;
  for (const auto& [name, value] : counters_) {
    std::string text;
    bytes::put_signed(text, value);
    all.insert_or_assign(keys::counter(name), std::move(text));
  }
  return {all.begin(), all.end()};
}

namespace {

template <class Take>
void each_commit(const EventLog& log, Take take) {
  constexpr std::size_t kPage = 1024;
  Position at{};
  while (true) {
    const auto page = log.read_feed(at, kPage);
    if (page.empty()) return;
    for (const StoredCommit& commit : page) {
      take(commit);
      at = commit.position;
    }
  }
}

}  // namespace

Markers markers(const EventLog& log) {
  Markers out;
  each_commit(log, [&](const StoredCommit& stored) {
    if (stored.record.find("qu-") == std::string::npos) return;  // the usual case, without decoding
    const auto commit = decode_readable(stored.record);
    if (!commit) return;
    for (const StreamSlice& slice : commit->streams)
      for (const AnyEvent& any : slice.events)
        if (const auto* event = std::get_if<quarantine::Event>(&any))
          if (const auto* marker = std::get_if<quarantine::Skipped>(event))
            out[quarantined_by(slice.stream)].insert(marker->version);
  });
  return out;
}

DerivedRows rebuild(const EventLog& log) {
  Rebuilder rebuilder(markers(log));
  each_commit(log, [&](const StoredCommit& commit) { static_cast<void>(rebuilder.add(commit.record)); });
  return rebuilder.rows();
}

std::vector<std::string> differences(const DerivedRows& stored, const DerivedRows& rebuilt, std::size_t limit) {
  const auto shown = [](std::string_view raw) {
    std::string text;
    for (const char c : raw) text += c >= ' ' && c <= '~' ? c : '.';
    return text;
  };
  std::vector<std::string> out;
  auto s = stored.begin();
  auto r = rebuilt.begin();
  while (out.size() < limit && (s != stored.end() || r != rebuilt.end())) {
    if (r == rebuilt.end() || (s != stored.end() && s->first < r->first)) {
      out.push_back("extra " + shown(s->first) + " = " + shown(s->second));
      ++s;
    } else if (s == stored.end() || r->first < s->first) {
      out.push_back("missing " + shown(r->first) + " = " + shown(r->second));
      ++r;
    } else {
      if (s->second != r->second)
        out.push_back("differs " + shown(s->first) + " = " + shown(s->second) + ", rebuilt " + shown(r->second));
      ++s;
      ++r;
    }
  }
  return out;
}

}  // namespace comd
