#include "actors/fence.h"

#include "domain/views.h"

namespace comd {

void Fence::load(const EventLog& log) {
  constexpr std::size_t kPage = 512;
  std::string after;
  while (true) {
    const RowPage page = log.scan(Table::quarantine, {}, after, kPage);
    for (const auto& [key, value] : page.rows)
      if (const auto summary = views::decode_quarantine(value); summary && summary->open) close(StreamId{key}, summary->reason);
    if (!page.more || page.rows.empty()) return;
    after = page.rows.back().first;
  }
}

std::string Fence::why(const StreamId& stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(stream);
  return found == streams_.end() ? std::string{} : found->second;
}

void Fence::close(const StreamId& stream, std::string why) {
  const std::lock_guard lock(mutex_);
  streams_.insert_or_assign(stream, why.empty() ? "no reason is known" : std::move(why));
  size_.store(streams_.size(), std::memory_order_release);
}

void Fence::open(const StreamId& stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
  size_.store(streams_.size(), std::memory_order_release);
}

}  // namespace comd
