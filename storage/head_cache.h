#pragma once
#include <string>
#include <unordered_map>

#include "domain/ids.h"

/// The versions of the streams lately written, so that an append need not look them up. Bounded: holds the last `size` used
/// at least, twice as many at most. Internal to storage/; one thread.
namespace comd {

class HeadCache {
 public:
  explicit HeadCache(std::size_t size) : size_(size) {}

  const Version* find(const StreamId& stream) {
    if (const auto it = young_.find(stream); it != young_.end()) return &it->second;
    auto node = old_.extract(stream);
    if (!node) return nullptr;
    make_room();
    return &young_.insert(std::move(node)).position->second;
  }

  const Version& put(const StreamId& stream, Version version) {
    make_room();
    return young_.insert_or_assign(stream, version).first->second;
  }

 private:
  void make_room() {
    if (young_.size() < size_) return;
    old_ = std::move(young_);
    young_.clear();
  }

  std::size_t size_;
  std::unordered_map<StreamId, Version> young_, old_;
};

}  // namespace comd
