#include "actors/quarantine.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/log.h"
#include "actors/shared.h"
#include "domain/views.h"
#include "storage/each_timer.h"

namespace comd {
namespace {

/// Calls `f` with the kind of the stream as its template argument; the quarantines themselves cannot be quarantined.
template <class F>
auto with_kind(const StreamId& stream, F f) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return f.template operator()<ProductOrderKind>();
    case StreamKind::service_order: return f.template operator()<ServiceOrderKind>();
    case StreamKind::product: return f.template operator()<ProductKind>();
    case StreamKind::service: return f.template operator()<ServiceKind>();
    case StreamKind::catalog: return f.template operator()<CatalogKind>();
    case StreamKind::repair: return f.template operator()<RepairKind>();
    case StreamKind::holds: return f.template operator()<HoldsKind>();
    case StreamKind::subject: return f.template operator()<SubjectKind>();
    default: return f.template operator()<UnmatchedKind>();
  }
}

/// The order as its stored row shows it; nothing for other streams.
std::optional<views::OrderSummary> order_row(const EventLog& log, const StreamId& stream) {
  const auto row = log.row(Table::order, stream.value);
  return row ? views::decode_order(*row) : std::nullopt;
}

std::string order_key(const views::OrderSummary& s, std::string_view dimension, std::string_view value) {
  return views::index_prefix(s.tenant, dimension, value) + views::date_key(s.submitted_at) + s.id.value;
}

TenantId tenant_of(const EventLog& log, const StreamId& stream) {
  const auto commits = log.read_stream(stream);
  if (const auto first = commits.empty() ? Err(DecodeError{}) : decode_readable(commits.front().record, &stream);
      first && !first->cause.tenant.empty())
    return first->cause.tenant;
  const StreamId family = family_of(stream);
  if (const auto order = order_row(log, family)) return order->tenant;
  if (const auto row = log.row(Table::product, family.value))
    if (const auto product = views::decode_product(*row)) return product->tenant;
  return {};
}

// ── the events of a correction ──────────────────────────────────────────────────────────────────────────────────────

std::optional<service_order::Spec> planned(const EventLog& log, const StreamId& stream) {
  const auto order = load<ProductOrderKind>(log, family_of(stream));
  if (!order) return std::nullopt;
  const auto& state = order->folded.state;
  const auto found = state.index.find(ServiceOrderId{stream.value});
  return found == state.index.end() ? std::nullopt : std::optional(state.nodes[found->second].spec);
}

template <class K>
Result<std::vector<typename K::Event>, Rejection> correction_of(const EventLog& log, const StreamId& stream,
                                                                const typename K::State& state,
                                                                const quarantine::Correction& correction) {
  if constexpr (std::is_same_v<K, ServiceOrderKind>)
    return quarantine::correction(state, state.status == service_order::Status::absent ? planned(log, stream) : std::nullopt,
                                  correction);
  else if constexpr (std::is_same_v<K, ProductOrderKind>)
    return quarantine::correction(state, correction);
  else
    return Err(Rejection{RejectionCode::precondition,
                         "Expected a product order or a service order to correct, but " + stream.value + " is neither", "id",
                         "Skip the event, or start a comd that can read it"});
}

/// Whether the stream can be corrected: its events can be read, and after the correction its invariants hold.
std::optional<Rejection> cannot_correct(const EventLog& log, const StreamId& stream, const quarantine::State& state,
                                        const quarantine::Correct& command, Instant now) {
  return with_kind(stream, [&]<class K>() -> std::optional<Rejection> {
    auto loaded = load<K>(log, stream, state.skipped);
    if (!loaded)
      return Rejection{RejectionCode::precondition,
                       "Expected events that can be read before a correction is appended, but " + loaded.error().reason, "id",
                       "Skip it first: comctl quarantine skip " + stream.value + " --version " +
                           std::to_string(number(loaded.error().version)) + " --reason …"};
    auto events = correction_of<K>(log, stream, loaded->folded.state, {"", command.by, command.reason, now});
    if (!events) return events.error();
    for (const auto& event : *events) K::evolve(loaded->folded.state, event);
    const std::string broken = broken_invariant(loaded->folded.state, K::agenda(loaded->folded.state));
    if (broken.empty()) return std::nullopt;
    return Rejection{RejectionCode::precondition, "Expected a correction to set it right, but then still: " + broken, "id",
                     "Only a comd that can make sense of the history helps"};
  });
}

// ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Index rows that may be left from a state that nobody knows any more: those whose value changes in the course of a life.
std::vector<std::pair<Table, std::string>> index_keys(const EventLog& log, const StreamId& stream) {
  using views::index_prefix;
  std::vector<std::pair<Table, std::string>> out;
  if (const auto s = order_row(log, stream)) {
    out.emplace_back(Table::order_index, order_key(*s, "state", s->state));
    out.emplace_back(Table::order_index, order_key(*s, "jeopardy", {}));
  }
  if (const auto row = log.row(Table::product, stream.value))
    if (const auto s = views::decode_product(*row))
      out.emplace_back(Table::product_index, index_prefix(s->tenant, "status", s->status) + stream.value);
  if (const auto row = log.row(Table::service, stream.value))
    if (const auto s = views::decode_service(*row))
      out.emplace_back(Table::service_index, index_prefix(s->tenant, "state", s->state) + stream.value);
  return out;
}

