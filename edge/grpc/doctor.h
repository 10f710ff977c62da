#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "events/fold.h"
#include "storage/event_log.h"

/// Shows that every unfinished order and service order has a durable next wake-up with a reason: it folds each of them and
/// compares what its state asks for with the rows there are. Reads the log only; nobody is disturbed, and work goes on meanwhile.
namespace comd::north {

struct DoctorLimits {
  /// Of the timer table, earliest first, kept as 16 bytes each. A stream that is not unfinished has no timer, so this is how many
  /// streams can be checked; what is due later is counted as unchecked.
  std::size_t timers = 10'000'000;
  std::size_t orders_per_step = 100;
  std::size_t findings = 1'000;  ///< told in full; the rest are counted
  std::size_t moving = 10'000;   ///< orders that changed while looked at, and are looked at again
};

struct DoctorFinding {
  std::string id, order;
  std::string problem;  ///< "Expected …, but …"
  std::string remedy;
  std::string kind = "wakeup";  ///< or "unreadable", "quarantine"
};

struct DoctorFigures {
  std::uint64_t unfinished = 0;  ///< orders there are to look at, as the counters say
  std::uint64_t orders = 0, service_orders = 0, wakeups = 0, effects = 0;
  std::uint64_t findings = 0;
  std::uint64_t moving = 0;     ///< orders that went on each time they were looked at: alive, but not proven
  std::uint64_t unchecked = 0;  ///< wake-ups that are due later than what is kept of the timer table
};

/// The timer table in little memory.
class TimerSet {
 public:
  /// All that was durable at `read_at`; rows of later commits may be in it or not.
  static TimerSet read(const EventLog&, std::size_t limit);

  enum class Found { yes, other, none, unknown };
  Found find(const StreamId&, std::string_view name, Instant due) const;
  bool has(const StreamId&) const;
  bool complete() const { return !until_; }
  Position read_at() const { return read_at_; }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows_;  ///< hashes of stream, and of name and due time; sorted
  std::optional<Instant> until_;                               ///< everything due before it is here
  Position read_at_{};
};

/// Walks the unfinished orders of all tenants.
class UnfinishedOrders {
 public:
  explicit UnfinishedOrders(const EventLog& log) : log_(log) {}
  /// At most `limit` ids; empty only at the end.
  std::vector<OrderId> next(std::size_t limit);

 private:
  bool next_range();

  const EventLog& log_;
  std::string tenant_, after_;
  std::size_t state_ = 0;
  bool begun_ = false;
};
/// How many the counters say there are.
std::uint64_t count_unfinished(const EventLog&);

class Doctor {
 public:
  explicit Doctor(const EventLog&, DoctorLimits = {});

  /// One bounded piece of work. False: all is done.
  bool step();
  const DoctorFigures& figures() const { return figures_; }
  /// Those since the last call.
  std::vector<DoctorFinding> take_findings() { return std::exchange(found_, {}); }

 private:
  void look_at_quarantines();
  void examine(const OrderId&);
  template <class State>
  std::optional<State> examine_stream(const StreamId&, const OrderId&);
  void compare(const Agenda&, const StreamId&, std::vector<DoctorFinding>&);
  void add(DoctorFinding);

  const EventLog& log_;
  const DoctorLimits limits_;
  DoctorFigures figures_;
  std::vector<DoctorFinding> found_;
  std::set<std::string> told_;  ///< as many as are kept
  std::optional<TimerSet> timers_;
  UnfinishedOrders walk_;
  std::set<OrderId> seen_again_;  ///< changed while looked at
  std::vector<OrderId> again_;    ///< of the round before, still to be looked at
  bool walked_ = false, changed_ = false;
  int rounds_ = 0;
};

/// The cheap check: unfinished orders that have no timer at all.
struct WakeupScan {
  std::uint64_t orders = 0;             ///< looked at
  std::vector<OrderId> without_wakeup;  ///< at most 1,000
  bool complete = true;                 ///< false: there are more timers than are kept, so nothing is proven
};
WakeupScan scan_wakeups(const EventLog&, const DoctorLimits& = {});

}  // namespace comd::north
