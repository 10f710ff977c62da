#include "actors/lane.h"

#include <algorithm>

namespace comd {

void Lane::erase(const LaneQueue::Entry& entry, bool serial) { (serial ? serial_ : queue_).erase(entry); }

std::optional<Lane::Taken> Lane::take(Instant now) {
  const bool serial_can = serial_may_go();
  if (queue_.empty() && !serial_can) return std::nullopt;
  // The breaker counts the calls of its stretch; those from before still are under way.
  if (under_way_ + lent_ >= limits_.window || !breaker_.admits(now) || rate_.ready_at() > now) return std::nullopt;
  bool serial = serial_can;
  if (serial && !queue_.empty()) {
    const auto own = serial_.best_rank(), other = queue_.best_rank();
    serial = own < other || (own == other && std::exchange(serial_turn_, !serial_turn_));
  }
  if (serial) serial_under_way_ = true;
  ++under_way_;
  rate_.took(now);
  return Taken{(serial ? serial_ : queue_).pop(), breaker_.begin(now)};
}

std::optional<Instant> Lane::look_again(Instant now) const {
  if (queue_.empty() && !serial_may_go()) return std::nullopt;
  Instant out = rate_.ready_at();
  if (breaker_.state(now) == BreakerState::open) out = std::max(out, breaker_.open_until());
  return out > now ? std::optional(out) : std::nullopt;
}

std::optional<Breaker::Ticket> Lane::lend(Instant now) {
  const bool open = breaker_.state(now) == BreakerState::closed && breaker_.admits(now) && limits_.rate.calls == 0;
  if (!open || !queue_.empty() || serial_may_go() || under_way_ + lent_ >= limits_.window) return std::nullopt;
  ++lent_;
  return breaker_.begin(now);
}

void Lane::returned(Breaker::Ticket ticket) {
  --lent_;
  breaker_.given_back(ticket);
}

void Lane::begun() {
  --lent_;
  ++under_way_;
}

void Lane::ended(Breaker::Ticket ticket, bool well, Instant now) {
  --under_way_;
  if (!well) return breaker_.failed(ticket, now);
  pace_.count(now);
  breaker_.succeeded(ticket);
}

void Lane::given_back(Breaker::Ticket ticket) {
  --under_way_;
  breaker_.given_back(ticket);
}

std::optional<std::uint64_t> Lane::oldest() const {
  const auto one = queue_.oldest(), other = serial_.oldest();
  return one && other ? std::min(one, other) : one ? one : other;
}

LaneFigures Lane::figures(Instant now) const {
  LaneFigures out;
  out.limits = limits_;
  out.waiting = waiting();
  out.under_way = under_way_;
  out.window = breaker_.window(now);
  out.breaker = breaker_.state(now);
  if (out.breaker == BreakerState::open) out.open_until = breaker_.open_until();
  out.failures = breaker_.failures();
  out.ended_per_second = pace_.per_second(now);
  return out;
}

}  // namespace comd
