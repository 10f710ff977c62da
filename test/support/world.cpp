#include "test/support/world.h"

#include <algorithm>

namespace comd::test {
namespace {

template <class State>
Agenda agenda_of(const State& state) {
  return agenda(state);
}

/// What tells of lateness is no reason to wait: something else has to wake it too.
bool waits_for_something(const Agenda& agenda) {
  return std::any_of(agenda.wakeups.begin(), agenda.wakeups.end(), [](const Wakeup& w) {
    return w.name != product_order::kJeopardyTimer && w.name != service_order::kExpectedTimer;
  });
}

}  // namespace

World::World(CatalogSet catalogs) : catalogs_(std::move(catalogs)) {}
World::~World() = default;

template <class Event>
StreamSlice World::slice(const StreamId& stream, Version before, std::vector<Event> events) {
  return {stream, before, {std::make_move_iterator(events.begin()), std::make_move_iterator(events.end())}};
}

template <class State>
Folded<State> World::live(const StreamId& stream) const {
  const auto found = members.find(stream);
  return found == members.end() ? Folded<State>{fresh<State>(stream), {}} : std::get<Folded<State>>(found->second.live);
}

Result<bool, Rejection> World::execute(const StreamId& stream, const WorldCommand& command, const std::optional<Tell>& tell,
                                       const StreamId& from) {
  auto slices = decided(stream, command);
  const std::optional<Rejection> refused = slices ? std::nullopt : std::optional(slices.error());
  if (refused) slices = Slices{};
  if (tell) CHECK(tells.contains({from, *tell}));
  if (!slices->empty() || tell) commit(*slices, tell, from);
  if (refused) return Err(*refused);
  if (!slices->empty()) check_repeat(stream, command);
  return !slices->empty();
}

void World::deliver(const StreamId& from, const Tell& tell) {
  const bool to_order = kind_of(tell.to.value) == StreamKind::product_order;
  const WorldCommand command = to_order ? WorldCommand(product_order::note_of(*find<service_order::State>(from), tell))
                                        : WorldCommand(product_order::message_of(*find<product_order::State>(from), tell));
  if (const auto done = execute(tell.to, command, tell, from); !done)
    fail(tell.to, "a tell was refused: " + done.error().message);
}

Result<void, DecodeError> World::replay(const std::string& record) {
  const auto commit = decode(record);
  if (!commit) return Err(commit.error());
  records.push_back(record);
  for (const StreamSlice& slice : commit->streams) take_in(slice);
  if (!broken.empty()) return Err(DecodeError{broken.front()});
  return {};
}

void World::check_replay() {
  for (const auto& [stream, member] : members)
    std::visit(
        [&]<class State>(const Folded<State>& live) {
          const auto replayed = fold<State>(records, stream);
          if (!replayed) return fail(stream, replayed.error().message);
          if (!(replayed->state == live.state) || replayed->version != live.version)
            fail(stream, "folded again, it is another state");
        },
        member.live);
}

void World::fail(const StreamId& stream, const std::string& what) {
  if (broken.size() < 10) broken.push_back(stream.value + ": " + what);
}

Result<World::Slices, Rejection> World::decided(const StreamId& stream, const WorldCommand& command) const {
  if (const auto* c = std::get_if<product_order::Command>(&command)) return decided_order(stream, *c);
  if (const auto* c = std::get_if<product::Command>(&command)) return decided_product(stream, *c);
  Slices out;
  if (const auto* c = std::get_if<service_order::Command>(&command)) {
    const auto before = live<service_order::State>(stream);
    auto events = service_order::decide(before.state, *c, {now, jitter, &catalogs_});
    if (!events) return Err(events.error());
    if (!events->empty()) out.push_back(slice(stream, before.version, std::move(*events)));
  } else {
    const auto before = live<service::State>(stream);
    auto events = service::decide(before.state, std::get<service::Command>(command));
    if (!events) return Err(events.error());
    if (!events->empty()) out.push_back(slice(stream, before.version, std::move(*events)));
  }
  return out;
}

Result<World::Slices, Rejection> World::decided_order(const StreamId& stream, const product_order::Command& command) const {
  const auto before = live<product_order::State>(stream);
  product_order::Context context{now, &catalogs_, {}};
  const auto* submit = std::get_if<product_order::Submit>(&command);
  const auto* revise = std::get_if<product_order::Revise>(&command);
  const Order& order = submit != nullptr ? submit->order : revise != nullptr ? revise->order : before.state.order;
  if (submit != nullptr) {
    for (const OrderItem& item : order.items)
      if (const auto* p = find<product::State>(stream_of(item.product))) context.inventory[item.product] = p->product;
  }
  auto related = product_order::related_to(order, submit != nullptr || revise != nullptr, [this](const OrderId& id) {
    const auto* other = find<product_order::State>(stream_of(id));
    using Found = std::optional<product_order::Related>;
    return Result<Found, Rejection>(
        other == nullptr ? Found{} : product_order::Related{other->order.tenant, other->status, other->order.relations});
  });
  if (!related) return Err(related.error());
  context.related = *std::move(related);
  if (std::holds_alternative<product_order::Archive>(command)) context.still_busy_with = busy_with(before.state);
  auto decision = product_order::decide(OrderId{stream.value}, before.state, command, context);
  if (!decision) return Err(decision.error());
  Slices out;
  if (!decision->events.empty()) out.push_back(slice(stream, before.version, std::move(decision->events)));
  for (auto& [id, events] : decision->opened) out.push_back(slice(stream_of(id), Version{}, std::move(events)));
  for (const ServiceOrderId& id : decision->archived)
    out.push_back(slice(stream_of(id), live<service_order::State>(stream_of(id)).version,
                        std::vector<service_order::Event>{service_order::Archived{now}}));
  return out;
}

std::string World::busy_with(const product_order::State& order) const {
  for (const auto& [from, tell] : tells)
    if (family_of(from).value == order.id.value) return tell.name + " to " + tell.to.value;
  for (const auto& node : order.nodes)
    if (auto busy = product_order::busy_with(live<service_order::State>(stream_of(node.spec.id)).state); !busy.empty())
      return busy;
  return {};
}

Result<World::Slices, Rejection> World::decided_product(const StreamId& stream, const product::Command& command) const {
  const auto before = live<product::State>(stream);
  auto events = product::decide(before.state, command, {now, jitter, push});
  if (!events) return Err(events.error());
  Slices out;
  for (const product::Event& event : *events) {
    const auto* written = std::get_if<product::Written>(&event);
    if (written == nullptr) continue;
    for (product::ServiceRecord& record : product::changed_services(before.state, *written)) {
      const StreamId service = stream_of(record.id);
      std::vector<service::Event> changed{
          service::Changed{written->product.tenant, written->product.id, written->order, std::move(record)}};
      out.push_back(slice(service, live<service::State>(service).version, std::move(changed)));
    }
  }
  if (!events->empty()) out.push_back(slice(stream, before.version, std::move(*events)));
  return out;
}

AnyFolded World::fresh_member(const StreamId& stream) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return Folded<product_order::State>{fresh<product_order::State>(stream), {}};
    case StreamKind::service_order: return Folded<service_order::State>{};
    case StreamKind::product: return Folded<product::State>{};
    default: return Folded<service::State>{};
  }
}

