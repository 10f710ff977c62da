#include "actors/engine_actors.h"

#include <spdlog/spdlog.h>

#include <caf/scheduler/test_coordinator.hpp>

#include "actors/disk_watcher.h"
#include "actors/dispatcher.h"
#include "actors/log_writer.h"
#include "actors/router.h"
#include "actors/timers.h"

namespace comd {
namespace {

void abort_process(const std::string& what) {
  spdlog::critical("{}", what);
  spdlog::shutdown();
  std::abort();
}

bool is_test(caf::actor_system& system) {
  return dynamic_cast<caf::scheduler::test_coordinator*>(&system.scheduler()) != nullptr;
}

}  // namespace

EngineActors::EngineActors(caf::actor_system& system, EngineParts parts) : shared_(std::make_shared<Shared>(parts.options.disk)) {
  Shared& s = *shared_;
  s.log = std::move(parts.log);
  s.clock = std::move(parts.clock);
  s.activation = std::move(parts.activation);
  s.inventory = std::move(parts.inventory);
  s.keys = std::move(parts.keys);
  s.parse = std::move(parts.parse);
  s.options = parts.options;
  s.metrics = std::move(parts.metrics);
  s.faults = parts.faults;
  s.on_log_failure = parts.on_log_failure ? std::move(parts.on_log_failure) : abort_process;
  s.catalogs.load(*s.log, s.parse);
  if (!s.faults.no_fence) s.fence.load(*s.log);
  s.holds.load(*s.log);
  s.epoch.set(views::decode_epoch(s.log->row(Table::epoch, epoch::kRow)));
  const bool test = is_test(system);
  if (parts.disk) {
    DiskWatch watch(parts.disk, s.options.disk);
    publish(s, watch.look());  // before the first command
    s.disk_watcher = test ? system.spawn<DiskWatcher>(shared_, std::move(watch))
                          : system.spawn<DiskWatcher, caf::detached>(shared_, std::move(watch));
    caf::anon_send(s.disk_watcher, Start{});
  }

  s.writer = std::make_unique<LogWriter>(s);
  s.writer_actor = system.spawn<LogWriterActor>(shared_);
  s.router = std::make_unique<Router>(system, s);
  s.router_ticks = system.spawn<RouterTicks>(shared_);
  s.dispatcher = system.spawn<Dispatcher>(shared_);
  s.timers = system.spawn<Timers>(shared_);
  // Only now may they look at each other.
  for (const auto& actor : {s.writer_actor, s.router_ticks, s.dispatcher, s.timers}) caf::anon_send(actor, Start{});
}

/// Why a new order cannot come in now. One that is there already is not new: its submitter is answered as the first time.
std::optional<Turned> EngineActors::turn_away(const StreamId& stream, const product_order::Submit& submit) const {
  std::optional<Turned> out;
  if (shared_->disk.refuses_orders())
    out = Turned{shared_->disk.no_order(), DiskMode::kRetryOrder};
  else
    out = full_or_held(stream, submit);
  if (out && shared_->log->head(stream) != Version{}) out.reset();
  return out;
}

std::optional<Turned> EngineActors::full_or_held(const StreamId& stream, const product_order::Submit& submit) const {
  const auto lanes = shared_->lanes.load();
  const Instant now = shared_->clock->now();
  const auto catalogs = shared_->catalogs.get();
  const Catalog* catalog = submit.catalog_version.empty() ? catalogs->for_order(submit.order.tenant, OrderId{stream.value})
                                                          : catalogs->find(submit.catalog_version);
  if (shared_->holds.any())
    if (auto turned = refused_by_hold(*shared_->holds.get(), submit.order, catalog, now)) return turned;
  return over_backlog(*lanes, submit.order, catalog, now);
}

void EngineActors::execute(StreamId stream, AnyCommand command, Cause cause, std::function<void(Reply)> done) {
  Metrics& metrics = *shared_->metrics;
  auto refuse = [&](Rejection rejection, Millis retry_after = Millis{0}) {
    metrics.rejected(rejection.code);
    done(Reply{std::move(rejection), {}, false, retry_after});
  };
  if (!shared_->gate->open)
    return refuse({RejectionCode::unavailable,
                   "Expected comd to take commands, but it is stopping",
                   {},
                   "Send it again when comd is back"});
  if (shared_->disk.read_only()) return refuse(shared_->disk.no_command(), DiskMode::kRetryCommand);
  const auto* of_order = std::get_if<product_order::Command>(&command);
  const auto* submit = of_order == nullptr ? nullptr : std::get_if<product_order::Submit>(of_order);
  if (submit != nullptr)
    if (auto turned = turn_away(stream, *submit)) return refuse(std::move(turned->rejection), turned->retry_after);
  const std::size_t limit = shared_->faults.no_limit ? SIZE_MAX : shared_->options.limits.in_flight_max;
  if (shared_->gate->in_flight.fetch_add(1) >= limit) {
    shared_->gate->in_flight.fetch_sub(1);
    return refuse({code_of_full(command),
                   "Expected at most " + std::to_string(limit) + " commands in flight (in_flight_max), but there are that many",
                   {},
                   "Send it again in a second, or fewer at once"});
  }
  auto mail = std::make_shared<Mail>(std::move(stream), std::move(command), std::move(cause));
  if (mail->cause.command.empty()) mail->cause.command = name_of(std::get<AnyCommand>(mail->ask));
  mail->gate = shared_->gate;
  metrics.in_flight.Increment();
  mail->done = [metrics_of = shared_->metrics, done = std::move(done), submission = submit != nullptr,
                began = std::chrono::steady_clock::now()](Answer answer) {
    metrics_of->in_flight.Decrement();
    if (answer.reply.rejection)
      metrics_of->rejected(answer.reply.rejection->code);
    else if (submission)
      metrics_of->submission_seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    done(std::move(answer.reply));
  };
  send_mail(*shared_, mail);
}

void EngineActors::stop_admitting() {
  shared_->gate->open = false;
  shared_->stopping = true;
  shared_->slots->close();
}

void EngineActors::kill() {
  stop_admitting();
  for (const auto& actor : {shared_->timers, shared_->dispatcher, shared_->router_ticks, shared_->writer_actor})
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  shared_->writer->close();
  shared_->router->close();
  if (shared_->disk_watcher) caf::anon_send_exit(shared_->disk_watcher, caf::exit_reason::user_shutdown);
}

}  // namespace comd
