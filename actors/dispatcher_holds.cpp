#include "actors/departure.h"
#include "actors/dispatcher.h"

namespace comd {

/// Held as a whole: its call must not leave now.
bool Dispatcher::held(const Item& item) const {
  const auto* request = std::get_if<ActivationRequest>(&item.hint.payload);
  return request != nullptr && is_held(*shared_, item.hint.effect, request->specification, request->tenant);
}

/// Beside its lane, so that nothing waits behind it. It stays a row of the outbox, and its deadline a timer.
void Dispatcher::hold_back(Item& item) {
  held_back_[item.hint.effect.lane].insert(item.id);
  unsettled_[item.hint.effect.lane].erase(item.id);  // it is not the lane's fault that it gets old
}

bool Dispatcher::let_go(Item& item) {
  const auto lane = held_back_.find(item.hint.effect.lane);
  if (lane == held_back_.end() || lane->second.erase(item.id) == 0) return false;
  unsettled_[item.hint.effect.lane].insert(item.id);
  return true;
}

/// What is held has changed: takes out of the lanes what must not leave now, and puts back what may. Goes through all that waits, for
/// holds change seldom.
void Dispatcher::follow_holds() {
  const auto version = shared_->holds.version();
  if (std::exchange(holds_seen_, version) == version) return;
  const Instant now = shared_->clock->now();
  for (auto& [id, item] : items_) {
    if (item.stage != Stage::queued || item.not_before > now) continue;
    Lane& lane = lane_of(item.hint.effect.lane);
    if (!held(item)) {
      if (let_go(item)) lane.push(entry_of(item), item.serial);
      continue;
    }
    lane.erase(entry_of(item), item.serial);
    hold_back(item);
  }
  for (auto& [name, lane] : lanes_) drain(name);
}

/// Its send is recorded already, and the hold came before the call.
void Dispatcher::call_is_held(Item& item) {
  not_called(item,
             {service_order::Outcome::Kind::not_sent, {FaultClass::transient, "HELD", "it is held: comctl hold list"}, {}, {}});
}

}  // namespace comd
