#pragma once
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

#include "actors/messages.h"

namespace comd {

struct Shared;

/// The one door to every stream. It finds or spawns the actor of the stream's family (family.h), parks what comes while that actor is being passivated,
/// and keeps the number of residents within the limit: idle ones go after `idle`, the least recently used ones when there are
/// too many. Those that rest go at the next tick, or when `resting_max` others have come to rest since: their memory is warm then,
/// and what comes next is given it. One stream's commands that wait for an answer are limited too: beyond, they are refused.
///
/// A monitor and not an actor: on the way of every command another mailbox is another thread to wake. Any thread may call it; the
/// lock is held for a look-up and an enqueue, never while a mail is answered.
class Router {
 public:
  Router(caf::actor_system&, Shared&);

  void deliver(const MailPtr&);
  /// From a family: nothing is pending in it, it need not stay for the usual idle time.
  void may_leave(const StreamId& home);
  /// From a family that has ended. What was parked meanwhile goes to a new one.
  void ended(const StreamId& home, caf::actor_id);
  /// Once every `idle / kTicksPerIdle`.
  void tick();
  /// Ends every family, whatever it is doing; what comes later is answered as lost.
  void close();

  static constexpr std::uint64_t kTicksPerIdle = 4;

 private:
  struct Entry;
  using Entries = std::list<Entry>;
  struct Entry {
    StreamId home;
    caf::actor actor;
    Entries* in;                  ///< the list it is in
    std::uint64_t touched = 0;    ///< tick of the last message
    std::vector<MailPtr> parked;  ///< while it leaves
    /// Commands of clients, unanswered, by stream.
    std::map<std::string, std::shared_ptr<std::atomic<std::size_t>>> waiting = {};
  };

  std::optional<Answer> route(const MailPtr&);
  Entries::iterator find_or_spawn(const StreamId&);
  caf::actor spawn(const StreamId& home);
  std::optional<Answer> admit(Entry&, Mail&);
  static void move(Entries::iterator, Entries& to);
  void passivate(Entries::iterator);
  bool goes_by_the_second_door(const MailPtr&);

  caf::actor_system& system_;
  Shared& shared_;
  std::mutex mutex_;
  bool closed_ = false;
  Entries in_use_;   ///< least recently used first
  Entries resting_;  ///< nothing is pending in them; longest first
  Entries leaving_;  ///< told to
  std::unordered_map<std::string_view, Entries::iterator> by_home_;
  std::uint64_t now_ = 1;   ///< ticks
  std::size_t strays_ = 0;  ///< these two are for the planted bug
  std::vector<caf::actor> second_doors_;
};

/// Lets the router's time pass.
class RouterTicks final : public caf::event_based_actor {
 public:
  RouterTicks(caf::actor_config& config, std::shared_ptr<Shared> shared)
      : caf::event_based_actor(config), shared_(std::move(shared)) {}
  caf::behavior make_behavior() override;
  void on_exit() override { shared_.reset(); }
  const char* name() const override { return "router_ticks"; }

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace comd
