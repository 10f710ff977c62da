#include "actors/dispatcher.h"

#include <algorithm>

#include "actors/departure.h"
#include "actors/log.h"

namespace comd {
namespace {

using namespace std::chrono_literals;

/// What was told is not the outcome yet: a claim that waits in line.
bool asks_again(const AnyCommand& told) {
  const auto* command = std::get_if<product_order::Command>(&told);
  return command != nullptr && std::holds_alternative<product_order::NoteInLine>(*command);
}

std::string key_of(const StreamId& stream, std::string_view effect) { return stream.value + '\0' + std::string(effect); }

}  // namespace

caf::behavior Dispatcher::make_behavior() {
  return {
      [this](HintEffects& message) {
        hinted(*message.hints);
        publish_soon();
      },
      [this](EffectStep& message) {
        step(message.item, message.result);
        publish_soon();
      },
      [this](const Wake& message) { wake(message.due); },
      [this](HoldsChanged) {
        follow_holds();
        publish_soon();
      },
      [this](Rehinted) {
        --rehints_;
        if (sweeping_) sweep();
      },
      [this](Tick) {
        follow_holds();
        publish();
        if (!shared_->disk.read_only() && !std::exchange(sweeping_, true)) sweep();
        delayed_send(this, 5s, Tick{});
      },
      [this](Start) {
        for (const auto& [name, settings] : shared_->options.lanes) lane_of(name);
        find_lost_calls();
        send(this, Tick{});
      },
  };
}

void Dispatcher::hinted(Hints& hints) {
  for (auto& [stream, key] : hints.removed) withdraw(stream, key);
  for (EffectHint& hint : hints.effects) add(std::move(hint));
  for (Departure& departure : hints.departures) depart(departure);
  for (const auto& [order, product] : hints.granted) granted(order, product);
}

void Dispatcher::add(EffectHint hint) {
  const std::string key = key_of(hint.stream, hint.effect.key);
  auto [found, fresh] = by_key_.try_emplace(key, next_id_);
  if (!fresh) {
    Item& item = items_.at(found->second);
    const bool queued = item.stage == Stage::queued;
    if (queued && !let_go(item)) lane_of(item.hint.effect.lane).erase(entry_of(item), item.serial);
    item.wanted = item.hinted = true;
    item.hint = std::move(hint);
    if (queued) queue_up(item);
    return;
  }
  if (full()) {
    by_key_.erase(found);
    return;
  }
  Item& item = make(std::move(hint));
  item.serial = serial(item.hint);
  queue_up(item);
}

/// Its key is taken in by_key_ already, for the next id.
Dispatcher::Item& Dispatcher::make(EffectHint hint) {
  Item& item = items_[next_id_];
  item.id = next_id_++;
  item.since = shared_->clock->now();
  item.hint = std::move(hint);
  unsettled_[item.hint.effect.lane].insert(item.id);
  return item;
}

/// Its send is recorded, with a place that was lent for it.
void Dispatcher::depart(Departure& departure) {
  const auto [found, fresh] = by_key_.try_emplace(key_of(departure.hint.stream, departure.hint.effect.key), next_id_);
  if (!fresh) return;  // the same attempt is being withdrawn here: what became of it is for its deadline to find out
  Item& item = make(std::move(departure.hint));
  item.stage = Stage::marking;
  item.marked_at = departure.marked_at;
  const std::string lane = item.hint.effect.lane;
  ++shared_->effects_under_way;
  item.ticket = departure.slot.use();
  lane_of(lane).begun();
  leave(item);
  lend(lane, lane_of(lane));
}

std::optional<Delivery> Dispatcher::delivery_of_submit(const EffectHint& hint) const {
  const auto* request = std::get_if<ActivationRequest>(&hint.payload);
  if (request == nullptr || hint.effect.kind != EffectKind::submit) return std::nullopt;
  return delivery_of(*shared_, request->specification);
}

/// Where the target promises nothing, two calls whose outcomes are both unknown would be two riddles at once.
bool Dispatcher::serial(const EffectHint& hint) const { return delivery_of_submit(hint) == Delivery::neither; }

Lane& Dispatcher::lane_of(const std::string& name) {
  const auto found = lanes_.find(name);
  return found != lanes_.end() ? found->second : lanes_.try_emplace(name, limits_of_lane(shared_->options, name)).first->second;
}

/// The stream does not want it any more. A call that is under way (or about to be, its send recorded) still brings its outcome.
void Dispatcher::withdraw(const StreamId& stream, const std::string& key) {
  auto found = by_key_.find(key_of(stream, key));
  if (found == by_key_.end()) return;
  Item& item = items_.at(found->second);
  item.wanted = false;
  if (item.stage == Stage::queued) erase(item);
}

LaneQueue::Entry Dispatcher::entry_of(const Item& item) {
  LaneQueue::Entry out{5, item.hint.meta.tenant.value, item.id};
  if (const auto* request = std::get_if<ActivationRequest>(&item.hint.payload))
    out.rank = static_cast<std::uint8_t>(request->priority + 1);
  const EffectKind kind = item.hint.effect.kind;
  if (kind == EffectKind::cancel || kind == EffectKind::amend) out.rank = 0;  // before work that it may make unnecessary
  return out;
}

void Dispatcher::queue_up(Item& item) {
  Lane& lane = lane_of(item.hint.effect.lane);
  if (std::exchange(item.stage, Stage::queued) != Stage::queued) {
    --shared_->effects_under_way;
    if (item.serial) lane.serial_settled();
    item.serial = serial(item.hint);
  }
  item.not_before = std::max(item.hint.effect.not_before, item.rest_until);
  if (item.not_before > shared_->clock->now()) {
    later_.emplace(item.not_before, item.id);
    return wake_at(item.not_before);
  }
  if (held(item)) return hold_back(item);
  lane.push(entry_of(item), item.serial);
  drain(item.hint.effect.lane);
}

void Dispatcher::drain(const std::string& name) {
  if (shared_->stopping) return;
  follow_holds();
  Lane& lane = lane_of(name);
  const Instant now = shared_->clock->now();
  if (shared_->disk.read_only() || shared_->epoch.fenced()) return wake_at(now + DiskMode::kLookAgain);
  if (!lane.breaker_closed(now)) take_back(name, lane);
  while (const auto taken = take(name, lane)) {
    Item& item = items_.at(taken->id);
    item.ticket = taken->ticket;
    ++shared_->effects_under_way;
    if (item.hint.effect.record_send && !shared_->faults.skip_mark_sent)
      mark(item);
    else
      call(item, item.hint.effect.call_timeout);
  }
  lend(name, lane);
  if (const auto again = lane.look_again(now)) wake_at(*again);
}

/// Who waits goes before those that would take a place with their decision.
std::optional<Lane::Taken> Dispatcher::take(const std::string& name, Lane& lane) {
  const Instant now = shared_->clock->now();
  auto taken = lane.take(now);
  if (!taken && lane.waiting() > 0 && take_back(name, lane)) taken = lane.take(now);
  return taken;
}

/// Where nobody waits, places for families to take with their decision.
void Dispatcher::lend(const std::string& name, Lane& lane) {
  const Instant now = shared_->clock->now();
  auto lent = shared_->slots->lent(name);
  for (; lent && *lent < shared_->options.limits.slots_lent; ++*lent) {
    const auto ticket = lane.lend(now);
    if (!ticket) return;
    shared_->slots->lend(name, *ticket);
  }
}

bool Dispatcher::take_back(const std::string& name, Lane& lane) {
  const auto tickets = shared_->slots->take_back(name);
  for (const Breaker::Ticket ticket : tickets) lane.returned(ticket);
  return !tickets.empty();
}

void Dispatcher::step(std::uint64_t id, std::variant<Answer, service_order::Outcome, PushResult>& result) {
  auto found = items_.find(id);
  if (found == items_.end()) return;
  Item& item = found->second;
  if (auto* outcome = std::get_if<service_order::Outcome>(&result)) return called(item, std::move(*outcome));
  if (auto* push = std::get_if<PushResult>(&result)) return pushed(item, *push);
  const Answer& answer = std::get<Answer>(result);
  switch (item.stage) {
    case Stage::marking: return marked(item, answer);
    case Stage::calling:
      return std::holds_alternative<RepairWork>(item.hint.payload) ? member_answered(item, answer)
                                                                   : product_answered(item, answer);
    case Stage::settling: return settled(item, answer);
    case Stage::queued: return;
  }
}

/// The send is durable: now the call may leave, and will, even if it is withdrawn in the meantime. Where nothing changed, the
/// send was recorded before, by a process that did not live to tell: what became of that call is for the deadline to find out.
void Dispatcher::marked(Item& item, const Answer& answer) {
  if (answer.reply.changed && !answer.reply.rejection) return leave(item);
  lane_of(item.hint.effect.lane).given_back(item.ticket);
  const bool later = answer.reply.rejection && answer.reply.rejection->code == RejectionCode::unavailable && item.wanted;
  const std::string name = item.hint.effect.lane;
  if (later)
    try_later(item);
  else
    erase(item);
  drain(name);
}

void Dispatcher::leave(Item& item) {
  // The recorded send's deadline counts from the recording. A call that left after it (this machine was suspended, say) would
  // reach its target behind the back of what that deadline has set going: the question what became of it, and a second call.
  if (held(item)) return call_is_held(item);
  if (may_be_sent_already(item)) return call_is_doubtful(item);
  const Millis left = item.marked_at + item.hint.effect.call_timeout - shared_->clock->now();
  return left > Millis{0} ? call(item, left) : call_too_late(item);
}

Millis Dispatcher::pause(std::uint32_t setbacks) { return std::min<Millis>(100ms * (1LL << std::min(setbacks, 12u)), 30s); }

void Dispatcher::settle_later(Item& item, Millis pause) {
  item.not_before = shared_->clock->now() + pause;
  later_.emplace(item.not_before, item.id);
  wake_at(item.not_before);
}

void Dispatcher::settled(Item& item, const Answer& answer) {
  if (answer.reply.rejection) {
    const Rejection& why = *answer.reply.rejection;
    if (why.code == RejectionCode::unavailable) {  // the outcome is too dear to be lost: tell it again
      return settle_later(item, pause(item.setbacks++));
    }
    log_order(spdlog::level::warn, "The outcome of a call was refused: " + why.message, cause_of(item, "Settle"),
              item.hint.meta.order.value, {{"stream", item.hint.stream.value}, {"effect", item.hint.effect.key}});
  }
  item.setbacks = 0;
  if (item.wanted && asks_again(*item.outcome)) return try_later(item);
  if (item.wanted && item.hinted) return queue_up(item);
  const std::string lane = item.hint.effect.lane;
  const bool serial = item.serial;
  erase(item);
  if (serial) drain(lane);
}

void Dispatcher::erase(Item& item) {
  Lane& lane = lane_of(item.hint.effect.lane);
  if (!let_go(item)) lane.erase(entry_of(item), item.serial);
  if (item.stage != Stage::queued) {
    --shared_->effects_under_way;
    if (item.serial) lane.serial_settled();
  }
  unsettled_[item.hint.effect.lane].erase(item.id);
  by_key_.erase(key_of(item.hint.stream, item.hint.effect.key));
  items_.erase(item.id);
}

void Dispatcher::wake_at(Instant due) {
  if (wake_ && *wake_ <= due) return;
  wake_ = due;
  const Instant now = shared_->clock->now();
  delayed_send(this, due > now ? due - now : Millis{1}, Wake{due});
}

void Dispatcher::wake(Instant due) {
  if (wake_ != due) return;  // armed anew since
  wake_.reset();
  const Instant now = shared_->clock->now();
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto [at, id] = *later_.begin();
    later_.erase(later_.begin());
    auto found = items_.find(id);
    if (found == items_.end() || found->second.not_before != at) continue;
    if (found->second.stage == Stage::queued)
      queue_up(found->second);
    else if (found->second.stage == Stage::settling)
      settle(found->second);
  }
  for (auto& [name, lane] : lanes_) drain(name);
  if (!later_.empty()) wake_at(later_.begin()->first);
  publish_soon();
}

void Dispatcher::on_exit() {
  items_.clear();
  shared_.reset();
}

}  // namespace comd
