#include "actors/lane_queue.h"

namespace comd {

void LaneQueue::push(const Entry& entry) {
  if (!ids_.insert(entry.id).second) return;
  Level& level = levels_[entry.rank];
  const auto [found, fresh] = level.tenants.try_emplace(entry.tenant);
  if (fresh) {
    found->second.turn = next_turn_++;
    level.by_turn.emplace(found->second.turn, &found->first);
  }
  found->second.ids.insert(entry.id);
}

void LaneQueue::erase(const Entry& entry) {
  const auto level = levels_.find(entry.rank);
  if (level == levels_.end()) return;
  const auto tenant = level->second.tenants.find(entry.tenant);
  if (tenant == level->second.tenants.end() || tenant->second.ids.erase(entry.id) == 0) return;
  ids_.erase(entry.id);
  if (!tenant->second.ids.empty()) return;
  level->second.by_turn.erase(tenant->second.turn);
  level->second.tenants.erase(tenant);
  if (level->second.tenants.empty()) levels_.erase(level);
}

std::uint64_t LaneQueue::pop() {
  const auto first = levels_.begin();
  Level& level = first->second;
  const auto tenant = level.tenants.find(*level.by_turn.begin()->second);
  level.by_turn.erase(level.by_turn.begin());
  auto& ids = tenant->second.ids;
  const std::uint64_t id = *ids.begin();
  ids.erase(ids.begin());
  ids_.erase(id);
  if (ids.empty()) {
    level.tenants.erase(tenant);
    if (level.tenants.empty()) levels_.erase(first);
    return id;
  }
  tenant->second.turn = next_turn_++;
  level.by_turn.emplace(tenant->second.turn, &tenant->first);
  return id;
}

}  // namespace comd
