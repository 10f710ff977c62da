#include <array>

#include "domain/view_text.h"

/// Bulk repairs.
namespace comd::views {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t repair::Totals::*>, 7> kTotals{
    {{"members", &repair::Totals::members},
     {"open", &repair::Totals::open},
     {"tried", &repair::Totals::tried},
     {"moved", &repair::Totals::moved},
     {"stuck", &repair::Totals::stuck},
     {"refused", &repair::Totals::refused},
     {"skipped", &repair::Totals::skipped}}};

}  // namespace

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, RepairSummary>
void fields(Io& io, Row& s) {
  io("id", s.id);
  io("tenant", s.tenant);
  io("status", s.status);
  io("remedy", s.remedy);
  io("by", s.by);
  io("why", s.why);
  io("query", s.query);
  io("reason", s.reason);
  for (const auto& [name, field] : kTotals) io(name, s.totals.*field);
  io("started", s.started_at);
  io("ended", s.ended_at);
}

std::string encode(const RepairSummary& s) { return write_row(s); }

std::optional<RepairSummary> decode_repair(std::string_view bytes) { return read_row<RepairSummary>(bytes); }

void add_rows(const repair::State& s, Agenda& out) {
  RepairSummary row{RepairId{s.id},
                    s.plan.tenant,
                    std::string(to_text(s.status)),
                    std::string(to_text(s.plan.what.remedy)),
                    s.plan.what.by,
                    s.plan.what.reason,
                    s.plan.query,
                    s.reason,
                    s.totals,
                    s.started_at,
                    s.ended_at};
  out.rows.push_back({Table::repair, dated_key(row.tenant, row.started_at, row.id.value), encode(row)});
}

}  // namespace comd::views

namespace comd {

Line describe(const repair::Event& event) {
  using namespace repair;
  if (const auto* e = std::get_if<Started>(&event))
    return {"Started", std::string(to_text(e->plan.what.remedy)) + " for " + std::to_string(e->members.size()),
            e->plan.what.reason};
  if (const auto* e = std::get_if<Tried>(&event))
    return {"Tried", "member " + std::to_string(e->member + 1) + " " + std::string(to_text(e->verdict)), e->detail};
  if (std::holds_alternative<TryOverdue>(event)) return {"TryOverdue", "tried again", "no answer in time"};
  if (const auto* e = std::get_if<Looked>(&event))
    return {"Looked", "member " + std::to_string(e->member + 1) + " " + std::string(to_text(e->verdict)), e->detail};
  if (std::holds_alternative<CanaryPassed>(event)) return {"CanaryPassed", "the rest follows", "all of the canary moved"};
  if (const auto* e = std::get_if<Paused>(&event)) return {"Paused", "by " + e->by, e->reason};
  if (const auto* e = std::get_if<Resumed>(&event)) return {"Resumed", "by " + e->by, e->reason};
  const auto& e = std::get<Ended>(event);
  return {e.cancelled ? "Cancelled" : "Finished", "by " + e.by, e.reason};
}

}  // namespace comd
