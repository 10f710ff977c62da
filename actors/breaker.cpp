#include "actors/breaker.h"

#include <algorithm>

namespace comd {

BreakerState Breaker::state(Instant now) const {
  return state_ == BreakerState::open && now >= open_until_ ? BreakerState::half_open : state_;
}

std::size_t Breaker::window(Instant now) const {
  switch (state(now)) {
    case BreakerState::closed: return window_;
    case BreakerState::half_open: return 1;
    case BreakerState::open: return 0;
  }
  return 0;
}

bool Breaker::admits(Instant now) const { return under_way_ < window(now); }

Breaker::Ticket Breaker::begin(Instant now) {
  state_ = state(now);
  ++under_way_;
  return stretch_;
}

/// Whether it counts.
bool Breaker::ended(Ticket ticket) {
  if (ticket != stretch_) return false;
  --under_way_;
  return true;
}

void Breaker::given_back(Ticket ticket) { ended(ticket); }

void Breaker::succeeded(Ticket ticket) {
  if (!ended(ticket)) return;
  failures_ = 0;
  if (state_ == BreakerState::half_open) return close();
  if (window_ == limits_.window || ++successes_ < window_) return;
  successes_ = 0;
  window_ = std::min(window_ * 2, limits_.window);
  if (window_ == limits_.window) pause_ = limits_.pause;
}

void Breaker::failed(Ticket ticket, Instant now) {
  if (!ended(ticket)) return;
  ++failures_;
  if (state_ == BreakerState::half_open || failures_ >= limits_.failures) return open(now);
  if (window_ == limits_.window) return;
  successes_ = 0;
  window_ = std::max<std::size_t>(window_ / 2, 1);
}

void Breaker::open(Instant now) {
  state_ = BreakerState::open;
  open_until_ = now + pause_;
  pause_ = std::min(pause_ * 2, limits_.pause_max);
  under_way_ = 0;
  ++stretch_;
}

void Breaker::close() {
  state_ = BreakerState::closed;
  window_ = 1;
  successes_ = 0;
  under_way_ = 0;
  ++stretch_;
  if (window_ == limits_.window) pause_ = limits_.pause;
}

}  // namespace comd