void World::commit(const Slices& slices, const std::optional<Tell>& tell, const StreamId& from) {
  Commit record{now, {"", "world", TenantId{"t1"}, "", ""}, slices, {}};
  if (tell) record.consumed.push_back({from, tell->to, tell->name});
  records.push_back(encode(record));
  Changes changes;
  for (const StreamSlice& each : slices) changes.emplace_back(each.stream, take_in(each));
  if (tell) tells.erase({from, *tell});
  for (const StreamSlice& each : slices) check_rows(each.stream), check_member(each.stream);
  if (on_commit) on_commit(record, records.back(), changes);
}

AgendaChange World::take_in(const StreamSlice& slice) {
  const auto [found, is_new] = members.try_emplace(slice.stream, Member{fresh_member(slice.stream), {}});
  Member& member = found->second;
  const auto applied = std::visit([&](auto& f) { return apply(f, slice); }, member.live);
  if (!applied) fail(slice.stream, applied.error().message);
  Agenda after = std::visit([](const auto& f) { return agenda_of(f.state); }, member.live);
  AgendaChange change = difference(member.agenda, after);
  member.agenda = std::move(after);
  apply_change(slice.stream, change);
  return change;
}

void World::apply_change(const StreamId& stream, const AgendaChange& change) {
  for (const auto& key : change.effects_removed) effects.erase({stream, key});
  for (const auto& effect : change.effects_added) effects[{stream, effect.key}] = effect;
  for (const auto& tell : change.tells_removed) tells.erase({stream, tell});
  for (const auto& tell : change.tells_added) tells.insert({stream, tell});
  if (change.wakeup_removed) wakeups.erase({stream, change.wakeup_removed->name});
  if (change.wakeup_added) wakeups[{stream, change.wakeup_added->name}] = *change.wakeup_added;
  for (const auto& [table, key] : change.rows_removed) rows.erase({stream, table, key});
  for (const auto& row : change.rows_put) rows[{stream, row.table, row.key}] = row.value;
}

