#pragma once
#include <functional>
#include <string_view>

#include "storage/event_log.h"

/// How derived rows are read, written once for every implementation of EventLog. Internal to storage/.
namespace comd::rows {

/// One consistent picture of the rows, in key order.
class Picture {
 public:
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;  ///< false: enough
  virtual ~Picture() = default;
  /// Rows in [from, to), last first if `backwards`. An empty `to` is no bound.
  virtual void each(std::string_view from, std::string_view to, bool backwards, const Visit&) const = 0;
  virtual std::optional<std::string> get(std::string_view key) const = 0;
};

/// The rows of a map. Whoever has the map keeps it from changing meanwhile.
using RowMap = std::map<std::string, std::string, std::less<>>;
class MapPicture final : public Picture {
 public:
  explicit MapPicture(const RowMap& rows) : rows_(rows) {}
  void each(std::string_view from, std::string_view to, bool backwards, const Visit& visit) const override;
  std::optional<std::string> get(std::string_view key) const override;

 private:
  const RowMap& rows_;
};

/// The first key that a timer due then or later can have.
std::string due_from(Instant);
/// The first key that a timer behind this one can have; behind none: before all.
std::string behind(const DueTimer*);
/// Timers whose key is not before `from`, and that are due until then.
std::vector<DueTimer> timers_due(const Picture&, std::string_view from, Instant until, std::size_t limit);
std::vector<OutboxEntry> outbox(const Picture&, const OutboxEntry* after, std::size_t limit);
std::vector<PendingTell> tells(const Picture&, const PendingTell* after, std::size_t limit);
std::optional<std::string> row(const Picture&, Table, std::string_view key);
RowPage scan(const Picture&, Table, std::string_view prefix, std::string_view after, std::size_t limit, bool backwards);
std::vector<std::pair<std::string, std::string>> all(const Picture&);

}  // namespace comd::rows
