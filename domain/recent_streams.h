#pragma once
#include <cstddef>
#include <unordered_map>
#include <utility>

#include "domain/ids.h"

namespace comd {

/// A value for each stream that was used lately, in two generations: when the younger one has `size`, the older one is dropped. So the
/// last `size` used are kept at least. One thread.
template <class Value>
class RecentStreams {
 public:
  explicit RecentStreams(std::size_t size) : size_(size) {}

  /// Uses it. Nullptr: it is not kept.
  Value* find(const StreamId& stream) {
    if (const auto it = young_.find(stream); it != young_.end()) return &it->second;
    auto node = old_.extract(stream);
    return node ? &young_.insert(std::move(node)).position->second : nullptr;
  }
  /// The same without using it.
  const Value* peek(const StreamId& stream) const {
    for (const auto* generation : {&young_, &old_})
      if (const auto it = generation->find(stream); it != generation->end()) return &it->second;
    return nullptr;
  }
  Value& put(const StreamId& stream, Value value) { return young_.insert_or_assign(stream, std::move(value)).first->second; }

  /// Drops what was not used lately, if there are enough others. Only here something goes: what was found or put since the last call
  /// stays where it is until the next but one.
  void make_room() {
    if (young_.size() < size_) return;
    old_ = std::move(young_);
    young_.clear();
  }

 private:
  std::size_t size_;
  std::unordered_map<StreamId, Value> young_, old_;
};

}  // namespace comd