// ── the laws ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The rows that the differences built up are the rows of the agenda. A tell may be gone: consumed.
void World::check_rows(const StreamId& stream) {
  const Agenda& agenda = members.at(stream).agenda;
  const auto of_stream = [&](const auto& map) {
    return std::count_if(map.begin(), map.end(), [&](const auto& entry) { return std::get<0>(entry.first) == stream; });
  };
  for (const Effect& e : agenda.effects)
    if (const auto found = effects.find({stream, e.key}); found == effects.end() || !(found->second == e))
      fail(stream, "effect row differs: " + e.key);
  const Wakeup* next = next_wakeup(agenda);
  if (next != nullptr)
    if (const auto found = wakeups.find({stream, next->name}); found == wakeups.end() || !(found->second == *next))
      fail(stream, "wake-up row differs: " + next->name);
  for (const Row& r : agenda.rows)
    if (const auto found = rows.find({stream, r.table, r.key}); found == rows.end() || found->second != r.value)
      fail(stream, "row differs: " + r.key);
  if (of_stream(effects) != std::ssize(agenda.effects)) fail(stream, "an effect outlives its reason");
  if (of_stream(wakeups) != (next == nullptr ? 0 : 1)) fail(stream, "a wake-up outlives its reason");
  if (of_stream(rows) != std::ssize(agenda.rows)) fail(stream, "an index row outlives its reason");
  for (const auto& [from, tell] : tells)
    if (from == stream && std::find(agenda.tells.begin(), agenda.tells.end(), tell) == agenda.tells.end())
      fail(stream, "a tell outlives its reason");
}

void World::check_member(const StreamId& stream) {
  const Member& member = members.at(stream);
  const Agenda& agenda = member.agenda;
  const std::string broken_by =
      std::visit([&](const auto& folded) { return broken_invariant(folded.state, agenda); }, member.live);
  if (!broken_by.empty()) fail(stream, "would be quarantined: " + broken_by);
  if (const auto* folded = std::get_if<Folded<product_order::State>>(&member.live)) {
    const product_order::State* order = &folded->state;
    if (!is_final(order->status) && !waits_for_something(agenda))
      fail(stream, std::string(to_text(order->status)) + " without a wake-up");
    check_date(stream, *order);
    if (is_final(order->status) && !(agenda.wakeups.empty() && agenda.effects.empty()))
      fail(stream, "final, but still asks for something");
    if (!is_final(order->status) && explain(*order).waits.empty()) fail(stream, "waits for nothing that could be explained");
  }
  if (const auto* folded = std::get_if<Folded<service_order::State>>(&member.live)) {
    const auto& so = folded->state;
    if (!service_order::is_final(so.status) && !waits_for_something(agenda))
      fail(stream, std::string(to_text(so.status)) + " without a wake-up");
    if (service_order::is_final(so.status) && !(agenda.wakeups.empty() && agenda.effects.empty()))
      fail(stream, "final, but still asks for something");
    if (!service_order::is_final(so.status) && explain(so).waits.empty())
      fail(stream, "waits for nothing that could be explained");
  }
  for (const Effect& effect : agenda.effects) {
    const bool watched =
        std::any_of(agenda.wakeups.begin(), agenda.wakeups.end(), [&](const Wakeup& w) { return w.due == effect.deadline; });
    if (!watched) fail(stream, "effect " + effect.key + " without a timer on its deadline");
  }
  check_wakeups(stream, agenda);
}

