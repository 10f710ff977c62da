#pragma once
#include <functional>
#include <memory>
#include <set>

#include "storage/event_log.h"

/// The log as it was after a commit, to read only: everything that reads a log reads the past by the same code.
namespace comd {

struct AsOfError {
  enum class Kind : std::uint8_t { stopped, too_large } kind{};
  std::size_t rows = 0;  ///< too_large: that many were reached
};

/// What was open then and is not told by one stream alone (timers, calls, what waits for a person, repairs, quarantines, counters) is
/// folded from the beginning of the log, once, by `read_open` or by whoever asks first; it is as large as what was open then, not as
/// what had happened. All other rows are folded stream by stream when they are asked for, so a list costs what it shows.
///
/// Markers of events that are passed over count from the beginning, as everywhere. `append` is refused. Thread-safe.
class AsOfLog : public EventLog {
 public:
  /// Called now and then with what is read so far; false: stop.
  using GoOn = std::function<bool(Position)>;
  /// Does the reading that would else happen when it is first needed. An error leaves nothing behind.
  virtual Result<void, AsOfError> read_open(std::size_t rows_max, const GoOn&) const = 0;
};

/// `at` beyond the end is the end. `live` must outlive it.
std::shared_ptr<const AsOfLog> make_as_of_log(const EventLog& live, Position at);

/// The last commit that was there at that time: a position whose commit is not later than `time`, and the next one, if there is any,
/// is. Where the clock was set back there may be several such places; it is always the same of them. Zero: before the first.
Position position_at(const EventLog&, Instant time);
/// When the commit was made; nothing: there is none, or it cannot be read.
std::optional<Instant> time_of(const EventLog&, Position);
/// The commit with which the stream reached the version; nothing: it has not.
std::optional<Position> position_of(const EventLog&, const StreamId&, Version);

/// These streams as they were then, with all that was derived of them, in a log of their own in memory. REQUIRES: they are whole
/// families; a commit's other streams are left out.
std::unique_ptr<EventLog> fork_log(const EventLog&, const std::set<StreamId>&, Position at);

}  // namespace comd
