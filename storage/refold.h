#pragma once
#include <functional>
#include <set>

#include "domain/recent_streams.h"
#include "events/any_folded.h"
#include "storage/event_log.h"

/// The log, folded again from front to back: what each commit made durable besides its record, worked out by the same fold and the
/// same agenda differences that made it in the first place. It runs no decision. One thread.
namespace comd {

/// Events that are not folded, by stream (domain/quarantine.h).
using Markers = std::map<StreamId, std::set<Version>>;

/// Takes in those that the record holds.
void add_markers(Markers&, std::string_view record);
/// All markers that the log holds up to `until`, wherever they stand in it: an event is passed over from the beginning.
Markers markers(const EventLog&, Position until = Position{~std::uint64_t{0}});

class Refold {
 public:
  /// `history`: where a stream is folded from that is not in memory, up to the version that a commit goes on from. It may hold more.
  /// `streams`: that many stay in memory, of those last used; twice as many at most.
  explicit Refold(const EventLog& history, Markers = {}, std::size_t streams = 20'000);

  /// The append that the commit was made with. Commits come in log order, from any position on whose predecessors `history` holds.
  /// A stream that does not fold is set aside: from then on nothing of it changes, and the others go on. An error if the record is
  /// no commit, or has a stream of an unknown kind; nothing of it is taken in then.
  Result<Append, DecodeError> add(std::string_view record);
  /// The states only, in a third of the time. REQUIRES: of one Refold either this or `add` is used.
  Result<void, DecodeError> fold(std::string_view record);

  /// Is told of every slice, with the state after it.
  using Observer = std::function<void(const StreamSlice&, const AnyFolded& after)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  /// As it is after the commits so far; nullptr: set aside, or not in memory. Until the next `add`.
  const AnyFolded* find(const StreamId&) const;
  /// Why the streams that do not fold do not.
  const std::map<StreamId, DecodeError>& set_aside() const { return set_aside_; }

 private:
  struct Stream {
    AnyFolded folded;
    Agenda agenda;
  };
  using Changed = std::vector<std::pair<StreamId, Stream*>>;
  /// Folds all of the commit.
  Result<Commit, DecodeError> take_in(std::string_view record, std::vector<StreamHead>& heads, Changed&);
  Stream* find_or_fold(const StreamId&, Version before);
  bool fold_until(AnyFolded&, const StreamId&, Version before);

  const EventLog* history_;
  Markers skipped_;
  RecentStreams<Stream> streams_;
  std::map<StreamId, DecodeError> set_aside_;
  Observer observer_;
  bool states_only_ = false;
};

}  // namespace comd
