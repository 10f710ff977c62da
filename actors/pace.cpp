#include "actors/pace.h"

#include <algorithm>
#include <cmath>

namespace comd {
namespace {

constexpr double kMinute = 60.0;

std::int64_t micros(Instant at) { return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count(); }
double seconds(Millis span) { return std::chrono::duration<double>(span).count(); }

}  // namespace

RateLimit::RateLimit(Rate rate) {
  if (rate.calls == 0) return;
  apart_ = (rate.per.count() * 1'000 + rate.calls - 1) / rate.calls;
  burst_ = std::max<std::int64_t>(100'000 - apart_, 0);
}

Instant RateLimit::ready_at() const {
  // Rounded up: a wake-up that comes too early would only be armed again.
  return apart_ == 0 ? Instant{} : Instant{Millis{(std::max<std::int64_t>(next_ - burst_, 0) + 999) / 1'000}};
}

void RateLimit::took(Instant now) { next_ = std::max(next_, micros(now)) + apart_; }

double Pace::decayed(Instant now) const { return sum_ * std::exp(-seconds(std::max(now, last_) - last_) / kMinute); }

void Pace::count(Instant now) {
  if (first_ == Instant{}) first_ = now;
  sum_ = decayed(now) + 1;
  last_ = std::max(now, last_);
}

double Pace::per_second(Instant now) const {
  if (first_ == Instant{}) return 0;
  // In the first minute there is less to look back on.
  const double seen = kMinute * (1 - std::exp(-std::max(seconds(now - first_), 1.0) / kMinute));
  return decayed(now) / seen;
}

}  // namespace comd
