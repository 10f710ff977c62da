#include "test/sim/life.h"

#include <algorithm>
#include <array>

namespace comd::sim {
namespace {

caf::actor_system_config& configured(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("testing"));
  config.set("scheduler.max-throughput", std::size_t{1});
  config.set("logger.verbosity", caf::atom("quiet"));
  return config;
}

}  // namespace

Life::Life(std::shared_ptr<EventLog> log, std::shared_ptr<SimDisk> disk, Timeline& timeline, std::shared_ptr<Partners> partners,
           CatalogParser parse, const Faults& planted, std::uint64_t seed)
    : log_(std::make_shared<CrashingLog>(std::move(log))),
      system_(std::make_unique<caf::actor_system>(configured(config_))),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler())) {
  EngineOptions options;
  options.seed = seed;
  options.limits.idle = kIdle;
  options.limits.in_flight_max = kInFlightMax;
  options.limits.stream_waiting_max = kStreamWaitingMax;
  options.limits.lane_window = 8;
  options.writes_at_once = seed / 4 % 2 == 0;  // what is written by its actor comes in larger batches
  options.limits.told_together = std::array<std::size_t, 4>{64, 3, 1, 0}[seed % 4];  // the rest goes by rows and messages
  options.limits.slots_lent = std::array<std::size_t, 3>{128, 2, 0}[seed / 8 % 3];   // the rest goes by the outbox
  options.limits.resting_max = std::array<std::size_t, 3>{32, 2, 0}[seed / 24 % 3];  // the rest leaves at once
  EngineParts parts{log_,
                    std::make_shared<WorldClock>(timeline),
                    std::move(partners),
                    nullptr,
                    std::move(parse),
                    options,
                    std::make_shared<Metrics>(registry_),
                    planted,
                    [this](const std::string&) { dead_ = true; },
                    std::move(disk)};
  engine_ = std::make_unique<EngineActors>(*system_, std::move(parts));
}

Life::~Life() {
  engine_->kill();
  // The dying actors' last messages are not delivered to anybody who could act on them: they all get their exit first.
  while (has_job()) scheduler_.run_once();
  engine_.reset();
  system_->await_actors_before_shutdown(false);
}

void Life::step(Random& random) {
  auto& jobs = scheduler_.jobs;
  std::rotate(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(random.below(jobs.size())), jobs.end());
  scheduler_.run_once();
}

std::optional<Millis> Life::next_timeout() const {
  const auto& schedule = const_cast<caf::scheduler::test_coordinator&>(scheduler_).clock().schedule();
  if (schedule.empty()) return std::nullopt;
  const auto left = schedule.begin()->first - const_cast<caf::scheduler::test_coordinator&>(scheduler_).clock().now();
  return std::max(Millis{0}, std::chrono::ceil<Millis>(left));
}

void Life::advance(Millis by) { scheduler_.advance_time(by); }

}  // namespace comd::sim
