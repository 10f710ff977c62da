#pragma once
#include <functional>
#include <set>
#include <unordered_map>

#include "storage/each_commit.h"
#include "storage/inspection.h"
#include "storage/refold.h"
#include "storage/rocks_store.h"

/// The part of an inspection that goes through the log: are the records there and readable, does the index of streams name each
/// of them and no other, do their states hold what must hold, and are the rows those that follow from them? Remembers some 24
/// bytes for each stream and each row. Internal to storage/.
namespace comd {

class InspectionFold {
 public:
  using Found = std::function<void(StoreFinding)>;
  struct Figures {
    std::uint64_t commits = 0, events = 0, streams = 0, rows = 0;
  };

  InspectionFold(const rocks::Store&, const EventLog&, const std::string& data, Found);

  void take(const StoredCommit&);
  /// After the last commit.
  void finish_records();
  void compare_rows();
  const Figures& figures() const { return figures_; }

 private:
  void look_at_index(const Append&, Position);
  void look_at_states(const Append&, Position);
  void name_missing_rows();

  const rocks::Store& store_;
  const EventLog& log_;
  const std::string restore_, rebuild_;
  const Found found_;
  const Markers markers_;
  Refold refold_;
  Figures figures_;
  Position next_{1};
  std::set<Position> unreadable_;
  std::unordered_map<std::uint64_t, Position> last_of_stream_;  ///< as the index says
  std::uint64_t indexed_ = 0, in_records_ = 0;                  ///< versions
  std::unordered_map<std::uint64_t, std::uint64_t> rows_;       ///< hash of key → hash of value
  std::map<std::string, std::int64_t> counters_;
};

}  // namespace comd
