#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "actors/disk.h"
#include "actors/lanes.h"
#include "actors/ports.h"
#include "storage/event_log.h"

namespace prometheus {
class Registry;
}

/// The running system: router, order actors, log writer, dispatcher, timers. Everything the edges need of it; no CAF here.
namespace comd {

/// Who calls, resolved in one place (edge/grpc/principal).
struct Principal {
  TenantId tenant;
  std::string subject;
  std::vector<std::string> roles;
};

using AnyCommand =
    std::variant<product_order::Command, service_order::Command, product::Command, service::Command, catalog_log::Command,
                 unmatched::Command, repair::Command, quarantine::Command, epoch::Command, subject::Command, hold::Command>;

/// The answer to a command: durable when it arrives. `position`: the commit that made it so, or zero if nothing changed.
struct Reply {
  std::optional<Rejection> rejection;
  Position position{};
  bool changed = false;
  Millis retry_after{0};  ///< refused for now, and known for how long
};

struct Limits {
  std::size_t in_flight_max = 8192;               ///< commands admitted and not yet answered; beyond: `limit` with retry-after
  std::size_t batch_max = 512;                    ///< appends per sync
  std::size_t lane_window = LaneLimits{}.window;  ///< these six are for each lane that has none of its own
  Rate lane_rate = LaneLimits{}.rate;
  std::size_t lane_backlog = LaneLimits{}.backlog;
  std::uint32_t lane_failures = LaneLimits{}.failures;
  Millis lane_pause = LaneLimits{}.pause, lane_pause_max = LaneLimits{}.pause_max;
  std::size_t stream_waiting_max = 1000;  ///< of those, for one order, product or service; it must not take all
  std::size_t told_together = 64;       ///< what members of a family tell each other in one append; the rest follows by messages
  std::size_t slots_lent = SIZE_MAX;    ///< places of a lane in which nobody waits that may be taken with the decision to send
  std::size_t effects_max = 1'000'000;  ///< effects held in memory; beyond, they wait in the log alone
  std::size_t timers_per_tick = 1024;   ///< timer commands under way at once
  Millis idle{30'000};                  ///< an actor without messages for this long is passivated
  std::size_t residents_max = 200'000;  ///< live actors, one for each family
  std::size_t resting_max = 32;         ///< of those the ones that nothing is pending in
};

struct EngineOptions {
  Limits limits;
  DiskLimits disk;
  std::map<std::string, LaneSettings> lanes;  ///< by name; those named here are shown from the start
  std::size_t threads = 0;                    ///< 0: one per core
  bool push_products = false;
  std::uint64_t seed = 0;  ///< of the jitter; 0: from the OS
  bool writes_at_once =
      true;                ///< an append while no other is under way, on the thread that decided it; false: all by the writer's
  bool tells_ends = true;  ///< to the log that the process writes; not what ends on a copy
};

LaneLimits limits_of_lane(const EngineOptions&, const std::string& name);

/// What only the running actors know; everything else is in the log.
struct EngineFigures {
  std::size_t residents = 0;  ///< live order, product and system actors
  std::size_t in_flight = 0;  ///< commands admitted and not yet answered
};

class Engine {
 public:
  virtual ~Engine() = default;

  /// Sends one command through the router to its stream's actor. `done` is called exactly once, from some actor thread: keep it
  /// short. Thread-safe.
  virtual void execute(StreamId, AnyCommand, Cause, std::function<void(Reply)> done) = 0;

  virtual const EventLog& log() const = 0;
  virtual const Clock& clock() const = 0;
  virtual std::shared_ptr<const CatalogSet> catalogs() const = 0;

  virtual EngineFigures figures() const { return {}; }
  /// How full the disk is, at most a second old; ok where nobody looks.
  virtual DiskView disk() const { return {}; }
  /// At most a second old. Never null.
  virtual std::shared_ptr<const Lanes> lanes() const { return std::make_shared<Lanes>(); }

  /// `heard` is called after each batch with the new tail, from the writer thread: only wake somebody. Returns a ticket.
  virtual std::uint64_t on_commit(std::function<void(Position)> heard) = 0;
  virtual void forget(std::uint64_t ticket) = 0;

  /// Stops admitting, waits up to `bound` for what is in flight, then stops all actors. Idempotent.
  virtual void stop(Millis bound) = 0;
};

/// Opens for business: loads catalogues from the log, due timers and outbox heads, and serves. Nothing else is replayed.
std::unique_ptr<Engine> start_engine(std::shared_ptr<EventLog>, std::shared_ptr<Clock>, std::shared_ptr<ActivationPort>,
                                     std::shared_ptr<ProductInventoryPort>, CatalogParser, prometheus::Registry&,
                                     const EngineOptions&, std::shared_ptr<DiskSpace> = nullptr,
                                     std::shared_ptr<KeyPort> = nullptr);

}  // namespace comd
