#pragma once
#include "storage/event_log.h"

namespace comd::test {

/// Passes everything on. A test overrides what it wants to be otherwise.
class ForwardingLog : public EventLog {
 public:
  explicit ForwardingLog(std::shared_ptr<EventLog> to) : inner(std::move(to)) {}

  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override { return inner->append(batch); }
  std::vector<StoredCommit> read_stream(const StreamId& id, Version after) const override {
    return inner->read_stream(id, after);
  }
  Version head(const StreamId& id) const override { return inner->head(id); }
  std::vector<StoredCommit> read_feed(Position after, std::size_t limit) const override { return inner->read_feed(after, limit); }
  Position tail() const override { return inner->tail(); }
  std::vector<ChainLink> read_chain(Position after, std::size_t limit) const override { return inner->read_chain(after, limit); }
  ChainLink last_link(Position until) const override { return inner->last_link(until); }
  std::vector<DueTimer> timers_due(Instant until, std::size_t limit) const override { return inner->timers_due(until, limit); }
  std::optional<Instant> next_due() const override { return inner->next_due(); }
  std::vector<OutboxEntry> outbox(const OutboxEntry* after, std::size_t limit) const override {
    return inner->outbox(after, limit);
  }
  std::vector<PendingTell> tells(const PendingTell* after, std::size_t limit) const override {
    return inner->tells(after, limit);
  }
  std::optional<std::string> row(Table table, std::string_view key) const override { return inner->row(table, key); }
  RowPage scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit, bool backwards) const override {
    return inner->scan(table, prefix, after, limit, backwards);
  }
  std::map<std::string, std::int64_t> counters() const override { return inner->counters(); }
  std::vector<std::pair<std::string, std::string>> derived() const override { return inner->derived(); }

  std::shared_ptr<EventLog> inner;
};

}  // namespace comd::test
