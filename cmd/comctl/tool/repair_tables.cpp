#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/documents.h"
#include "cmd/comctl/tool/tables.h"
#include "comd/api/v1/repair.pb.h"

/// Bulk repairs, as documents and as tables.
namespace comd::ctl {

Json document_of(const api::v1::Repair& r) {
  const auto& t = r.totals();
  return {{"id", r.id()},
          {"status", r.status()},
          {"action", r.action()},
          {"by", r.by()},
          {"why", r.why()},
          {"query", r.query()},
          {"reason", r.reason()},
          {"totals",
           {{"members", t.members()},
            {"moved", t.moved()},
            {"stuck", t.stuck()},
            {"refused", t.refused()},
            {"skipped", t.skipped()},
            {"tried", t.tried()},
            {"open", t.open()}}},
          {"startedAt", time_of(r.has_started_at(), r.started_at())},
          {"endedAt", time_of(r.has_ended_at(), r.ended_at())}};
}

Json document_of(const api::v1::StartRepairResponse& r, bool dry_run) {
  Json out{{"dryRun", dry_run},         {"repair", document_of(r.repair())},
           {"position", r.position()},  {"repeated", r.repeated()},
           {"allowed", r.allowed()},    {"refused", r.refused()},
           {"outcomes", Json::array()}, {"members", Json::array()}};
  for (const auto& o : r.outcomes())
    out["outcomes"].push_back({{"members", o.members()}, {"allowed", o.allowed()}, {"text", o.text()}});
  for (const auto& f : r.forecasts()) {
    Json one{{"id", f.id()}, {"version", f.version()}, {"allowed", f.allowed()}, {"leadsTo", Json::array()}};
    for (const auto& lead : f.leads_to()) one["leadsTo"].push_back(lead);
    one["refusal"] = f.refusal();
    out["members"].push_back(std::move(one));
  }
  return out;
}

Json document_of(const api::v1::GetRepairResponse& r) {
  Json out{{"repair", document_of(r.repair())},
           {"version", r.version()},
           {"values", r.values_json().empty() ? Json::object() : parse_json(r.values_json())},
           {"force", r.force()},
           {"canary", r.canary()},
           {"canaryPassed", r.canary_passed()},
           {"rate", r.rate()},
           {"stopAfter", r.stop_after()},
           {"lookEveryMs", r.look_every_ms()},
           {"lookForMs", r.look_for_ms()},
           {"members", Json::array()},
           {"nextPageToken", r.next_page_token()},
           {"history", Json::array()}};
  for (const auto& m : r.members())
    out["members"].push_back({{"number", m.number()},
                              {"id", m.id()},
                              {"version", m.version()},
                              {"verdict", m.verdict()},
                              {"detail", m.detail()},
                              {"triedAt", time_of(m.has_tried_at(), m.tried_at())}});
  for (const auto& line : r.history()) out["history"].push_back(line);
  return out;
}

namespace {

constexpr std::size_t kTextWidth = 60;

std::string pace(const Json& document) {
  std::string out;
  if (document.at("canary").get<std::uint32_t>() > 0)
    out =
        fmt::format("{} first{}, then ", text_at(document, "canary"), document.at("canaryPassed") == true ? " (all moved)" : "");
  return out + fmt::format("{:g} a second; pauses after {} that do not move", document.at("rate").get<double>(),
                           text_at(document, "stopAfter"));
}

/// The verdicts and their sum.
std::string report(const Json& totals, bool colour) {
  static constexpr std::pair<const char*, const char*> kVerdicts[] = {{"moved", "seen past where they were stuck"},
                                                                      {"stuck", "stuck again, or still when time was up"},
                                                                      {"refused", "the action was refused"},
                                                                      {"skipped", "had moved by themselves, left alone"},
                                                                      {"tried", "the action was taken, not seen to move yet"},
                                                                      {"open", "not tried"}};
  Table table{{{"VERDICT"}, {"MEMBERS", true}, {"MEANS"}}, {}};
  std::uint64_t sum = 0;
  for (const auto& [verdict, means] : kVerdicts) {
    const auto count = totals.at(verdict).get<std::uint64_t>();
    sum += count;
    table.rows.push_back({{verdict, count == 0 ? Style::dim : style_of(verdict)}, std::to_string(count), means});
  }
  const bool sums = sum == totals.at("members").get<std::uint64_t>();
  table.rows.push_back({{"sum", Style::bold},
                        std::to_string(sum),
                        sums ? Cell{"all members"} : Cell{"but there are " + text_at(totals, "members"), Style::bad}});
  return table.render(colour);
}

std::string leads_of(const Json& member) {
  if (member.at("allowed") != true) return text_at(member, "refusal");
  std::string out;
  for (const auto& lead : member.at("leadsTo")) out += (out.empty() ? "" : "; ") + text_at(lead, "");
  return out.empty() ? "nothing follows at once" : out;
}

Cell answer(const Json& of) { return of.at("allowed") == true ? Cell{"yes", Style::good} : Cell{"no", Style::bad}; }

std::string show_rehearsal(const Json& document, bool colour) {
  std::string out = fmt::format("{} for {} members would be allowed for {} and refused for {}; nothing was recorded\n",
                                text_at(document, "repair.action"), text_at(document, "repair.totals.members"),
                                text_at(document, "allowed"), text_at(document, "refused"));
  Table sums{{{"MEMBERS", true}, {"ALLOWED"}, {"LEADS TO, OR WHY NOT"}}, {}};
  for (const auto& outcome : document.at("outcomes"))
    sums.rows.push_back({text_at(outcome, "members"), answer(outcome), printable(shortened(text_at(outcome, "text")))});
  out += "\n" + sums.render(colour);
  const auto& members = document.at("members");
  if (members.size() > kShownInFull) return out + "Each one: --output json\n";
  Table each{{{"ID"}, {"ALLOWED"}, {"LEADS TO, OR WHY NOT"}}, {}};
  for (const auto& member : members)
    each.rows.push_back({text_at(member, "id"), answer(member), printable(shortened(leads_of(member)))});
  return out + "\n" + each.render(colour);
}

}  // namespace

std::string show_repair_started(const Json& document, bool colour) {
  if (document.at("dryRun") == true) return show_rehearsal(document, colour);
  const auto id = text_at(document, "repair.id"), status = text_at(document, "repair.status");
  return fmt::format("{}: {} for {} members, {}\n", paint(id, Style::bold, colour), text_at(document, "repair.action"),
                     text_at(document, "repair.totals.members"), paint(status, style_of(status), colour)) +
         "See what becomes of them: comctl repair show " + id + " --follow\n";
}

std::string show_repair(const Json& document, bool colour) {
  const auto& repair = document.at("repair");
  const auto status = text_at(repair, "status");
  Facts facts;
  facts.add("repair", {text_at(repair, "id"), Style::bold});
  facts.add("status", {status, style_of(status)});
  facts.add("because", shortened(text_at(repair, "reason")));
  facts.add("action", text_at(repair, "action") + (document.at("force") == true ? ", forced" : ""));
  if (!document.at("values").empty()) facts.add("with", text_of(document.at("values")));
  facts.add("for", text_at(repair, "query"));
  facts.add("by", text_at(repair, "by"));
  facts.add("why", text_at(repair, "why"));
  facts.add("pace", pace(document));
  facts.add("started", shown_time(repair.at("startedAt")));
  facts.add("ended", shown_time(repair.at("endedAt")));
  std::string out = facts.render(colour) + "\n" + report(repair.at("totals"), colour);
  if (!document.at("history").empty()) {
    out += heading("What happened", colour);
    for (const auto& line : document.at("history")) out += printable(text_at(line, "")) + "\n";
  }
  if (document.at("members").empty()) return out;
  Table table{{{"NO", true}, {"ID"}, {"VERDICT"}, {"TRIED"}, {"DETAIL"}}, {}};
  for (const auto& member : document.at("members")) {
    const auto verdict = text_at(member, "verdict");
    table.rows.push_back({text_at(member, "number"), text_at(member, "id"), Cell{verdict, style_of(verdict)},
                          shown_time(member.at("triedAt")), printable(shortened(text_at(member, "detail")))});
  }
  return out + heading("Members", colour) + table.render(colour) + more_line(document, colour);
}

std::string show_repairs(const Json& document, bool colour) {
  Table table{{{"REPAIR"},
               {"STATUS"},
               {"ACTION"},
               {"STARTED"},
               {"MEMBERS", true},
               {"MOVED", true},
               {"STUCK", true},
               {"REFUSED", true},
               {"SKIPPED", true},
               {"OPEN", true},
               {"BY"},
               {"WHY"}},
              {}};
  for (const auto& repair : document.at("repairs")) {
    const auto status = text_at(repair, "status");
    const auto& t = repair.at("totals");
    const auto open = t.at("open").get<std::uint64_t>() + t.at("tried").get<std::uint64_t>();
    table.rows.push_back({text_at(repair, "id"), Cell{status, style_of(status)}, text_at(repair, "action"),
                          shown_time(repair.at("startedAt")), text_at(t, "members"), text_at(t, "moved"), text_at(t, "stuck"),
                          text_at(t, "refused"), text_at(t, "skipped"), std::to_string(open), printable(text_at(repair, "by")),
                          cut(printable(text_at(repair, "why")), kTextWidth)});
  }
  return (table.rows.empty() ? "No repair yet.\n" : table.render(colour)) + more_line(document, colour);
}

}  // namespace comd::ctl
