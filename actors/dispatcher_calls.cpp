#include <spdlog/spdlog.h>

#include "actors/dispatcher.h"
#include "actors/log.h"
#include "domain/check.h"

namespace comd {
namespace {

using namespace std::chrono_literals;

std::string_view word(service_order::Outcome::Kind kind) {
  using enum service_order::Outcome::Kind;
  switch (kind) {
    case ok: return "ok";
    case refused: return "refused";
    case unknown: return "unknown";
    case not_sent: return "not_sent";
  }
  return "unknown";
}

/// Whether a target that ended a call like this can be sent the next one. An answer, also a refusal, says yes, unless it is that
/// there is too much already.
bool is_well(const service_order::Outcome& outcome) {
  using enum service_order::Outcome::Kind;
  const service_order::Fault& fault = outcome.fault;
  if (outcome.kind == refused)
    return fault.fault_class != FaultClass::transient || (fault.code != "RESOURCE_EXHAUSTED" && fault.code != "UNAVAILABLE");
  return outcome.kind == ok;
}

}  // namespace

Cause Dispatcher::cause_of(const Item& item, std::string command) {
  const CallMeta& meta = item.hint.meta;
  return {std::move(command), "comd", meta.tenant, meta.correlation, meta.traceparent};
}

/// Sends a command on behalf of the effect; the answer comes back as the item's next step.
void Dispatcher::ask(const Item& item, StreamId to, AnyCommand command, bool want_product) {
  Cause cause = cause_of(item, name_of(command));
  auto mail = std::make_shared<Mail>(std::move(to), std::move(command), std::move(cause));
  mail->want_product = want_product;
  mail->done = [self = caf::actor_cast<caf::actor>(this), id = item.id](Answer answer) {
    caf::anon_send(self, EffectStep{id, std::move(answer)});
  };
  send_mail(*shared_, mail);
}

void Dispatcher::mark(Item& item) {
  item.stage = Stage::marking;
  item.marked_at = shared_->clock->now();
  ask(item, item.hint.stream, service_order::Command{service_order::MarkSent{item.hint.effect.key}});
}

void Dispatcher::call_too_late(Item& item) {
  not_called(item, {service_order::Outcome::Kind::not_sent,
                    {FaultClass::transient, "STALLED", "comd stood still between recording the call and making it"},
                    {},
                    {}});
}

/// This store is a copy of one that may have gone on: what it had planned by then may have been sent. Where the key alone does not
/// keep work from being done twice, what became of it is found out first, once in a life of the process.
bool Dispatcher::may_be_sent_already(const Item& item) {
  const Position elsewhere = shared_->epoch.known_elsewhere();
  if (elsewhere == Position{} || item.hint.effect.kind != EffectKind::submit) return false;
  if (delivery_of_submit(item.hint) == Delivery::idempotent) return false;
  const auto history = shared_->log->read_stream(item.hint.stream);
  return !history.empty() && history.front().position <= elsewhere && doubted_.insert(item.hint.effect.key).second;
}

void Dispatcher::call_is_doubtful(Item& item) {
  not_called(item, {service_order::Outcome::Kind::unknown,
                    {FaultClass::transient, "RESTORED", "the store was restored: it may have been sent before"},
                    {},
                    {}});
}

void Dispatcher::not_called(Item& item, service_order::Outcome outcome) {
  const std::string lane = item.hint.effect.lane;
  lane_of(lane).given_back(item.ticket);
  item.outcome =
      service_order::Command{service_order::SettleEffect{item.hint.effect.key, item.hint.effect.kind, std::move(outcome)}};
  settle(item);
  drain(lane);
}

void Dispatcher::call(Item& item, Millis timeout) {
  item.stage = Stage::calling;
  item.hinted = false;
  ++item.calls;
  const auto self = caf::actor_cast<caf::actor>(this);
  const std::uint64_t id = item.id;
  if (const auto* request = std::get_if<ActivationRequest>(&item.hint.payload)) {
    ActivationCall out{item.hint.effect, *request, item.hint.meta};
    out.effect.call_timeout = timeout;
    if (shared_->faults.fresh_key_on_resend && item.hint.effect.kind == EffectKind::submit &&
        !sent_keys_.insert(out.effect.key).second)
      out.effect.key += "/again" + std::to_string(sent_keys_.size());
    shared_->activation->call(std::move(out), [self, id](service_order::Outcome outcome) {
      caf::anon_send(self, EffectStep{id, std::move(outcome)});
    });
  } else if (const auto* work = std::get_if<ProductWork>(&item.hint.payload)) {
    ask(item, stream_of(work->product), work->command, true);
  } else if (const auto* repair = std::get_if<RepairWork>(&item.hint.payload)) {
    std::visit([&](const auto& command) { ask(item, repair->ask.stream, command); }, repair->ask.command);
  } else if (const auto* push = std::get_if<PushWork>(&item.hint.payload)) {
    auto answered = [self, id](bool ok, std::string detail) {
      caf::anon_send(self, EffectStep{id, PushResult{ok, std::move(detail)}});
    };
    if (shared_->inventory)
      shared_->inventory->push(push->product, push->version, item.hint.meta, std::move(answered));
    else
      answered(false, "no external product inventory is configured");
  } else if (const auto* erase = std::get_if<EraseWork>(&item.hint.payload)) {
    auto answered = [self, id](bool ok, std::string detail) {
      caf::anon_send(self, EffectStep{id, PushResult{ok, std::move(detail)}});
    };
    if (shared_->keys)
      shared_->keys->erase(erase->what.keys, std::move(answered));
    else
      answered(false, "no keys are configured");
  } else {
    CHECK(false && "an effect without a payload");
  }
}

void Dispatcher::call_ended(Item& item, bool well, std::string_view outcome) {
  const std::string& name = item.hint.effect.lane;
  lane_of(name).ended(item.ticket, well, shared_->clock->now());
  shared_->metrics->calls(name, outcome).Increment();
}

/// Keeps its place by age, but not before a pause.
void Dispatcher::try_later(Item& item) {
  item.rest_until = shared_->clock->now() + pause(item.setbacks++);
  queue_up(item);
}

void Dispatcher::called(Item& item, service_order::Outcome outcome) {
  if (item.stage != Stage::calling) return;
  const std::string lane = item.hint.effect.lane;
  const bool left = outcome.kind != service_order::Outcome::Kind::not_sent;
  if (item.hint.effect.kind == EffectKind::ask && outcome.kind == service_order::Outcome::Kind::refused &&
      shared_->epoch.known_elsewhere() != Position{})
    doubted_.insert(item.hint.effect.key.substr(0, item.hint.effect.key.find('?')));  // of the attempt it asked about
  call_ended(item, is_well(outcome), word(outcome.kind));
  item.unsent = left ? 0 : item.unsent + 1;
  // While the breaker is closed each call that never left rests by itself; an open one holds them all, and by age.
  const Instant now = shared_->clock->now();
  if (!left && lane_of(lane).breaker_closed(now)) item.rest_until = now + pause(item.unsent - 1);
  if (spdlog::should_log(spdlog::level::debug))
    log_order(spdlog::level::debug, "Call answered", cause_of(item, "Call"), item.hint.meta.order.value,
              {{"effect", item.hint.effect.key},
               {"target", lane},
               {"outcome", std::string(word(outcome.kind))},
               {"detail", outcome.fault.message}});
  if (shared_->faults.forget_outcome && ++outcomes_ % 2 == 0) {
    erase(item);
    return drain(lane);
  }
  if (!left && !item.hint.effect.record_send) {
    // Nothing about it is recorded yet, so there is nothing to take back: it is simply sent again. Its deadline still counts.
    if (item.wanted)
      queue_up(item);
    else
      erase(item);
    return drain(lane);
  }
  item.outcome =
      service_order::Command{service_order::SettleEffect{item.hint.effect.key, item.hint.effect.kind, std::move(outcome)}};
  settle(item);
  drain(lane);
}

/// Our own products: the answer of their aggregate is the outcome.
void Dispatcher::product_answered(Item& item, const Answer& answer) {
  const std::string lane = item.hint.effect.lane;
  const auto& work = std::get<ProductWork>(item.hint.payload);
  const auto& why = answer.reply.rejection;
  call_ended(item, true, why ? "refused" : "ok");
  const bool claim = std::holds_alternative<product::Claim>(work.command);
  const bool withdraw = std::holds_alternative<product::Withdraw>(work.command);
  const bool not_now = why && (why->code == RejectionCode::unavailable || why->code == RejectionCode::limit);
  if (not_now || (why && !claim)) {
    if (!not_now)
      log_order(spdlog::level::err, "A product refused what its order wants: " + why->message, cause_of(item, "Call"),
                item.hint.meta.order.value, {{"product", work.product.value}, {"effect", item.hint.effect.key}});
    if (item.wanted)
      try_later(item);
    else
      erase(item);
    return drain(lane);
  }
  const OrderId& order = item.hint.meta.order;
  if (claim && !why)
    if (const std::uint32_t place = product::place_in_line(*answer.product, order); place > 0)
      return waits_in_line(item, *answer.product, place);
  if (claim)
    item.outcome = product_order::Command{product_order::SettleClaim{
        work.product, !why, answer.product ? answer.product->product : product::Snapshot{}, why ? why->message : std::string{}}};
  else if (withdraw)  // or it was granted in the meantime: then it is given back like any other
    item.outcome = product_order::Command{
        product_order::SettleClaim{work.product, answer.product->product.claimed_by == order, answer.product->product, {}}};
  else
    item.outcome = product_order::Command{product_order::SettleWrite{work.product, answer.product->product.status}};
  settle(item);
  drain(lane);
}

/// Another order has the product. The order is told where in the line it is, whenever that has changed, and asks again later: at once
/// when the product is granted to it, as far as that hint is not lost.
void Dispatcher::waits_in_line(Item& item, const product::State& product, std::uint32_t place) {
  const std::string lane = item.hint.effect.lane;
  if (!item.wanted) {
    erase(item);
  } else if (item.in_line == std::pair(product.product.claimed_by, place)) {
    try_later(item);
  } else {
    item.in_line = {product.product.claimed_by, place};
    item.outcome = product_order::Command{product_order::NoteInLine{product.product.id, product.product.claimed_by, place}};
    settle(item);
  }
  drain(lane);
}

void Dispatcher::granted(const StreamId& order, const ProductId& product) {
  for (const std::uint64_t id : unsettled_["inventory"]) {
    Item& item = items_.at(id);
    const auto* work = std::get_if<ProductWork>(&item.hint.payload);
    if (item.hint.stream != order || work == nullptr || work->product != product) continue;
    item.setbacks = 0;
    if (item.stage != Stage::queued) return;
    lane_of(item.hint.effect.lane).erase(entry_of(item), item.serial);
    item.rest_until = {};
    return queue_up(item);
  }
}

/// A repair's remedy, as its member took it. Refused because it moved on meanwhile is not a failure of the remedy.
void Dispatcher::member_answered(Item& item, const Answer& answer) {
  const std::string lane = item.hint.effect.lane;
  const auto& why = answer.reply.rejection;
  call_ended(item, true, why ? "refused" : "ok");
  if (why && (why->code == RejectionCode::unavailable || why->code == RejectionCode::limit)) {
    if (item.wanted)
      try_later(item);
    else
      erase(item);
    return drain(lane);
  }
  const bool moved_on = why && why->code == RejectionCode::conflict && why->where == "ifVersion";
  item.outcome = repair::Command{
      repair::SettleTry{std::get<RepairWork>(item.hint.payload).ask.member, !why, moved_on, why ? why->message : std::string{}}};
  settle(item);
  drain(lane);
}

void Dispatcher::pushed(Item& item, const PushResult& result) {
  if (item.stage != Stage::calling) return;
  const std::string lane = item.hint.effect.lane;
  call_ended(item, true, result.ok ? "ok" : "refused");
  if (const auto* erase = std::get_if<EraseWork>(&item.hint.payload))
    item.outcome = subject::Command{subject::SettleErase{erase->what.round, result.ok, result.detail}};
  else
    item.outcome = product::Command{product::SettlePush{std::get<PushWork>(item.hint.payload).version, result.ok, result.detail}};
  settle(item);
  drain(lane);
}

void Dispatcher::settle(Item& item) {
  item.stage = Stage::settling;
  if (shared_->disk.read_only()) return settle_later(item, DiskMode::kLookAgain);
  if (shared_->fence.holds(item.hint.stream)) {  // in quarantine: kept until it can take it, but no other call waits for that
    if (std::exchange(item.serial, false)) lane_of(item.hint.effect.lane).serial_settled();
    return settle_later(item, 30s);
  }
  ask(item, item.hint.stream, *item.outcome);
}

}  // namespace comd
