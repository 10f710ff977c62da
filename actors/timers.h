#pragma once
#include <map>
#include <unordered_map>

#include "actors/shared.h"

namespace comd {

/// Brings due wake-ups to their streams. Sleeps until the next one in the log is due; an append that adds an earlier one hints.
///
/// One outstanding fire per timer, at most `timers_per_tick` in all; a few only while commands of clients wait too, so that a storm
/// of timers does not keep new orders out. Deciding on a TimerDue always moves or removes the row; a
/// row that is still there after its fire was answered is tried again with growing pauses, so it cannot spin.
class Timers final : public caf::event_based_actor {
 public:
  Timers(caf::actor_config& config, std::shared_ptr<Shared> shared)
      : caf::event_based_actor(config), shared_(std::move(shared)) {}
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "timers"; }

 private:
  /// A timer as the log names it.
  struct Key {
    StreamId stream;
    std::string name;
    Instant due{};
    auto operator<=>(const Key&) const = default;
  };
  struct Fire {
    std::uint64_t id = 0;
    bool under_way = true;
    std::uint32_t setbacks = 0;
    Instant retry_at{};
  };

  void scan();
  std::size_t budget() const;
  std::optional<Instant> next_live() const;
  void fire(const DueTimer&, Fire&);
  void fired(std::uint64_t id, const Answer&);
  void arm(Instant);

  std::shared_ptr<Shared> shared_;
  std::map<Key, Fire> fires_;  ///< under way, or answered and still to be seen gone
  std::unordered_map<std::uint64_t, Key> by_id_;
  std::size_t under_way_ = 0;
  std::uint64_t next_id_ = 1;
  Instant armed_ = Instant::max();
  bool more_ = false;  ///< the last scan was cut short
  std::size_t fires_made_ = 0;
};

}  // namespace comd
