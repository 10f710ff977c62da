#pragma once
#include "storage/event_log.h"

namespace comd::test {

/// Passes everything on. A test overrides what it wants to be otherwise.
class ForwardingLog : public EventLog {
 public:
  explicit ForwardingLog(std::shared_ptr<EventLog> to) : inner(std::move(to)) {}

  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override;
  std::vector<StoredCommit> read_stream(const StreamId& id, Version after) const override;
  Version head(const StreamId& id) const override;
  std::vector<StoredCommit> read_feed(Position after, std::size_t limit) const override;
  Position tail() const override;
  std::vector<ChainLink> read_chain(Position after, std::size_t limit) const override;
  ChainLink last_link(Position until) const override;
  std::vector<DueTimer> timers_due(Instant until, std::size_t limit, const DueTimer* after) const override;
  std::optional<Instant> next_due() const override;
  std::vector<OutboxEntry> outbox(const OutboxEntry* after, std::size_t limit) const override;
  std::vector<PendingTell> tells(const PendingTell* after, std::size_t limit) const override;
  std::optional<std::string> row(Table table, std::string_view key) const override;
  RowPage scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit, bool backwards) const override;
  std::map<std::string, std::int64_t> counters() const override;
  std::vector<std::pair<std::string, std::string>> derived() const override;

  std::shared_ptr<EventLog> inner;
};

}  // namespace comd::test
