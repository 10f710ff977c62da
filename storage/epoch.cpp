#include "storage/epoch.h"

#include "domain/check.h"
#include "storage/keys.h"

namespace comd {

epoch::State epoch_of(const EventLog& log) { return views::decode_epoch(log.row(Table::epoch, epoch::kRow)); }

Result<epoch::State, AppendError> begin_epoch(EventLog& log, const std::string& reason, Instant now) {
  const StreamId stream{std::string(kEpochStream)};
  const epoch::State before = epoch_of(log);
  const auto events = epoch::decide(before, epoch::Begin{log.tail(), reason}, now);
  CHECK(events.has_value());
  epoch::State after = before;
  Commit commit;
  commit.time = now;
  commit.cause.command = "BeginEpoch";
  commit.cause.subject = "comd";
  StreamSlice& slice = commit.streams.emplace_back(StreamSlice{stream, log.head(stream), {}});
  for (const auto& event : *events) {
    epoch::evolve(after, event);
    slice.events.emplace_back(event);
  }
  Append append;
  append.streams.push_back({stream, slice.before, static_cast<std::uint32_t>(slice.events.size())});
  append.record = encode(commit);
  keys::add_rows(append.rows, stream, difference(epoch::agenda(before), epoch::agenda(after)));
  auto appended = std::move(log.append({&append, 1}).front());
  if (!appended) return Err(appended.error());
  return after;
}

}  // namespace comd