/// An order with a date is in jeopardy exactly when it is expected to miss it, or has a timer for when it will be.
void World::check_date(const StreamId& stream, const product_order::State& order) {
  const auto timer = order.timers.find(product_order::kJeopardyTimer);
  const bool timed = timer != order.timers.end();
  const auto forecast = product_order::forecast(order, catalogs_, now);
  if (!forecast || !order.order.requested_completion) {
    if (order.jeopardy || timed) fail(stream, "in jeopardy without a date to meet");
    return;
  }
  if (order.jeopardy.has_value() == timed) fail(stream, "neither in jeopardy nor in time");
  if (timed && timer->second <= now) return;  // about to be told
  if (order.jeopardy.has_value() != (forecast->completion > *order.order.requested_completion))
    fail(stream, "in jeopardy otherwise than expected");
}

/// Deciding on a due timer always moves or removes it: it cannot fire for ever.
void World::check_wakeups(const StreamId& stream, const Agenda& agenda) {
  const Instant real_now = now;
  for (const Wakeup& wakeup : agenda.wakeups) {
    now = std::max(real_now, wakeup.due);
    const WorldCommand due = kind_of(stream.value) == StreamKind::product_order
                                 ? WorldCommand(product_order::Command{product_order::TimerDue{wakeup.name}})
                             : kind_of(stream.value) == StreamKind::service_order
                                 ? WorldCommand(service_order::Command{service_order::TimerDue{wakeup.name}})
                                 : WorldCommand(product::Command{product::TimerDue{wakeup.name}});
    const auto slices = decided(stream, due);
    if (!slices) {
      fail(stream, "timer " + wakeup.name + " refused: " + slices.error().message);
      continue;
    }
    AnyFolded folded = members.at(stream).live;
    for (const StreamSlice& slice : *slices)
      if (slice.stream == stream) static_cast<void>(std::visit([&](auto& f) { return apply(f, slice); }, folded));
    const Agenda after = std::visit([](const auto& f) { return agenda_of(f.state); }, folded);
    for (const Wakeup& w : after.wakeups)
      if (w.name == wakeup.name && w.due <= now) fail(stream, "timer " + w.name + " was decided on and is still due");
  }
  now = real_now;
}

/// The same command again adds nothing. Two mean more the second time: a nudge, and a cancellation of an order that is held
/// because something could not be undone (a person accepts that).
void World::check_repeat(const StreamId& stream, const WorldCommand& command) {
  if (const auto* order = find<product_order::State>(stream); order != nullptr && order->on_hold)
    if (std::holds_alternative<product_order::Cancel>(std::get<product_order::Command>(command))) return;
  if (const auto* c = std::get_if<service_order::Command>(&command);
      c != nullptr && std::holds_alternative<service_order::Nudge>(*c))
    return;
  if (const auto again = decided(stream, command); again && !again->empty())
    fail(stream, "a command twice added events, kind " +
                     std::to_string(std::visit([](const auto& c) { return c.index(); }, command)) + " of aggregate " +
                     std::to_string(command.index()));
}

}  // namespace comd::test
