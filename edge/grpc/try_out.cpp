#include "edge/grpc/try_out.h"

#include <prometheus/registry.h>

#include <algorithm>
#include <condition_variable>
#include <future>

#include "edge/grpc/convert.h"
#include "edge/grpc/fallout.h"
#include "edge/grpc/history.h"
#include "edge/grpc/orders.h"
#include "edge/grpc/view.h"

namespace comd::north {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongest = 10s;  ///< until the copy has come to rest
constexpr auto kLookEvery = 2ms;

class StandingClock final : public Clock {
 public:
  explicit StandingClock(Instant now) : now_(now) {}
  Instant now() const override { return now_; }

 private:
  const Instant now_;
};

/// Where the calls of a copy end. It has no way to anybody, and answers nobody: what would follow an answer is not known.
class Fence final : public ActivationPort, public ProductInventoryPort {
 public:
  void call(ActivationCall call, ActivationPort::Done) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  void push(const product::Snapshot&, std::uint64_t, CallMeta, ProductInventoryPort::Done) override {}

  std::vector<ActivationCall> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  bool has(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(calls_, [&](const auto& call) { return call.effect.key == key; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ActivationCall> calls_;
};

/// The order, its service orders, the products it names or makes with their services, and what tells of their quarantines.
std::set<StreamId> family_of(const Reader& reader, const product_order::State& order) {
  std::set<StreamId> out{StreamId{std::string(kCatalogStream)}, stream_of(order.id)};
  for (const auto& node : order.nodes) out.insert(stream_of(node.spec.id));
  std::set<ProductId> products;
  for (const auto& item : order.order.items)
    if (!item.product.empty()) products.insert(item.product);
  for (const auto& [product, claim] : order.claims) products.insert(product);
  for (const auto& plan : order.products) products.insert(plan.product);
  for (const auto& product : products) {
    out.insert(stream_of(product));
    if (const auto known = reader.product(product, order.order.tenant))
      for (const auto& service : known->state.product.services) out.insert(stream_of(service.id));
  }
  for (const auto& stream : std::set<StreamId>(out)) out.insert(quarantine_of(stream));
  return out;
}

/// For a product that another order is changing: that one goes on elsewhere.
bool in_line(const product_order::State& order) {
  return std::ranges::any_of(order.claims, [](const auto& claim) { return !claim.second.settled && claim.second.place > 0; });
}

struct Asked {
  StreamId stream;
  AnyCommand command;
  std::string name;
};

Rejection invalid(std::string message, std::string where, std::string hint) {
  return {RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)};
}

Result<Asked, std::vector<Rejection>> command_of(const Core& core, const Caller& caller, const api::TryRequest& request,
                                                 const product_order::State& order) {
  const auto one = [](Rejection rejection) { return Err(std::vector{std::move(rejection)}); };
  if (request.has_cancel()) {
    product_order::Cancel cancel{request.cancel().reason(), caller.principal.subject, request.cancel().accept_remainder(),
                                 request.cancel().accept_cost()};
    return Asked{stream_of(order.id), product_order::Command{std::move(cancel)}, "Cancel"};
  }
  if (!request.has_act()) return one(invalid("Expected a command to try, but there is none.", "command", "Set cancel or act."));
  auto act = request.act();
  if (act.id().empty()) act.set_id(order.id.value);
  auto what = intervention_of(core, caller, act);
  if (!what) return Err(what.error());
  const auto version = act.has_if_version() ? std::optional(Version{act.if_version()}) : std::nullopt;
  if (act.id() == order.id.value)
    return Asked{stream_of(order.id),
                 product_order::Command{product_order::Intervene{ServiceOrderId{act.service_order()}, std::move(*what), version}},
                 "Act:" + act.action()};
  if (!order.index.contains(ServiceOrderId{act.id()})) {
    auto unknown = not_found("a service order of this order", act.id());
    unknown.where = "act.id";
    return one(std::move(unknown));
  }
  return Asked{StreamId{act.id()}, service_order::Command{service_order::Intervene{std::move(*what), version}},
               "Act:" + act.action()};
}

/// One try: a copy and the engine on it.
class Copy {
 public:
  Copy(const Core& core, const View& view, const product_order::State& order)
      : now_(view.now),
        log_(fork_log(core.reader.log(), family_of(view.reader, order), view.past ? view.position : core.reader.log().tail())),
        before_(make_as_of_log(*log_, log_->tail())),
        pending_(log_->outbox(nullptr, kMany)) {
    EngineOptions options;
    options.threads = 1;
    options.seed = 1;
    options.tells_ends = false;
    engine_ = start_engine(log_, std::make_shared<StandingClock>(now_), fence_, fence_, core.parse_catalog, registry_, options);
  }
  ~Copy() { engine_->stop(Millis{0}); }

  std::optional<Rejection> execute(Asked asked, Cause cause) {
    auto answered = std::make_shared<std::promise<Reply>>();
    auto reply = answered->get_future();
    engine_->execute(std::move(asked.stream), std::move(asked.command), std::move(cause),
                     [answered](Reply given) { answered->set_value(std::move(given)); });
    return reply.get().rejection;
  }

  /// False: it still moves.
  bool wait(const std::function<bool()>& go_on) const {
    std::mutex mutex;
    std::condition_variable never;
    const auto end = std::chrono::steady_clock::now() + kLongest;
    for (std::unique_lock lock(mutex); !quiet(); never.wait_for(lock, kLookEvery))
      if (!go_on() || std::chrono::steady_clock::now() > end) return false;
    return true;
  }

  void tell(const TenantId& tenant, const OrderId& order, std::size_t events_max, api::TryResponse& out) const {
    const Reader after(*log_), before(*before_);
    auto streams = streams_about(after, tenant, order.value).value_or(std::vector<StreamId>{});
    if (const auto state = after.order(order, tenant))
      for (const auto& plan : state->state.products) streams.push_back(stream_of(plan.product));
    for (const auto& stream : streams) {
      const auto was = fold_any(*before_, stream), is = fold_any(*log_, stream);
      add_changes(stream, was ? fields_in(*was) : Fields{}, is ? fields_in(*is) : Fields{}, *out.mutable_changes());
      if (is) tell_timers(stream, was ? agenda_of(*was).wakeups : std::vector<Wakeup>{}, agenda_of(*is).wakeups, out);
    }
    if (const auto history = after.history(streams, events_max))
      for (const auto& told : history->entries)
        if (told.position > before_->tail()) *out.add_events() = message_of(told);
    for (const auto& call : fence_->calls()) tell_call(call, *out.add_calls());
  }

 private:
  static constexpr std::size_t kMany = 100'000;

  /// Nothing is told, nothing is decided, and every call that may leave by now has come to the fence.
  bool quiet() const {
    if (engine_->figures().in_flight > 0 || !log_->tells(nullptr, 1).empty()) return false;
    for (const auto& entry : log_->outbox(nullptr, kMany))
      if (!fence_->has(entry.key) && may_leave(entry)) return false;
    return engine_->figures().in_flight == 0;
  }
  bool may_leave(const OutboxEntry& entry) const {
    const auto folded = fold_any(*log_, entry.stream);
    if (!folded || entry.kind == EffectKind::push) return false;
    const auto* order = std::get_if<Folded<product_order::State>>(&*folded);
    if (order != nullptr && entry.key.starts_with("claim/") && in_line(order->state)) return false;
    for (const auto& effect : agenda_of(*folded).effects)
      if (effect.key == entry.key) return effect.not_before <= now_;
    return false;
  }
  static void tell_timers(const StreamId& stream, const std::vector<Wakeup>& before, const std::vector<Wakeup>& after,
                          api::TryResponse& out) {
    for (const auto& wakeup : after) {
      if (std::ranges::find(before, wakeup) != before.end()) continue;
      auto& timer = *out.add_timers();
      timer.set_stream(stream.value);
      timer.set_name(wakeup.name);
      fill(*timer.mutable_due(), wakeup.due);
      timer.set_reason(wakeup.reason);
    }
  }
  void tell_call(const ActivationCall& call, api::PlannedCall& out) const {
    out.set_target(call.effect.lane);
    out.set_kind(std::string(to_text(call.effect.kind)));
    out.set_service_order(call.request.service_order.value);
    out.set_key(call.effect.key);
    out.set_action(std::string(to_text(call.request.action)));
    out.set_attempt(call.request.attempt);
    for (const auto& [name, value] : call.request.characteristics) (*out.mutable_characteristics())[name] = value.json;
    out.set_pending(std::ranges::any_of(pending_, [&](const auto& entry) { return entry.key == call.effect.key; }));
  }

  const Instant now_;
  const std::shared_ptr<EventLog> log_;
  const std::shared_ptr<const AsOfLog> before_;
  const std::vector<OutboxEntry> pending_;
  const std::shared_ptr<Fence> fence_ = std::make_shared<Fence>();
  prometheus::Registry registry_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace

grpc::Status try_out(const Core& core, const Caller& caller, const api::TryRequest& request, api::TryResponse& response,
                     const std::function<bool()>& go_on) {
  const auto& tenant = caller.principal.tenant;
  const auto view = view_of(core, caller, request.has_at() ? &request.at() : nullptr, request.order_id());
  if (!view) return status_of(view.error());
  const auto order = view->reader.order(OrderId{request.order_id()}, tenant);
  if (!order) return status_of(order.error());
  auto asked = command_of(core, caller, request, order->state);
  if (!asked) return status_of(asked.error());
  response.set_order_id(order->state.id.value);
  response.set_at_position(number(view->past ? view->position : core.reader.log().tail()));
  fill(*response.mutable_time(), view->now);
  Copy copy(core, *view, order->state);
  auto cause = cause_of(caller, asked->name);
  if (const auto rejection = copy.execute(std::move(*asked), std::move(cause))) {
    *response.mutable_rejection() = violation_of(*rejection);
    response.set_quiet(true);
    return grpc::Status::OK;
  }
  response.set_quiet(copy.wait(go_on));
  copy.tell(tenant, order->state.id, core.limits.timeline_max, response);
  return grpc::Status::OK;
}

}  // namespace comd::north
