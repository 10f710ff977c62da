#include "actors/kinds.h"

#include <algorithm>
#include <iterator>

#include "actors/quarantine.h"
#include "actors/related.h"
#include "domain/check.h"
#include "domain/decide_in_place.h"
#include "domain/views.h"
#include "storage/subject_reader.h"

namespace comd {

// ── product order ───────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

/// The products that an order names, as the store has them now.
Result<Inventory, Rejection> inventory_of(const Shared& shared, const Order& order) {
  Inventory out;
  for (const OrderItem& item : order.items) {
    if (item.product.empty() || out.contains(item.product)) continue;
    auto loaded = load<ProductKind>(*shared.log, stream_of(item.product));
    if (!loaded) wake(shared, stream_of(item.product));
    if (!loaded)
      return Err(
          Rejection{RejectionCode::unavailable, loaded.error().reason, "productOrderItem[" + item.id + "].product.id", {}});
    if (loaded->folded.version != Version{}) out.emplace(item.product, std::move(loaded->folded.state.product));
  }
  return out;
}

/// What one stream of a family still has under way, as the log has it: quarantine, or a tell that nobody has taken.
std::string busy_with(const Shared& shared, const StreamId& stream) {
  if (const auto why = shared.fence.why(stream); !why.empty()) return stream.value + " is quarantined: " + why;
  for (const StreamId& from : {stream, quarantine_of(stream)}) {
    const PendingTell after{from, {}, {}};
    const auto next = shared.log->tells(&after, 1);
    if (!next.empty() && next.front().from == from)
      return from.value + " tells " + next.front().to.value + " " + next.front().name;
  }
  return {};
}

/// What keeps an order from being archived, besides itself.
std::string busy_with(const Shared& shared, const StreamId& stream, const product_order::State& order) {
  if (auto busy = busy_with(shared, stream); !busy.empty()) return busy;
  for (const auto& node : order.nodes) {
    const StreamId member = stream_of(node.spec.id);
    if (auto busy = busy_with(shared, member); !busy.empty()) return busy;
    const auto loaded = load<ServiceOrderKind>(*shared.log, member);
    if (!loaded) return loaded.error().reason;
    if (auto busy = product_order::busy_with(loaded->folded.state); !busy.empty()) return busy;
  }
  return {};
}

}  // namespace

Result<Decided<product_order::Event>, Rejection> ProductOrderKind::decide(const StreamId& stream, State& state,
                                                                          const Command& command, const Asked& asked) {
  if (!state.catalog_version.empty() && asked.catalogs->find(state.catalog_version) == nullptr)
    return Err(
        Rejection{RejectionCode::unavailable,
                  "Expected catalogue version " + state.catalog_version + " to be live, but it could not be read at the start",
                  {},
                  "See the log of comd's start for the reason"});
  product_order::Context context;
  context.now = asked.now;
  context.catalogs = asked.catalogs;
  // A submission of an order that is known is answered from its state alone.
  const auto* submit = state.status == OrderStatus::absent ? std::get_if<product_order::Submit>(&command) : nullptr;
  const auto* revise = std::get_if<product_order::Revise>(&command);
  const bool starts = may_begin(command) && state.status != OrderStatus::absent && !state.decomposed && state.claims.empty();
  if (submit != nullptr || revise != nullptr || starts) {
    auto inventory = inventory_of(asked.shared, submit != nullptr   ? submit->order
                                                : revise != nullptr ? revise->order
                                                                    : state.order);
    if (!inventory && !starts) return Err(inventory.error());
    if (inventory) context.inventory = std::move(*inventory);
  }
  const Order& order = submit != nullptr ? submit->order : revise != nullptr ? revise->order : state.order;
  if (!order.relations.empty() && may_begin(command)) {
    auto related = related_orders(asked.shared, order, submit == nullptr && revise == nullptr);
    if (!related) return Err(related.error());
    context.related = std::move(*related);
  }
  if (std::holds_alternative<product_order::Archive>(command)) context.still_busy_with = busy_with(asked.shared, stream, state);
  const bool in_place = product_order::decides_in_place(command) && !asked.shared.faults.impure_evolve;
  auto decision = in_place ? product_order::decide_in_place(OrderId{stream.value}, state, command, context)
                           : product_order::decide(OrderId{stream.value}, state, command, context);
  if (!decision) return Err(decision.error());
  if (asked.shared.faults.keep_superseded)
    for (Event& event : decision->events)
      if (auto* revised = std::get_if<product_order::Revised>(&event); revised && !revised->superseded.empty())
        revised->superseded.pop_back();
  return Decided<Event>{std::move(decision->events), std::move(decision->opened), std::move(decision->archived), in_place};
}

