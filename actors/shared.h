#pragma once
#include <atomic>
#include <map>
#include <mutex>

#include "actors/catalogs.h"
#include "actors/disk.h"
#include "actors/fence.h"
#include "actors/holds.h"
#include "actors/log_writer.h"
#include "actors/messages.h"
#include "actors/metrics.h"
#include "actors/router.h"

namespace comd {

/// Planted bugs, to prove that the tests would find them. All off except in tests; no option of comd sets them.
struct Faults {
  bool ack_before_sync = false;      ///< answers before the append is durable
  bool fresh_key_on_resend = false;  ///< a call that is sent again carries another idempotency key
  bool forget_timer = false;         ///< every second due timer is taken for fired and never sent
  bool drop_tell = false;            ///< every second tell is neither sent nor repeated
  bool skip_mark_sent = false;       ///< calls before MarkSent is durable
  bool forget_outcome = false;       ///< every second outcome of a call is not brought back
  bool forget_row = false;           ///< every tenth append leaves out one of its derived rows
  bool forget_report = false;        ///< every third report of a partner is acknowledged and not recorded
  bool impure_evolve = false;        ///< every seventh event that a live actor records it does not apply itself
  bool keep_superseded = false;      ///< a revision forgets the last one of what it does not want any more
  bool redraw_on_replay = false;     ///< who loads a stream takes its deadlines as a second later than recorded
  bool second_door = false;          ///< every fifth mail goes to a second actor of its stream
  bool no_fence = false;             ///< what is in quarantine is not fenced off: timers and dispatcher go on trying
  bool never_passivate = false;      ///< actors stay for ever
  bool no_limit = false;             ///< any number of commands may be in flight, or wait for one stream
};

/// Who wants to know of new commits.
class CommitListeners {
 public:
  std::uint64_t add(std::function<void(Position)>);
  void remove(std::uint64_t ticket);
  void tell(Position);

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::function<void(Position)>> heard_;
  std::uint64_t next_ = 1;
};

/// The epoch of the log (domain/epoch.h), for those who must know whether it is fenced. Any thread.
class EpochGate {
 public:
  void set(const epoch::State& state) {
    after_.store(state.number > 1 ? number(state.after) : 0);
    number_.store(state.number);
    fenced_.store(state.fenced);
  }
  /// Nothing is sent and no deadline passes.
  bool fenced() const { return fenced_.load(); }
  std::uint64_t number_of() const { return number_.load(); }
  /// What began at or before it may have gone on elsewhere; zero: nothing may.
  Position known_elsewhere() const { return Position{after_.load()}; }

 private:
  std::atomic<bool> fenced_{false};
  std::atomic<std::uint64_t> number_{1}, after_{0};
};

/// What every actor of one engine needs. Filled before the actors get `Start`; after that only atomics and what guards itself
/// change.
struct Shared : std::enable_shared_from_this<Shared> {
  explicit Shared(const DiskLimits& limits) : disk(limits) {}

  std::shared_ptr<EventLog> log;
  std::shared_ptr<Clock> clock;
  std::shared_ptr<ActivationPort> activation;
  std::shared_ptr<ProductInventoryPort> inventory;
  std::shared_ptr<KeyPort> keys;  ///< may be empty
  CatalogParser parse;
  EngineOptions options;
  Faults faults;
  std::shared_ptr<Metrics> metrics;
  /// The log does not know its tail any more. Must not return to serving: the default says what to do and aborts.
  std::function<void(const std::string&)> on_log_failure;

  CatalogRegistry catalogs;
  CommitListeners listeners;
  Fence fence;
  EpochGate epoch;
  HoldRegistry holds;
  /// When the timers actor looks next, in milliseconds: a wake-up that is due later needs no hint.
  std::atomic<std::int64_t> timer_armed{INT64_MAX};

  /// What the dispatcher last said of its lanes.
  std::atomic<std::shared_ptr<const Lanes>> lanes{std::make_shared<const Lanes>()};

  /// What the disk allows. Admission, dispatcher, timers and writer ask it.
  DiskMode disk;

  std::shared_ptr<SendSlots> slots = std::make_shared<SendSlots>();
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  std::atomic<bool> stopping{false};              ///< no new calls
  std::atomic<std::size_t> effects_under_way{0};  ///< calls that left, and their outcomes on the way to the log

  std::unique_ptr<Router> router;
  std::unique_ptr<LogWriter> writer;
  caf::actor router_ticks, writer_actor, dispatcher, timers, disk_watcher;
};

inline void send_mail(const Shared& shared, const MailPtr& mail) { shared.router->deliver(mail); }

}  // namespace comd
