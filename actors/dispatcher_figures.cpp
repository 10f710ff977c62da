#include <algorithm>

#include "actors/dispatcher.h"

namespace comd {
namespace {

using namespace std::chrono_literals;

constexpr Millis kFresh = 1s;  ///< figures are read by people and by scrapes; only a backlog that is passed is told at once

}  // namespace

void Dispatcher::publish() {
  const Instant now = shared_->clock->now();
  auto out = std::make_shared<Lanes>();
  for (const auto& [name, lane] : lanes_) {
    LaneFigures figures = lane.figures(now);
    figures.name = name;
    if (const auto oldest = lane.oldest()) figures.oldest = items_.at(*oldest).since;
    if (const auto back = held_back_.find(name); back != held_back_.end()) figures.held_back = back->second.size();
    Metrics& metrics = *shared_->metrics;
    metrics.lane_held_back(name).Set(static_cast<double>(figures.held_back));
    metrics.lane_depth(name).Set(static_cast<double>(figures.waiting));
    metrics.lane_calls(name).Set(static_cast<double>(figures.under_way));
    metrics.lane_window(name).Set(static_cast<double>(figures.window));
    metrics.lane_breaker(name).Set(static_cast<double>(figures.breaker));
    const auto& unsettled = unsettled_[name];
    // A claim in line waits for another order, not for us.
    const auto late = std::ranges::find_if(unsettled, [this](std::uint64_t id) { return items_.at(id).in_line.second == 0; });
    const auto age = late == unsettled.end() ? Millis{0} : now - items_.at(*late).since;
    metrics.outbox_age(name).Set(std::chrono::duration<double>(age).count());
    out->push_back(std::move(figures));
  }
  shared_->lanes.store(std::move(out));
  published_ = now;
}

/// Something changed. Told within a second, or at once when it decides about admission.
void Dispatcher::publish_soon() {
  const auto told = shared_->lanes.load();
  const bool crossed = std::ranges::any_of(*told, [&](const LaneFigures& figures) {
    return lane_of(figures.name).over_backlog() != (figures.waiting > figures.limits.backlog);
  });
  const Instant now = shared_->clock->now();
  if (crossed || told->size() != lanes_.size() || !published_ || now >= *published_ + kFresh || now < *published_)
    return publish();
  wake_at(*published_ + kFresh);
}

}  // namespace comd
