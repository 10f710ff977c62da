#include "actors/shared.h"

namespace comd {

std::uint64_t CommitListeners::add(std::function<void(Position)> heard) {
  std::lock_guard lock(mutex_);
  heard_.emplace(next_, std::move(heard));
  return next_++;
}

void CommitListeners::remove(std::uint64_t ticket) {
  std::lock_guard lock(mutex_);
  heard_.erase(ticket);
}

void CommitListeners::tell(Position tail) {
  std::lock_guard lock(mutex_);
  for (auto& [ticket, heard] : heard_) heard(tail);
}

}  // namespace comd