/// Its row among what waits for a person; the key begins with when that was.
void add_person_keys(const EventLog& log, const StreamId& stream, const TenantId& tenant,
                     std::vector<std::pair<Table, std::string>>& out) {
  constexpr std::size_t kPage = 512;
  const std::string prefix = tenant.value + '\0';
  std::string after;
  while (true) {
    const RowPage page = log.scan(Table::person, prefix, after, kPage);
    for (const auto& [key, value] : page.rows)
      if (views::id_of_index_key(key) == stream.value) out.emplace_back(Table::person, key);
    if (!page.more || page.rows.empty()) return;
    after = page.rows.back().first;
  }
}

/// A tell that its receiver has taken has no row, though the sender's state still names it.
bool taken(const EventLog& log, const StreamId& from, const Tell& tell) {
  return with_kind(tell.to, [&]<class K>() {
    const auto loaded = load<K>(log, tell.to);
    return loaded && std::ranges::find(loaded->consumed, ConsumedTell{from, tell.to, tell.name}) != loaded->consumed.end();
  });
}

/// What of the stored rows is not asked for, and what is asked for: of timers, effects and tells all, of the index what changes.
AgendaChange stored_and(const EventLog& log, const StreamId& stream, const TenantId& tenant, const Agenda& now,
                        std::vector<RowChange>& stale_timers) {
  constexpr std::size_t kPage = 512;
  AgendaChange out = difference({}, now);
  out.counters.clear();
  each_timer(log, Instant::max(), SIZE_MAX, [&](const DueTimer& timer) {
    if (timer.stream == stream) stale_timers.push_back({keys::timer(timer.due, stream, timer.name), std::nullopt});
  });
  OutboxEntry effect{stream, {}, {}, {}, {}};
  for (bool more = true; more;) {
    const auto page = log.outbox(&effect, kPage);
    for (const OutboxEntry& entry : page) {
      more = entry.stream == stream;
      if (!more) break;
      effect = entry;
      out.effects_removed.push_back(entry.key);  // what is asked for is put back behind this
    }
    more = more && page.size() == kPage;
  }
  std::vector<Tell> stored;
  PendingTell tell{stream, {}, {}};
  for (bool more = true; more;) {
    const auto page = log.tells(&tell, kPage);
    for (const PendingTell& entry : page) {
      more = entry.from == stream;
      if (!more) break;
      tell = entry;
      stored.push_back({entry.to, entry.name});
    }
    more = more && page.size() == kPage;
  }
  for (const Tell& one : stored)
    if (std::ranges::find(now.tells, one) == now.tells.end()) out.tells_removed.push_back(one);
  std::erase_if(out.tells_added, [&](const Tell& one) { return taken(log, stream, one); });
  auto index = index_keys(log, stream);
  add_person_keys(log, stream, tenant, index);
  for (auto& row_key : index) {
    const bool asked =
        std::ranges::any_of(now.rows, [&](const Row& row) { return row.table == row_key.first && row.key == row_key.second; });
    if (!asked) out.rows_removed.push_back(std::move(row_key));
  }
  return out;
}

/// By what the stream is counted: an order as its rows say; of a service order, which has none, as its readable events say.
std::vector<std::string> counted_as(const EventLog& log, const StreamId& stream, const Agenda& readable) {
  if (kind_of(stream.value) != StreamKind::product_order) return readable.counters;
  const auto s = order_row(log, stream);
  if (!s && std::ranges::any_of(readable.rows, [](const Row& row) { return row.table == Table::archived; }))
    return readable.counters;
  if (!s) return {};
  std::vector<std::string> out{"orders{tenant=\"" + s->tenant.value + "\",state=\"" + s->state + "\"}"};
  if (log.row(Table::order_index, order_key(*s, "jeopardy", {})))
    out.push_back("orders_in_jeopardy{tenant=\"" + s->tenant.value + "\"}");
  return out;
}

}  // namespace

void enter_quarantine(const Shared& shared, const StreamId& stream, const quarantine::Finding& finding, const Cause& first) {
  log_line(spdlog::level::err,
           finding.reason +
               ". It is quarantined and serves nothing until a person resolves it; "
               "everything else goes on",
           {{"stream", stream.value}, {"next", "comctl quarantine show " + stream.value}});
  if (kind_of(stream.value) == StreamKind::quarantine) return;
  const TenantId tenant = first.tenant.empty() ? tenant_of(*shared.log, stream) : first.tenant;
  Cause why{"Quarantine", "comd", tenant, first.correlation, first.traceparent};
  send_mail(shared, std::make_shared<Mail>(quarantine_of(stream), quarantine::Command{quarantine::Enter{tenant, finding}}, why));
}

void wake(const Shared& shared, const StreamId& stream) {
  auto mail = std::make_shared<Mail>();
  mail->stream = stream;
  mail->ask = Rehint{};
  mail->cause.command = "Rehint";
  mail->cause.subject = "comd";
  send_mail(shared, mail);
}

