#include "test/support/forwarding_log.h"

namespace comd::test {

std::vector<Result<Appended, AppendError>> ForwardingLog::append(std::span<const Append> batch) { return inner->append(batch); }
std::vector<StoredCommit> ForwardingLog::read_stream(const StreamId& id, Version after) const {
  return inner->read_stream(id, after);
}
Version ForwardingLog::head(const StreamId& id) const { return inner->head(id); }
std::vector<StoredCommit> ForwardingLog::read_feed(Position after, std::size_t limit) const {
  return inner->read_feed(after, limit);
}
Position ForwardingLog::tail() const { return inner->tail(); }
std::vector<ChainLink> ForwardingLog::read_chain(Position after, std::size_t limit) const {
  return inner->read_chain(after, limit);
}
ChainLink ForwardingLog::last_link(Position until) const { return inner->last_link(until); }
std::vector<DueTimer> ForwardingLog::timers_due(Instant until, std::size_t limit, const DueTimer* after) const {
  return inner->timers_due(until, limit, after);
}
std::optional<Instant> ForwardingLog::next_due() const { return inner->next_due(); }
std::vector<OutboxEntry> ForwardingLog::outbox(const OutboxEntry* after, std::size_t limit) const {
  return inner->outbox(after, limit);
}
std::vector<PendingTell> ForwardingLog::tells(const PendingTell* after, std::size_t limit) const {
  return inner->tells(after, limit);
}
std::optional<std::string> ForwardingLog::row(Table table, std::string_view key) const { return inner->row(table, key); }
RowPage ForwardingLog::scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit,
                            bool backwards) const {
  return inner->scan(table, prefix, after, limit, backwards);
}
std::map<std::string, std::int64_t> ForwardingLog::counters() const { return inner->counters(); }
std::vector<std::pair<std::string, std::string>> ForwardingLog::derived() const { return inner->derived(); }

}  // namespace comd::test
