#include "test/sim/people.h"

#include "domain/views.h"

namespace comd::sim {

using namespace std::chrono_literals;

void People::attend(EngineActors& engine) {
  constexpr Millis kPatience = 5min;  // whatever was on its way to a partner has arrived by then
  const std::string prefix = std::string("t") + '\0';
  for (const auto& [key, value] : log_.scan(Table::person, prefix, {}, 100).rows) {
    const auto row = views::decode_person(value);
    if (row && row->since + kPatience <= time_.now) act(engine, *row);
  }
  archive(engine);
  resume_items(engine);
  lift_all(engine);
  if (steers) steer(engine);
  if (steers) hold_all(engine);
  if (!resolve_quarantines) return;
  for (const auto& [key, value] : log_.scan(Table::quarantine, {}, {}, 100).rows) {
    const auto row = views::decode_quarantine(value);
    if (row && row->open && row->since + kPatience <= time_.now) resolve(engine, *row);
  }
}

/// Every second order is put away as soon as it is over; what is not over yet by all accounts is refused.
void People::archive(EngineActors& engine) {
  const Cause cause{"Archive", "comd", {"t"}, "c", ""};
  for (const auto status : {OrderStatus::completed, OrderStatus::partial, OrderStatus::failed, OrderStatus::cancelled})
    for (const auto& [key, value] :
         log_.scan(Table::order_index, views::index_prefix({"t"}, "state", to_text(status)), {}, 20).rows)
      if (const auto id = views::id_of_index_key(key); id.back() % 2 == 0)
        engine.execute(StreamId{id}, product_order::Command{product_order::Archive{"comd", "over"}}, cause, [](const Reply&) {});
}

/// Now and then somebody has an order or one of its items wait, or wants it sooner.
void People::steer(EngineActors& engine) {
  auto rows = log_.scan(Table::order_index, views::index_prefix({"t"}, "state", to_text(OrderStatus::in_progress)), {}, 20).rows;
  const auto pending =
      log_.scan(Table::order_index, views::index_prefix({"t"}, "state", to_text(OrderStatus::pending)), {}, 20).rows;
  rows.insert(rows.end(), pending.begin(), pending.end());
  for (const auto& [key, value] : rows) {
    const std::string id = views::id_of_index_key(key);
    const std::string which = id + "/" + std::to_string(++steered_);
    const std::uint64_t roll = fate(seed_, which) % 12;
    if (roll > 2 || held_.contains({id, "1"})) continue;
    Intervention what{which, Remedy::hold, "anna", "let me see", {}, {}, false};
    if (roll == 1) what.remedy = Remedy::prioritise, what.priority = static_cast<std::uint8_t>(fate(seed_, which) / 12 % 5);
    if (roll == 2) held_.emplace(id, what.item = "1");
    engine.execute(StreamId{id}, product_order::Command{product_order::Intervene{{}, std::move(what), {}}},
                   Cause{"", "anna", {"t"}, "c", ""}, [](const Reply&) {});
  }
}

/// Now and then everything of a target, of a specification or of the tenant waits. Deadlines are frozen: no order may end otherwise.
void People::hold_all(EngineActors& engine) {
  static const hold::Scope scopes[] = {{hold::Kind::target, "access-system"},
                                       {hold::Kind::target, "ip-system"},
                                       {hold::Kind::specification, "ip@1"},
                                       {hold::Kind::tenant, "t"}};
  const std::uint64_t roll = fate(seed_, "hold/" + std::to_string(++steered_));
  if (roll % 16 != 0 || !held_as_a_whole_.empty()) return;
  const hold::Scope& scope = scopes[roll / 16 % std::size(scopes)];
  held_as_a_whole_.insert(scope);
  engine.execute(StreamId{std::string(kHoldsStream)},
                 hold::Command{hold::Place{scope, hold::Timers::freeze, false, "anna", "maintenance"}},
                 Cause{"", "anna", {"t"}, "c", ""}, [](const Reply&) {});
}

/// The next time it goes on, until comd has heard it.
void People::lift_all(EngineActors& engine) {
  for (const hold::Scope& scope : held_as_a_whole_)
    engine.execute(StreamId{std::string(kHoldsStream)}, hold::Command{hold::Lift{scope, "anna", "done"}},
                   Cause{"", "anna", {"t"}, "c", ""}, [this, scope](const Reply& reply) {
                     const bool later = reply.rejection && reply.rejection->code != RejectionCode::not_found;
                     if (!later) held_as_a_whole_.erase(scope);
                   });
}

/// Whoever held an item lets it go on the next time, until comd has heard it.
void People::resume_items(EngineActors& engine) {
  for (const auto& [id, item] : held_) {
    const auto row = log_.row(Table::quarantine, id);
    if (const auto summary = row ? views::decode_quarantine(*row) : std::nullopt; summary && summary->open) continue;
    Intervention what{id + "/resume/" + std::to_string(++steered_), Remedy::resume, "anna", "go on", {}, {}, false};
    what.item = item;
    engine.execute(StreamId{id}, product_order::Command{product_order::Intervene{{}, std::move(what), {}}},
                   Cause{"", "anna", {"t"}, "c", ""}, [this, held = std::pair{id, item}](const Reply& reply) {
                     const bool later = reply.rejection && (reply.rejection->code == RejectionCode::unavailable ||
                                                            reply.rejection->code == RejectionCode::limit);
                     if (!later) held_.erase(held);
                   });
  }
}

void People::resolve(EngineActors& engine, const views::QuarantineSummary& row) {
  ++acts;
  engine.execute(quarantine_of(row.stream), quarantine::Command{quarantine::Skip{row.version, "anna", "it says nothing"}},
                 Cause{"", "anna", {"t"}, "c", ""}, [](const Reply&) {});
}

void People::act(EngineActors& engine, const views::PersonSummary& row) {
  const StreamId stream{row.id};
  const Cause cause{"", "anna", {"t"}, "c", ""};
  ++acts;
  if (kind_of(row.id) == StreamKind::product_order)
    return engine.execute(stream, product_order::Command{product_order::Intervene{{}, for_order(row), {}}}, cause,
                          [](const Reply&) {});
  auto what = for_service_order(row);
  if (!what) return;
  // What is being cancelled is not tried again; what is not stuck any more goes on by itself.
  Intervention otherwise = *what;
  otherwise.id += "/fail";
  otherwise.remedy = Remedy::fail;
  const bool retry = what->remedy == Remedy::retry;
  engine.execute(
      stream, service_order::Command{service_order::Intervene{*std::move(what), {}}}, cause,
      [&engine, stream, cause, retry, otherwise](const Reply& reply) {
        if (!retry || !reply.rejection || reply.rejection->hint.find("fail it") == std::string::npos) return;
        engine.execute(stream, service_order::Command{service_order::Intervene{otherwise, {}}}, cause, [](const Reply&) {});
      });
}

/// The same in every life: an order must not end otherwise because comd crashed in between.
Intervention People::for_order(const views::PersonSummary& row) const {
  Intervention out{row.id + "@" + views::date_key(row.since), Remedy::accept, "anna", "as the fates say", {}, {}, false};
  if (row.code == "NOT_UNDONE")
    out.remedy = Remedy::retry;
  else if (row.code == "HELD_BY_HAND")
    out.remedy = Remedy::resume;
  else if (!accepts(seed_, row.id))
    out.remedy = Remedy::compensate;
  return out;
}

std::optional<Intervention> People::for_service_order(const views::PersonSummary& row) const {
  Intervention out{row.id + "@" + views::date_key(row.since), Remedy::retry, "anna", "as the fates say", {}, {}, false};
  const Values outputs{{"portId", text_value("P-by-hand")}};
  const Fate fate = fate_of(seed_, row.id);
  if (row.kind == "task") {
    out.remedy = fate.permanent ? Remedy::fail : Remedy::complete;
    if (!fate.permanent) out.values = outputs;
    return out;
  }
  if (!row.in_doubt) {
    out.remedy = fate.person == Fate::Person::fails     ? Remedy::fail
                 : fate.person == Fate::Person::does_it ? Remedy::complete
                                                        : Remedy::retry;
    if (out.remedy == Remedy::complete) out.values = outputs;
    return out;
  }
  out.force = true;
  switch (partners_.truth(row.id)) {
    case Partners::Truth::nothing: out.remedy = Remedy::retry; return out;
    case Partners::Truth::working: return std::nullopt;
    case Partners::Truth::done:
      out.remedy = Remedy::complete;
      out.values = outputs;
      return out;
    case Partners::Truth::failed: out.remedy = Remedy::fail; return out;
  }
  return out;
}

}  // namespace comd::sim
