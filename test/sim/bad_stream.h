#pragma once
#include "test/sim/auditor.h"
#include "test/sim/partner.h"

/// The one stream of a simulated world whose history becomes unreadable.
namespace comd::sim {

class BadStream {
 public:
  BadStream(EventLog& log, Auditor& auditor, const Timeline& time) : log_(log), auditor_(auditor), time_(time) {}

  /// Puts into an open order or service order what nobody can read: an event of an unknown type, or bytes that are no commit.
  /// False: there is none.
  bool strike(Random&);
  /// Empty: none so far.
  const StreamId& stream() const { return stream_; }
  bool in_quarantine() const;  ///< as everyone can see

 private:
  std::vector<StreamId> candidates() const;

  EventLog& log_;
  Auditor& auditor_;
  const Timeline& time_;
  StreamId stream_;
};

}  // namespace comd::sim
