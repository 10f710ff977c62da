#include "actors/timers.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace comd {
namespace {

using namespace std::chrono_literals;
constexpr Millis kLongestSleep = 60s;  ///< also notices a wall clock that was set
constexpr Millis kBusyPause = 1s;      ///< while fires are under way

AnyCommand timer_command(const StreamId& stream, const std::string& name) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return product_order::Command{product_order::TimerDue{name}};
    case StreamKind::service_order: return service_order::Command{service_order::TimerDue{name}};
    case StreamKind::repair: return repair::Command{repair::TimerDue{name}};
    case StreamKind::quarantine: return quarantine::Command{quarantine::TimerDue{name}};
    case StreamKind::holds: return hold::Command{hold::TimerDue{name}};
    case StreamKind::subject: return subject::Command{subject::TimerDue{name}};
    default: return product::Command{product::TimerDue{name}};
  }
}

}  // namespace

caf::behavior Timers::make_behavior() {
  return {
      [this](const ArmTimer& hint) { arm(hint.due); },
      [this](const TimerFired& message) { fired(message.fire, message.answer); },
      [this](const Wake& message) {
        if (message.due != armed_) return;  // armed anew since
        scan();
      },
      [this](Start) { scan(); },
  };
}

void Timers::scan() {
  if (shared_->disk.read_only() || shared_->epoch.fenced()) {  // what is due stays due
    armed_ = Instant::max();
    return arm(shared_->clock->now() + DiskMode::kLookAgain);
  }
  // Whoever adds a wake-up from here on hints; what was durable before is read below. So nothing is missed between the two.
  armed_ = Instant::max();
  shared_->timer_armed.store(INT64_MAX);
  const Instant now = shared_->clock->now();
  const std::size_t limit = budget();
  // What is remembered is still in the table, so it is read again; what is fenced rests there. Ask for that many more.
  const std::size_t more = fires_.size() + shared_->fence.size();
  const auto due = shared_->log->timers_due(now, limit + more);
  std::map<Key, Fire> still;
  Instant next = Instant::max();
  more_ = due.size() >= limit + more;
  for (const DueTimer& timer : due) {
    if (shared_->fence.holds(timer.stream)) continue;
    const Key key{timer.stream, timer.name, timer.due};
    auto known = fires_.find(key);
    if (known != fires_.end()) {
      Fire& one = known->second;
      if (!one.under_way && one.retry_at <= now)
        fire(timer, one);
      else if (!one.under_way)
        next = std::min(next, one.retry_at);
      still.insert(fires_.extract(known));
      continue;
    }
    if (under_way_ >= limit) {
      more_ = true;
      break;
    }
    Fire& one = still[key];
    fire(timer, one);
  }
  // Fires under way stay; those that were answered and are gone from the table are done.
  for (auto& [key, one] : fires_)
    if (one.under_way) still.emplace(key, one);
  fires_ = std::move(still);
  // While due rows remain, the earliest row says nothing about the next: the scan after the last answer does.
  if (more_)
    next = std::min(next, now + kBusyPause);
  else if (const auto earliest = next_live())
    next = std::min(next, *earliest > now ? *earliest : now + kBusyPause);
  arm(std::min(next, now + kLongestSleep));
}

/// How many fires may be under way. Each is several commits in the end, a client's command mostly one.
std::size_t Timers::budget() const {
  constexpr std::size_t kShared = 32;
  const std::size_t limit = shared_->options.limits.timers_per_tick;
  return shared_->gate->in_flight == 0 ? limit : std::min(limit, kShared);
}

/// A stream has one timer, so behind as many as are fenced there is one that is not.
std::optional<Instant> Timers::next_live() const {
  const std::size_t fenced = shared_->fence.size();
  if (fenced == 0) return shared_->log->next_due();
  for (const DueTimer& timer : shared_->log->timers_due(Instant::max(), fenced + 1))
    if (!shared_->fence.holds(timer.stream)) return timer.due;
  return std::nullopt;
}

void Timers::fire(const DueTimer& timer, Fire& one) {
  one.id = next_id_++;
  one.under_way = true;
  ++under_way_;
  by_id_.emplace(one.id, Key{timer.stream, timer.name, timer.due});
  const Instant now = shared_->clock->now();
  shared_->metrics->timer_lateness.Observe(std::chrono::duration<double>(now - timer.due).count());
  shared_->metrics->timers_fired.Increment();
  if (shared_->faults.forget_timer && ++fires_made_ % 2 == 0) return;  // for ever under way
  AnyCommand command = timer_command(timer.stream, timer.name);
  auto mail = std::make_shared<Mail>(timer.stream, std::move(command), Cause{"TimerDue:" + timer.name, "comd", {}, {}, {}});
  mail->done = [self = caf::actor_cast<caf::actor>(this), id = one.id](Answer answer) {
    caf::anon_send(self, TimerFired{id, std::move(answer)});
  };
  send_mail(*shared_, mail);
}

void Timers::fired(std::uint64_t id, const Answer& answer) {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const Key key = std::move(found->second);
  by_id_.erase(found);
  --under_way_;
  auto entry = fires_.find(key);
  if (entry == fires_.end()) return;
  Fire& one = entry->second;
  one.under_way = false;
  if (answer.reply.changed && !answer.reply.rejection) {
    fires_.erase(entry);  // recorded, so the row has moved
  } else {
    one.retry_at = shared_->clock->now() + std::min<Millis>(100ms * (1LL << std::min(one.setbacks, 10u)), 60s);
    if (one.setbacks++ == 3)
      spdlog::warn("{} does not move on from its timer {}: {}", key.stream.value, key.name,
                   answer.reply.rejection ? answer.reply.rejection->message : "it decided that nothing follows");
    arm(one.retry_at);
  }
  if (under_way_ == 0 || (more_ && under_way_ <= budget() / 2)) scan();
}

/// Wakes at `due`, unless it will wake before that anyway.
void Timers::arm(Instant due) {
  if (due >= armed_) return;
  armed_ = due;
  shared_->timer_armed.store(due.time_since_epoch().count());
  const Instant now = shared_->clock->now();
  delayed_send(this, due > now ? due - now : Millis{1}, Wake{due});
}

void Timers::on_exit() {
  fires_.clear();
  shared_.reset();
}

}  // namespace comd