Payload ProductOrderKind::payload(const State& s, const Effect& effect) {
  auto [product, command] = product_order::product_command_of(s, effect);
  return ProductWork{std::move(product), std::move(command)};
}

std::optional<Ending> ProductOrderKind::ending(const State& after, const Event& event) {
  const auto* closed = std::get_if<product_order::Closed>(&event);
  if (closed == nullptr) return std::nullopt;
  return Ending{true, to_text(closed->status), std::chrono::duration<double>(closed->at - after.submitted_at).count()};
}

// ── service order ───────────────────────────────────────────────────────────────────────────────────────────────────

Result<Decided<service_order::Event>, Rejection> ServiceOrderKind::decide(const StreamId&, const State& state,
                                                                          const Command& command, const Asked& asked) {
  service_order::Context context{asked.now, asked.jitter, asked.catalogs};
  if (const HoldRegistry& holds = asked.shared.holds; holds.any()) context.frozen = hold::freeze_of(*holds.get(), state.spec);
  auto events = service_order::decide(state, command, context);
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

std::optional<Ending> ServiceOrderKind::ending(const State& after, const Event& event) {
  const bool ends =
      std::holds_alternative<service_order::Completed>(event) || std::holds_alternative<service_order::PartlyActivated>(event) ||
      std::holds_alternative<service_order::Failed>(event) || std::holds_alternative<service_order::Cancelled>(event);
  if (!ends) return std::nullopt;
  return Ending{false, service_order::to_text(after.status), 0};
}

// ── product ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Result<Decided<product::Event>, Rejection> ProductKind::decide(const StreamId&, const State& state, const Command& command,
                                                               const Asked& asked) {
  auto events = product::decide(state, command, {asked.now, asked.jitter, asked.shared.options.push_products});
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

// ── bulk repair ─────────────────────────────────────────────────────────────────────────────────────────────────────

Result<Decided<repair::Event>, Rejection> RepairKind::decide(const StreamId&, const State& state, const Command& command,
                                                             const Asked& asked) {
  repair::Context context{asked.now, {}};
  if (const auto* timer = std::get_if<repair::TimerDue>(&command); timer != nullptr && timer->name == repair::kLookTimer) {
    for (const std::size_t member : repair::due_members(state, asked.now)) {
      const StreamId stream{state.members[member].target.id};
      const EventLog& log = *asked.shared.log;
      if (kind_of(stream.value) == StreamKind::product_order) {
        if (const auto loaded = load<ProductOrderKind>(log, stream)) context.looks[member] = repair::look(loaded->folded.state);
      } else if (const auto loaded = load<ServiceOrderKind>(log, stream)) {
        context.looks[member] = repair::look(loaded->folded.state);
      }
    }
  }
  auto events = repair::decide(state, command, context);
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

// ── quarantine ──────────────────────────────────────────────────────────────────────────────────────────────────────

Result<Decided<quarantine::Event>, Rejection> QuarantineKind::decide(const StreamId& stream, const State& state,
                                                                     const Command& command, const Asked& asked) {
  const StreamId of = quarantined_by(stream);
  auto events = quarantine::decide(of, state, command, quarantine_context(*asked.shared.log, of, state, command, asked.now));
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

Result<Decided<epoch::Event>, Rejection> EpochKind::decide(const StreamId&, const State& state, const Command& command,
                                                           const Asked& asked) {
  auto events = epoch::decide(state, command, asked.now);
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

AnyCommand EpochKind::message(const State&, const Tell&) {
  CHECK(false && "an epoch tells nobody");
  return {};
}

// ── data subject ────────────────────────────────────────────────────────────────────────────────────────────────────

Result<Decided<subject::Event>, Rejection> SubjectKind::decide(const StreamId& stream, const State& state, const Command& command,
                                                               const Asked& asked) {
  subject::Context context{asked.now, {}};
  const auto* timer = std::get_if<subject::TimerDue>(&command);
  if (const auto* forget = std::get_if<subject::Forget>(&command))
    context.findings = find_subject(*asked.shared.log, forget->tenant, stream);
  else if (timer != nullptr && timer->name == subject::kLookTimer)
    context.findings = find_subject(*asked.shared.log, state.tenant, stream);
  auto events = subject::decide(state, command, context);
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

AnyCommand SubjectKind::message(const State&, const Tell&) {
  CHECK(false && "a data subject tells nobody");
  return {};
}

AnyCommand RepairKind::message(const State&, const Tell&) {
  CHECK(false && "a repair tells nobody");
  return {};
}

AnyCommand ProductKind::message(const State&, const Tell&) {
  CHECK(false && "a product tells nobody");
  return {};
}

template <class S, class C, class E, Result<std::vector<E>, Rejection> (*d)(const S&, const C&), void (*e)(S&, const E&),
          Agenda (*a)(const S&)>
AnyCommand PlainKind<S, C, E, d, e, a>::message(const State&, const Tell&) {
  CHECK(false && "this kind tells nobody");
  return {};
}

// ── folding ─────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class K>
Result<Loaded<K>, quarantine::Finding> load(const EventLog& log, const StreamId& stream,
                                            std::optional<std::set<Version>> skipped) {
  Loaded<K> out{{fresh<typename K::State>(stream), {}}, {}, {}};
  const auto commits = log.read_stream(stream);
  if (commits.empty()) return out;
  auto& folded = out.folded;
  folded.skipped = skipped ? *std::move(skipped) : views::skipped_events(log.row(Table::quarantine, stream.value));
  bool first = true;
  for (const StoredCommit& stored : commits) {
    auto unreadable = [&](const DecodeError& why, Version version) {
      return Err(quarantine::Finding{quarantine::Cause::unreadable, version,
                                     "Expected stream " + stream.value + " to be readable, but commit " +
                                         std::to_string(number(stored.position)) + " is not: " + why.message});
    };
    auto commit = decode_readable(stored.record, &stream);
    if (!commit) {
      if (folded.skipped.contains(folded.version + 1)) continue;
      return unreadable(commit.error(), folded.version + 1);
    }
    if (std::exchange(first, false)) out.first = std::move(commit->cause);
    for (ConsumedTell& tell : commit->consumed)
      if (tell.to == stream) out.consumed.push_back(std::move(tell));
    for (const StreamSlice& slice : commit->streams)
      if (auto applied = apply(folded, slice); !applied) return unreadable(applied.error(), applied.error().version);
  }
  if (folded.skipped.contains(folded.version + 1)) folded.version = log.head(stream);  // the last commit cannot be read at all
  return out;
}

// ── appends and hints ───────────────────────────────────────────────────────────────────────────────────────────────

template <class K>
MailPtr mail_of(const StreamId& from, const typename K::State& state, const Tell& tell, const Cause& cause) {
  AnyCommand command = K::message(state, tell);
  Cause why{name_of(command), "comd", cause.tenant, cause.correlation, cause.traceparent};
  auto mail = std::make_shared<Mail>(tell.to, std::move(command), std::move(why));
  mail->tell = ConsumedTell{from, tell.to, tell.name};
  return mail;
}

template <class K>
void add_hints(Hints& out, const StreamId& stream, const typename K::State& state, const AgendaChange& change,
               const Cause& cause) {
  const CallMeta meta{cause.tenant, K::order_of(state), cause.correlation, cause.traceparent};
  for (const Effect& effect : change.effects_added) out.effects.push_back({stream, effect, K::payload(state, effect), meta});
  for (const std::string& key : change.effects_removed) out.removed.emplace_back(stream, key);
  for (const Tell& tell : change.tells_added) out.tells.push_back(mail_of<K>(stream, state, tell, cause));
  if (const auto& next = change.wakeup_added; next && (!out.earliest || next->due < *out.earliest)) out.earliest = next->due;
}

namespace {

/// How seldom a state is recorded that has not come to rest. One of many service orders all the more so: each time costs all of it.
constexpr std::uint64_t kEvents = 64;
template <class State>
std::uint64_t events_between(const State&) {
  return kEvents;
}
std::uint64_t events_between(const product_order::State& s) { return std::max<std::uint64_t>(kEvents, s.nodes.size()); }

}  // namespace

/// The commit's cause is that of the first command in it.
void Draft::begin(const Cause& cause) {
  if (empty()) commit_.cause = cause;
}

StreamHead& Draft::head_of(const StreamId& stream, Place& place, Version version) {
  if (!place.head) {
    place.head = append_.streams.size();
    append_.streams.push_back({stream, version, 0});
  }
  return append_.streams[*place.head];
}

template <class Event>
void Draft::add_events(const StreamId& stream, Place& place, Version before, std::vector<Event> events, const Cause& cause) {
  begin(cause);
  head_of(stream, place, before).events += static_cast<std::uint32_t>(events.size());
  place.slice = commit_.streams.size();
  StreamSlice& slice = commit_.streams.emplace_back();
  slice.stream = stream;
  slice.before = before;
  if (!(cause == commit_.cause)) slice.cause = cause;
  slice.events.reserve(events.size());
  for (auto& event : events) slice.events.emplace_back(std::move(event));
}

template <class K>
void Draft::add_change(const StreamId& stream, const typename K::State& state, const AgendaChange& change, const Cause& cause) {
  keys::add_rows(append_.rows, stream, change);
  for (const auto& [name, by] : change.counters) append_.counters.emplace_back(name, by);
  add_hints<K>(hints, stream, state, change, cause);
}

template <class State>
void Draft::record_state(const Place& place, const State& state, bool at_rest) {
  const StreamHead& head = append_.streams[place.head.value()];
  const auto before = number(head.expected), after = before + head.events, every = events_between(state);
  if (!at_rest && before / every == after / every) return;
  commit_.streams[place.slice].state = to_bytes(project(state));
}

void Draft::consume(const ConsumedTell& tell, const Cause& cause, bool passed_on) {
  begin(cause);
  commit_.consumed.push_back(tell);
  if (!passed_on) keys::add_consumed(append_.rows, tell);
}

bool Draft::consumes(const ConsumedTell& tell) const {
  return std::ranges::find(commit_.consumed, tell) != commit_.consumed.end();
}

void Draft::built_on(const StreamId& stream, Place& place, Version version) { head_of(stream, place, version); }

void Draft::add_rows(std::vector<RowChange> rows, const AgendaChange& counted) {
  std::ranges::move(rows, std::back_inserter(append_.rows));
  for (const auto& [name, by] : counted.counters) append_.counters.emplace_back(name, by);
}

Append Draft::finish() {
  append_.record = encode(commit_);
  append_.digest = sha256(append_.record);  // here, so that the one writer need not
  return std::move(append_);
}

#define COMD_INSTANTIATE(K)                                                                                                    \
  template Result<Loaded<K>, quarantine::Finding> load<K>(const EventLog&, const StreamId&, std::optional<std::set<Version>>); \
  template MailPtr mail_of<K>(const StreamId&, const K::State&, const Tell&, const Cause&);                                    \
  template void add_hints<K>(Hints&, const StreamId&, const K::State&, const AgendaChange&, const Cause&);                     \
  template void Draft::add_events(const StreamId&, Draft::Place&, Version, std::vector<K::Event>, const Cause&);               \
  template void Draft::add_change<K>(const StreamId&, const K::State&, const AgendaChange&, const Cause&);                     \
  template void Draft::record_state(const Draft::Place&, const K::State&, bool);
COMD_INSTANTIATE(ProductOrderKind)
COMD_INSTANTIATE(ServiceOrderKind)
COMD_INSTANTIATE(ProductKind)
COMD_INSTANTIATE(ServiceKind)
COMD_INSTANTIATE(CatalogKind)
COMD_INSTANTIATE(UnmatchedKind)
COMD_INSTANTIATE(RepairKind)
COMD_INSTANTIATE(QuarantineKind)
COMD_INSTANTIATE(EpochKind)
COMD_INSTANTIATE(SubjectKind)
COMD_INSTANTIATE(HoldsKind)
#undef COMD_INSTANTIATE

}  // namespace comd
