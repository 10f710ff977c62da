#include "actors/engine.h"

#include <algorithm>
#include <random>
#include <thread>

#include "actors/engine_actors.h"

namespace comd {
namespace {

caf::actor_system_config actor_config(const EngineOptions& options) {
  caf::actor_system_config config;
  // CAF's own default is at least four. On fewer cores the others only wake each other: an accept alone took a tenth longer.
  config.set("scheduler.max-threads", options.threads > 0 ? options.threads : std::max(2u, std::thread::hardware_concurrency()));
  // One queue for all threads: for work of some ten microseconds it costs less than stealing, and idle threads sleep.
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("logger.verbosity", caf::atom("quiet"));
  return config;
}

class RunningEngine final : public Engine {
 public:
  explicit RunningEngine(EngineParts parts)
      : clock_(parts.clock),
        log_(parts.log),
        config_(actor_config(parts.options)),
        system_(config_),
        actors_(system_, std::move(parts)) {}
  ~RunningEngine() override { stop(Millis{0}); }

  void execute(StreamId stream, AnyCommand command, Cause cause, std::function<void(Reply)> done) override {
    actors_.execute(std::move(stream), std::move(command), std::move(cause), std::move(done));
  }
  const EventLog& log() const override { return *log_; }
  const Clock& clock() const override { return *clock_; }
  std::shared_ptr<const CatalogSet> catalogs() const override { return actors_.shared().catalogs.get(); }
  EngineFigures figures() const override { return actors_.figures(); }
  std::shared_ptr<const Lanes> lanes() const override { return actors_.shared().lanes.load(); }
  DiskView disk() const override { return actors_.shared().disk.view(); }
  std::uint64_t on_commit(std::function<void(Position)> heard) override {
    return actors_.shared().listeners.add(std::move(heard));
  }
  void forget(std::uint64_t ticket) override { actors_.shared().listeners.remove(ticket); }

  void stop(Millis bound) override {
    std::lock_guard lock(stopping_);
    if (std::exchange(stopped_, true)) return;
    actors_.stop_admitting();
    const auto until = std::chrono::steady_clock::now() + bound;
    while (!actors_.quiet() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(Millis{1});
    actors_.kill();
    system_.await_all_actors_done();
  }

 private:
  std::shared_ptr<Clock> clock_;
  std::shared_ptr<EventLog> log_;
  std::mutex stopping_;
  bool stopped_ = false;
  caf::actor_system_config config_;
  caf::actor_system system_;
  EngineActors actors_;
};

}  // namespace

LaneLimits limits_of_lane(const EngineOptions& options, const std::string& name) {
  const Limits& l = options.limits;
  const LaneLimits of_all{l.lane_window, l.lane_rate, l.lane_backlog, l.lane_failures, l.lane_pause, l.lane_pause_max};
  const auto own = options.lanes.find(name);
  return limits_of(of_all, own == options.lanes.end() ? LaneSettings{} : own->second);
}

std::unique_ptr<Engine> start_engine(std::shared_ptr<EventLog> log, std::shared_ptr<Clock> clock,
                                     std::shared_ptr<ActivationPort> activation, std::shared_ptr<ProductInventoryPort> inventory,
                                     CatalogParser parse, prometheus::Registry& registry, const EngineOptions& options,
                                     std::shared_ptr<DiskSpace> disk, std::shared_ptr<KeyPort> keys) {
  EngineParts parts{std::move(log),
                    std::move(clock),
                    std::move(activation),
                    std::move(inventory),
                    std::move(parse),
                    options,
                    std::make_shared<Metrics>(registry),
                    {},
                    {},
                    std::move(disk),
                    std::move(keys)};
  if (parts.options.seed == 0) parts.options.seed = std::random_device{}() * 0x1'0000'0001ull + 1;
  return std::make_unique<RunningEngine>(std::move(parts));
}

}  // namespace comd
