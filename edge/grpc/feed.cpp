#include "edge/grpc/feed.h"

#include <algorithm>

namespace comd::north {

template <class Teller>
Feed<Teller>::Feed(Engine& engine) : engine_(engine) {
  ticket_ = engine_.on_commit([this](Position tail) {
    if (watchers_ == 0) return;  // the next one to attach looks at the tail itself
    const std::lock_guard lock(mutex_);
    tail_ = std::max(tail_, number(tail));
    wake_.notify_one();
  });
  teller_ = std::thread([this] { tell_all(); });
  helper_ = std::thread([this] { catch_up_all(); });
}

template <class Teller>
Feed<Teller>::~Feed() {
  stop();
}

template <class Teller>
bool Feed<Teller>::attach(const Listener& watcher, Position at) {
  const std::lock_guard lock(mutex_);
  if (live_.empty()) told_ = at;
  if (at < told_) return false;
  live_.push_back({watcher, next_ticket_++});
  tail_ = std::max(tail_, number(engine_.log().tail()));
  wake_.notify_one();
  return true;
}

template <class Teller>
void Feed<Teller>::leave(const Listener& watcher) {
  const std::lock_guard lock(mutex_);
  std::erase_if(live_, [&](const Seat& seat) { return seat.watcher == watcher; });
  std::erase(behind_, watcher);
  const auto gone = std::erase_if(all_, [&](const auto& other) { return other.expired() || other.lock() == watcher; });
  watchers_ -= gone;
}

template <class Teller>
void Feed<Teller>::schedule(const Listener& watcher) {
  {
    const std::lock_guard lock(mutex_);
    if (std::ranges::none_of(all_, [&](const auto& other) { return other.lock() == watcher; })) {
      all_.push_back(watcher);
      ++watchers_;
    }
    if (!stopped_) {
      behind_.push_back(watcher);
      work_.notify_one();
      return;
    }
  }
  watcher->end();
}

template <class Teller>
void Feed<Teller>::tell_all() {
  Teller teller(engine_.log(), kStreams);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopped_ || (!live_.empty() && tail_ > number(told_)); });
    if (stopped_) return;
    const auto after = told_;
    const auto readers = live_;
    lock.unlock();
    const auto page = engine_.log().read_feed(after, kPage);
    const auto wanted = [&readers](const OrderId& order) {
      return std::ranges::any_of(readers, [&order](const auto& reader) { return reader.watcher->wants(order); });
    };
    std::vector<Item> items;
    for (const auto& commit : page) std::ranges::move(teller.tell(commit, wanted), std::back_inserter(items));
    lock.lock();
    if (told_ != after) continue;  // all left, and another one came and began elsewhere
    const bool newcomers =
        std::ranges::any_of(live_, [&readers](const auto& one) { return std::ranges::find(readers, one) == readers.end(); });
    if (newcomers) continue;  // nobody has asked them what they want of this page: read it again
    if (page.empty()) {
      tail_ = number(told_);
      continue;
    }
    told_ = page.back().position;
    lock.unlock();
    std::vector<Seat> full;
    for (const auto& reader : readers) {
      if (!reader.watcher->hear(items, page.back().position)) full.push_back(reader);
    }
    lock.lock();
    std::erase_if(live_, [&full](const auto& reader) { return std::ranges::find(full, reader) != full.end(); });
  }
}

template <class Teller>
void Feed<Teller>::catch_up_all() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopped_ || !behind_.empty(); });
    if (stopped_) return;
    const auto watcher = behind_.front();
    behind_.pop_front();
    lock.unlock();
    const bool more = watcher->catch_up();
    lock.lock();
    if (more) behind_.push_back(watcher);
  }
}

template <class Teller>
void Feed<Teller>::stop() {
  std::vector<Listener> ending;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    for (const auto& watcher : all_) {
      if (auto alive = watcher.lock()) ending.push_back(std::move(alive));
    }
    wake_.notify_all();
    work_.notify_all();
  }
  engine_.forget(ticket_);
  teller_.join();
  helper_.join();
  for (const auto& watcher : ending) watcher->end();
}

template class Feed<Narrator>;
template class Feed<outward::Teller>;

}  // namespace comd::north
