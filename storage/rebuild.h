#pragma once
#include "events/fold.h"
#include "storage/event_log.h"

/// Everything derived, again, from the log alone: the same fold and the same agenda differences that made the rows in the first
/// place. It runs no decision. Equal to `EventLog::derived()`, byte by byte.
namespace comd {

using DerivedRows = std::vector<std::pair<std::string, std::string>>;

/// Folds commits in log order. Holds the state of every stream it has seen.
class Rebuilder {
 public:
  Rebuilder();
  ~Rebuilder();
  /// The next commit of the feed. After an error nothing of it is taken in.
  Result<void, DecodeError> add(std::string_view record);
  /// Every derived row and counter so far, in key order.
  DerivedRows rows() const;

 private:
  struct Stream;
  struct Streams;
  Result<Stream, DecodeError> before(const StreamId&) const;
  std::unique_ptr<Streams> streams_;
  std::map<std::string, std::string> rows_;
  std::map<std::string, std::int64_t> counters_;
};

/// The whole log. The error names the commit.
Result<DerivedRows, DecodeError> rebuild(const EventLog&);

/// How derived rows differ from the rebuilt ones, for people: at most `limit` lines, "missing …", "extra …", "differs …".
std::vector<std::string> differences(const DerivedRows& stored, const DerivedRows& rebuilt, std::size_t limit);

}  // namespace comd
