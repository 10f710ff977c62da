#pragma once
#include <atomic>
#include <memory>

#include "domain/holds.h"
#include "storage/event_log.h"

namespace comd {

struct Shared;

/// What is held as a whole (domain/holds.h): loaded at the start, and swapped after each durable change, before that is answered. Any
/// thread.
class HoldRegistry {
 public:
  void load(const EventLog&);
  void set(const hold::State&);
  /// Never null.
  std::shared_ptr<const hold::State> get() const { return state_.load(); }
  /// Nearly always false, and cheaper to ask.
  bool any() const { return any_.load(std::memory_order_acquire); }
  /// Rises with each change.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::shared_ptr<const hold::State>> state_{std::make_shared<const hold::State>()};
  std::atomic<std::uint64_t> version_{0};
  std::atomic<bool> any_{false};
};

/// From now on that is held, and nothing else: lanes let go of what has been lifted.
void apply_holds(Shared&, const hold::State&);

}  // namespace comd
