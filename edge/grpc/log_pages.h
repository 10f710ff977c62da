#pragma once
#include <deque>

#include "edge/grpc/log_select.h"

namespace comd::north {

/// The log behind a position, in portions that fit a message. For one thread at a time.
class LogPages {
 public:
  /// `until`: the last position, for a reader that does not follow.
  LogPages(const EventLog&, LogFilter, Showing, Position after, std::optional<Position> until);

  enum class Page { some, idle, end };
  /// Adds to `commits` what there is for the reader. `some`: there is something, or so much was passed over that the reader should
  /// know. `idle`: nothing behind `position()` for now. `end`: with these all of the range has been given.
  Page next(google::protobuf::RepeatedPtrField<api::LogCommit>& commits);
  Position position() const { return at_; }

 private:
  void add(const StoredCommit&, google::protobuf::RepeatedPtrField<api::LogCommit>&);

  const EventLog& log_;
  const LogFilter filter_;
  const Showing showing_;
  const std::optional<Position> until_;
  Position at_{};
  std::deque<StoredCommit> picked_;  ///< of the streams asked for, by their index, up to `picked_until_`
  Position picked_until_{};
  std::size_t bytes_ = 0;
};

}  // namespace comd::north
