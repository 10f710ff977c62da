#include "edge/grpc/log_stream.h"

#include <algorithm>

namespace comd::north {

LogWaiters::LogWaiters(Engine& engine) : engine_(engine) {
  ticket_ = engine_.on_commit([this](Position) {
    if (open_ == 0) return;  // who waits looks at the tail itself, first
    const std::lock_guard lock(mutex_);
    heard_ = true;
    news_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

void LogWaiters::wait(Waiter waiter, Position at) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      waiting_.emplace_back(std::move(waiter), at);
      heard_ = true;
      news_.notify_one();
      return;
    }
  }
  waiter->stopping();
}

bool LogWaiters::leave(const LogWaiter* waiter) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(waiting_, [waiter](const auto& each) { return each.first.get() == waiter; }) > 0;
}

bool LogWaiters::enter(std::size_t most) {
  if (open_.fetch_add(1) < most) return true;
  --open_;
  return false;
}

void LogWaiters::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    news_.wait(lock, [this] { return stopped_ || heard_; });
    if (stopped_) return;
    heard_ = false;
    const auto tail = engine_.log().tail();
    std::vector<Waiter> awake;
    std::erase_if(waiting_, [&](auto& each) {
      if (each.second >= tail) return false;
      awake.push_back(std::move(each.first));
      return true;
    });
    lock.unlock();
    for (const auto& waiter : awake) waiter->wake();
    awake.clear();
    lock.lock();
  }
}

void LogWaiters::stop() {
  std::vector<std::pair<Waiter, Position>> left;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_.exchange(true)) return;
    left.swap(waiting_);
    news_.notify_all();
  }
  engine_.forget(ticket_);
  thread_.join();
  for (const auto& [waiter, at] : left) waiter->stopping();
}

}  // namespace comd::north
