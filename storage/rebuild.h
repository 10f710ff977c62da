#pragma once
#include "events/fold.h"
#include "storage/event_log.h"

/// Everything derived, again, from the log alone: the same fold and the same agenda differences that made the rows in the first
/// place. It runs no decision. Equal to `EventLog::derived()`, byte by byte.
namespace comd {

using DerivedRows = std::vector<std::pair<std::string, std::string>>;

/// Events that are not folded, by stream (domain/quarantine.h).
using Markers = std::map<StreamId, std::set<Version>>;

/// Folds commits in log order. Holds the state of every stream it has seen. A stream that does not fold is set aside: its rows stay
/// as they were before the event that does not, and the others go on.
class Rebuilder {
 public:
  explicit Rebuilder(Markers = {});
  ~Rebuilder();
  /// The next commit of the feed. An error if it is no commit at all; nothing of it is taken in then.
  Result<void, DecodeError> add(std::string_view record);
  /// Every derived row and counter so far, in key order.
  DerivedRows rows() const;

 private:
  struct Stream;
  struct Streams;
  bool set_aside(const StreamId&) const;
  Result<Stream, DecodeError> before(const StreamId&) const;
  std::unique_ptr<Streams> streams_;
  std::map<std::string, std::string> rows_;
  std::map<std::string, std::int64_t> counters_;
};

/// All markers that the log holds, wherever they stand in it: an event is passed over from the beginning.
Markers markers(const EventLog&);

/// The whole log. What cannot be read harms only its streams.
DerivedRows rebuild(const EventLog&);

/// How derived rows differ from the rebuilt ones, for people: at most `limit` lines, "missing …", "extra …", "differs …".
std::vector<std::string> differences(const DerivedRows& stored, const DerivedRows& rebuilt, std::size_t limit);

}  // namespace comd