Answer in_quarantine(const StreamId& stream, const std::string& why) {
  return refused(RejectionCode::unavailable, "Expected " + stream.value + " to be served, but it is quarantined: " + why,
                 "See what can be done: comctl quarantine show " + stream.value);
}

std::optional<quarantine::Finding> examine(const EventLog& log, const StreamId& stream, std::set<Version> skipped) {
  return with_kind(stream, [&]<class K>() -> std::optional<quarantine::Finding> {
    const auto loaded = load<K>(log, stream, std::move(skipped));
    if (!loaded) return loaded.error();
    const std::string broken = broken_invariant(loaded->folded.state, K::agenda(loaded->folded.state));
    if (broken.empty()) return std::nullopt;
    return quarantine::Finding{quarantine::Cause::inconsistent, loaded->folded.version, broken};
  });
}

quarantine::Context quarantine_context(const EventLog& log, const StreamId& stream, const quarantine::State& state,
                                       const quarantine::Command& command, Instant now) {
  quarantine::Context out;
  out.now = now;
  if (!state.open || std::holds_alternative<quarantine::Enter>(command) || std::holds_alternative<quarantine::TimerDue>(command))
    return out;
  out.head = log.head(stream);
  if (const auto* correct = std::get_if<quarantine::Correct>(&command)) {
    out.refusal = cannot_correct(log, stream, state, *correct, now);
    return out;
  }
  out.stands = examine(log, stream, state.skipped);
  std::set<Version> skipped = state.skipped;
  if (const auto* skip = std::get_if<quarantine::Skip>(&command)) {
    skipped.insert(skip->version);
    out.would = examine(log, stream, skipped);
  }
  if (kind_of(stream.value) == StreamKind::service_order)
    if (const auto loaded = load<ServiceOrderKind>(log, stream, skipped);
        loaded && loaded->folded.state.status == service_order::Status::held)
      out.held = loaded->folded.state.fault.code + ": " + loaded->folded.state.fault.message;
  return out;
}

Result<void, Rejection> add_release(Draft& draft, const std::vector<quarantine::Event>& events, const quarantine::State& after,
                                    const EventLog& log, const Cause& cause) {
  const quarantine::Released* released = nullptr;
  for (const auto& event : events)
    if (const auto* found = std::get_if<quarantine::Released>(&event)) released = found;
  if (released == nullptr) return {};
  const StreamId& stream = after.stream;
  return with_kind(stream, [&]<class K>() -> Result<void, Rejection> {
    auto loaded = load<K>(log, stream, after.skipped);
    if (!loaded) return Err(Rejection{RejectionCode::unavailable, loaded.error().reason, {}, {}});
    auto& state = loaded->folded.state;
    Agenda counted;
    counted.counters = counted_as(log, stream, K::agenda(state));
    if (released->how == quarantine::Exit::correction) {
      const std::string id = quarantine_of(stream).value + "#" + std::to_string(after.rounds);
      auto events_of = correction_of<K>(log, stream, state, {id, released->by, released->reason, released->at});
      if (!events_of) return Err(events_of.error());
      for (const auto& event : *events_of) K::evolve(state, event);
      Draft::Place place;  // its family takes no part in this append
      draft.add_events(stream, place, loaded->folded.version, std::move(*events_of), cause);
    }
    const Agenda now = K::agenda(state);
    Agenda counts;
    counts.counters = now.counters;
    std::vector<RowChange> rows;
    const AgendaChange change = stored_and(log, stream, after.tenant, now, rows);
    keys::add_rows(rows, stream, change);
    draft.add_rows(std::move(rows), difference(counted, counts));
    return {};
  });
}

void apply_fence(Shared& shared, const quarantine::State& state) {
  if (shared.faults.no_fence) return;
  Fence& fence = shared.fence;
  const bool held = fence.holds(state.stream);
  if (state.open) {
    fence.close(state.stream, state.finding.reason);
    if (held) return;
    shared.metrics->quarantined.Increment();
    auto hints = std::make_shared<Hints>();
    OutboxEntry after{state.stream, {}, {}, {}, {}};
    for (const OutboxEntry& entry : shared.log->outbox(&after, 4096))
      if (entry.stream == state.stream) hints->removed.emplace_back(entry.stream, entry.key);
    if (!hints->removed.empty()) caf::anon_send(shared.dispatcher, HintEffects{std::move(hints)});
    return;
  }
  if (!held) return;
  fence.open(state.stream);
  auto mail = std::make_shared<Mail>();
  mail->stream = state.stream;
  Rehint again;
  PendingTell after{state.stream, {}, {}};
  for (const PendingTell& tell : shared.log->tells(&after, 4096))
    if (tell.from == state.stream) again.tells.push_back({tell.to, tell.name});
  mail->ask = std::move(again);
  mail->cause.command = "Rehint";
  mail->cause.subject = "comd";
  send_mail(shared, mail);
  caf::anon_send(shared.timers, ArmTimer{shared.clock->now()});
}

}  // namespace comd
