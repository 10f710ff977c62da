#pragma once
#include <deque>
#include <list>
#include <unordered_map>

#include "actors/shared.h"

namespace comd {

/// The one door to every stream. It finds or spawns the stream's actor, parks what comes while that actor is being passivated,
/// and keeps the number of residents within the limit: idle ones go after `idle`, the least recently used ones when there are
/// too many. One stream's commands that wait for an answer are limited too: beyond, they are refused.
class Router final : public caf::event_based_actor {
 public:
  Router(caf::actor_config&, std::shared_ptr<Shared>);
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "router"; }

 private:
  struct Entry {
    StreamId stream;
    caf::actor actor;
    bool stopping = false;
    std::uint64_t touched = 0;    ///< tick of the last message; 0: its work is done, go at the next tick
    std::vector<MailPtr> parked;  ///< while stopping
    std::shared_ptr<std::atomic<std::size_t>> waiting =
        std::make_shared<std::atomic<std::size_t>>(0);  ///< of clients, unanswered
  };
  using Entries = std::list<Entry>;  ///< least recently used first

  void route(MailPtr);
  bool admit(Entry&, Mail&);
  void passivate(Entry&);
  void ended(const caf::down_msg&);
  void tick();

  static constexpr std::uint64_t kTicksPerIdle = 4;
  static constexpr Millis kRetryFull{1'000};

  std::shared_ptr<Shared> shared_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_stream_;
  std::unordered_map<caf::actor_id, Entries::iterator> by_actor_;
  std::uint64_t now_ = 1;  ///< ticks
  std::size_t stopping_ = 0;
};

}  // namespace comd
