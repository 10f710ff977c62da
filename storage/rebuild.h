#pragma once
#include "storage/refold.h"

/// Everything derived, again, from the log alone: equal to `EventLog::derived()`, byte by byte.
namespace comd {

using DerivedRows = std::vector<std::pair<std::string, std::string>>;

/// Rows and counters as appends change them, in memory.
class RowTable {
 public:
  void take(Append);
  /// In key order.
  DerivedRows all() const;

 private:
  std::map<std::string, std::string> rows_;
  std::map<std::string, std::int64_t> counters_;
};

/// The whole log, in memory. What cannot be read harms only its streams.
DerivedRows rebuild(const EventLog&);

/// How derived rows differ from the rebuilt ones, for people: at most `limit` lines, "missing …", "extra …", "differs …".
std::vector<std::string> differences(const DerivedRows& stored, const DerivedRows& rebuilt, std::size_t limit);

}  // namespace comd
