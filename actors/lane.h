#pragma once
#include "actors/breaker.h"
#include "actors/lane_queue.h"
#include "actors/pace.h"

namespace comd {

/// The way to one target: who waits, and whether the next one may leave. Four things can hold it back: the window, the rate, the
/// breaker, and, for a serial effect, another one whose outcome is not settled. Pure: time is handed in.
class Lane {
 public:
  explicit Lane(const LaneLimits& limits) : limits_(limits), breaker_(limits), rate_(limits.rate) {}

  /// Serial effects go one at a time, beside the others.
  void push(const LaneQueue::Entry& entry, bool serial) { (serial ? serial_ : queue_).push(entry); }
  void erase(const LaneQueue::Entry&, bool serial);

  struct Taken {
    std::uint64_t id = 0;
    Breaker::Ticket ticket = 0;
  };
  /// Takes out the next one that may leave now. Its ticket must come back by `ended` or `given_back`; and if it was serial,
  /// `serial_settled` follows when its outcome is recorded, or there will be none.
  std::optional<Taken> take(Instant now);
  /// When one that waits may leave without anything else happening before.
  std::optional<Instant> look_again(Instant now) const;

  /// Another place for a call that nobody waits for yet, while nobody waits and no rate is set. It counts as taken until it is
  /// `returned`, or `begun`, which makes it a call like one that `take` let go.
  std::optional<Breaker::Ticket> lend(Instant now);
  void returned(Breaker::Ticket);
  void begun();

  void ended(Breaker::Ticket, bool well, Instant now);
  void given_back(Breaker::Ticket);
  void serial_settled() { serial_under_way_ = false; }

  bool breaker_closed(Instant now) const { return breaker_.state(now) == BreakerState::closed; }
  std::size_t waiting() const { return queue_.size() + serial_.size(); }
  bool over_backlog() const { return waiting() > limits_.backlog; }
  /// Id of the one that waits longest.
  std::optional<std::uint64_t> oldest() const;
  /// All but the name and `oldest`.
  LaneFigures figures(Instant now) const;

 private:
  bool serial_may_go() const { return !serial_under_way_ && !serial_.empty(); }

  LaneLimits limits_;
  LaneQueue queue_, serial_;
  Breaker breaker_;
  RateLimit rate_;
  Pace pace_;
  std::size_t under_way_ = 0, lent_ = 0;
  bool serial_under_way_ = false;
  bool serial_turn_ = false;  ///< of two with the same rank
};

}  // namespace comd
