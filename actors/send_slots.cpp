#include "actors/send_slots.h"

#include <utility>

#include "domain/check.h"

namespace comd {

SendSlot::~SendSlot() {
  if (of_) of_->give_back(lane_, ticket_);
}

Breaker::Ticket SendSlot::use() {
  CHECK(of_);
  std::exchange(of_, nullptr)->used();
  return ticket_;
}

std::optional<SendSlot> SendSlots::take(const std::string& lane) {
  const std::lock_guard lock(mutex_);
  std::vector<Breaker::Ticket>& free = free_[lane];
  if (closed_ || free.empty()) return std::nullopt;
  const Breaker::Ticket ticket = free.back();
  free.pop_back();
  ++taken_;
  return std::optional<SendSlot>(std::in_place, shared_from_this(), lane, ticket);
}

void SendSlots::lend(const std::string& lane, Breaker::Ticket ticket) {
  const std::lock_guard lock(mutex_);
  free_[lane].push_back(ticket);
}

std::optional<std::size_t> SendSlots::lent(const std::string& lane) const {
  const std::lock_guard lock(mutex_);
  const auto found = free_.find(lane);
  return found == free_.end() ? std::nullopt : std::optional(found->second.size());
}

std::vector<Breaker::Ticket> SendSlots::take_back(const std::string& lane) {
  const std::lock_guard lock(mutex_);
  const auto found = free_.find(lane);
  return found == free_.end() ? std::vector<Breaker::Ticket>{} : std::exchange(found->second, {});
}

void SendSlots::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

std::size_t SendSlots::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

void SendSlots::give_back(const std::string& lane, Breaker::Ticket ticket) {
  const std::lock_guard lock(mutex_);
  --taken_;
  free_[lane].push_back(ticket);
}

void SendSlots::used() {
  const std::lock_guard lock(mutex_);
  --taken_;
}

}  // namespace comd
