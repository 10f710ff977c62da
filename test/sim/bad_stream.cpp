#include "test/sim/bad_stream.h"

#include "domain/views.h"

namespace comd::sim {

/// Their states are those of the log: the auditor has seen all of it.
std::vector<StreamId> BadStream::candidates() const {
  std::vector<StreamId> out;
  for (const auto& [id, folded] : auditor_.orders())
    if (!is_final(folded.state.status)) out.push_back(StreamId{id});
  for (const auto& [id, folded] : auditor_.service_orders())
    if (!service_order::is_final(folded.state.status)) out.push_back(StreamId{id});
  return out;
}

bool BadStream::strike(Random& random) {
  const auto open = candidates();
  if (open.empty()) return false;
  stream_ = open[random.below(open.size())];
  const Version before = log_.head(stream_);
  Append append;
  append.streams.push_back({stream_, before, 1});
  append.record = "no commit";
  if (random.chance(0.5)) {
    const unreadable::Unreadable event{299, 1, "of another time", {}};
    Commit commit;
    commit.time = time_.now;
    commit.streams.push_back({stream_, before, {unreadable::Event{event}}, {}});
    append.record = encode(commit);
  }
  const auto appended = log_.append(std::span(&append, 1)).front();
  auditor_.made_bad(stream_, before + 1, appended->position);
  return true;
}

bool BadStream::in_quarantine() const {
  const auto row = log_.row(Table::quarantine, stream_.value);
  const auto summary = row ? views::decode_quarantine(*row) : std::nullopt;
  return summary && summary->open;
}

}  // namespace comd::sim
