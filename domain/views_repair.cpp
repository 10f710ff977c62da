#include <array>

#include "domain/view_text.h"
#include "domain/views.h"

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

std::string encode(const RepairSummary& s) {
  Writer out;
  out.text("id", s.id.value);
  out.text("tenant", s.tenant.value);
  out.text("status", s.status);
  out.text("remedy", s.remedy);
  out.text("by", s.by);
  out.text("why", s.why);
  out.text("query", s.query);
  out.text("reason", s.reason);
  for (const auto& [name, field] : kTotals) out.number(name, s.totals.*field);
  out.time("started", s.started_at);
  out.time("ended", s.ended_at);
  return std::move(out).take();
}

std::optional<RepairSummary> decode_repair(std::string_view bytes) {
  RepairSummary s;
  const bool ok = read(bytes, [&](std::string_view name, std::string value) {
    if (name == "id")
      s.id.value = std::move(value);
    else if (name == "tenant")
      s.tenant.value = std::move(value);
    else if (name == "status")
      s.status = std::move(value);
    else if (name == "remedy")
      s.remedy = std::move(value);
    else if (name == "by")
      s.by = std::move(value);
    else if (name == "why")
      s.why = std::move(value);
    else if (name == "query")
      s.query = std::move(value);
    else if (name == "reason")
      s.reason = std::move(value);
    else if (name == "started")
      s.started_at = to_instant(value);
    else if (name == "ended")
      s.ended_at = to_instant(value);
    for (const auto& [total, field] : kTotals)
      if (name == total) s.totals.*field = to_number(value);
  });
  return ok ? std::optional(std::move(s)) : std::nullopt;
}

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
  std::string key = row.tenant.value;
  key.push_back('\0');
  key.append(date_key(row.started_at)).append(row.id.value);
  out.rows.push_back({Table::repair, std::move(key), encode(row)});
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
