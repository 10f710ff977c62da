#pragma once
#include "actors/lanes.h"

namespace comd {

/// Decides how many calls may be under way to one target. Pure: time is handed in.
///
///             N failures in a row                  pause over
///   closed ────────────────────────▶ open ◀───▶ half-open ── a success ──▶ closed, with a window of 1
///                                      a failure: twice the pause
///
/// After it closed the window doubles with each window of successes, up to its limit, and halves with each failure on the way: what
/// has piled up must not bring the target down again. The pause begins small again once the window is whole.
///
/// A call counts only in the stretch it began in: what was under way when the breaker opened says how the target was, not how it
/// is.
class Breaker {
 public:
  explicit Breaker(const LaneLimits& limits) : limits_(limits), window_(limits.window), pause_(limits.pause) {}

  using Ticket = std::uint64_t;
  bool admits(Instant now) const;
  /// A call begins. REQUIRES: admits(now).
  Ticket begin(Instant now);
  /// How it ended; each ticket once. `given_back`: it never began.
  void succeeded(Ticket);
  void failed(Ticket, Instant now);
  void given_back(Ticket);

  BreakerState state(Instant now) const;
  Instant open_until() const { return open_until_; }
  std::uint32_t failures() const { return failures_; }
  std::size_t window(Instant now) const;

 private:
  bool ended(Ticket);
  void open(Instant now);
  void close();

  LaneLimits limits_;
  BreakerState state_ = BreakerState::closed;
  std::size_t window_;         ///< closed
  std::size_t successes_ = 0;  ///< since the window grew
  std::size_t under_way_ = 0;  ///< begun in this stretch
  std::uint32_t failures_ = 0;
  Millis pause_;  ///< of the next opening
  Instant open_until_{};
  Ticket stretch_ = 1;
};

}  // namespace comd
