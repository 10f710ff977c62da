#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/documents.h"
#include "cmd/comctl/tool/tables.h"
#include "comd/api/v1/fallout.pb.h"

/// What waits for a person, as documents and as tables.
namespace comd::ctl {

Json document_of(const api::v1::FalloutItem& i) {
  return {{"id", i.id()},
          {"kind", i.kind()},
          {"orderId", i.order_id()},
          {"item", i.item()},
          {"key", i.key()},
          {"specification", i.specification()},
          {"target", i.target()},
          {"state", i.state()},
          {"class", i.fault_class()},
          {"code", i.code()},
          {"message", i.message()},
          {"since", time_of(i.has_since(), i.since())},
          {"until", time_of(i.has_until(), i.until())},
          {"attempts", i.attempts()},
          {"inDoubt", i.in_doubt()},
          {"optional", i.optional()},
          {"compensation", i.compensation()},
          {"assignee", i.assignee()}};
}

Json document_of(const api::v1::GetFalloutResponse& r) {
  Json out{{"item", document_of(r.item())}, {"version", r.version()}, {"because", r.because()}};
  out["history"] = Json::array();
  for (const auto& line : r.history()) out["history"].push_back(line);
  out["actions"] = Json::array();
  for (const auto& p : r.prospects()) {
    Json one{{"action", p.action()}, {"allowed", p.allowed()}, {"needsForce", p.needs_force()}, {"leadsTo", Json::array()}};
    for (const auto& lead : p.leads_to()) one["leadsTo"].push_back(lead);
    one["refusal"] = p.refusal();
    one["hint"] = p.hint();
    out["actions"].push_back(std::move(one));
  }
  return out;
}

namespace {

constexpr std::size_t kCauseWidth = 48;

std::string age(const Json& time) {
  const auto since = parse_time(text_at(time, ""));
  if (!since) return {};
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return show_duration(std::max(now - *since, std::chrono::milliseconds{0}));
}

std::string cause(const Json& item) {
  const auto code = text_at(item, "code"), message = text_at(item, "message");
  return code + (code.empty() || message.empty() ? "" : ": ") + message;
}

std::string listed(const Json& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : "; ") + shortened(text_at(text, ""));
  return out;
}

Cell answer(const Json& action) {
  if (action.at("allowed") != true) return {"no", Style::dim};
  return action.at("needsForce") == true ? Cell{"needs --force", Style::wait} : Cell{"yes", Style::good};
}

/// What it leads to; where it is not simply allowed, why.
std::string outcome(const Json& action) {
  auto why = shortened(text_at(action, "refusal"));
  const auto hint = shortened(text_at(action, "hint"));
  if (!why.empty() && !hint.empty()) why += ". " + hint;
  if (action.at("allowed") != true) return why;
  auto leads = listed(action.at("leadsTo"));
  if (leads.empty()) leads = "nothing follows at once";
  return why.empty() ? leads : leads + " (" + why + ")";
}

std::string remarks(const Json& item) {
  std::string out;
  const auto add = [&](const char* name, const char* text) {
    if (item.at(name) == true) out += (out.empty() ? "" : ", ") + std::string(text);
  };
  add("inDoubt", "the partner may have done it");
  add("optional", "optional");
  add("compensation", "undoes another");
  return out;
}

}  // namespace

std::string show_fallout(const Json& document, bool colour) {
  Table table{{{"ID"}, {"KIND"}, {"STATE"}, {"FOR", true}, {"TARGET"}, {"TRIES", true}, {"ASSIGNEE"}, {"CAUSE"}}, {}};
  for (const auto& item : document.at("items")) {
    const auto state = text_at(item, "state");
    table.rows.push_back({text_at(item, "id"), text_at(item, "kind"), Cell{state, style_of(state)}, age(item.at("since")),
                          text_at(item, "target"), text_at(item, "attempts"), text_at(item, "assignee"),
                          cut(printable(cause(item)), kCauseWidth)});
  }
  return (table.rows.empty() ? "Nothing waits for a person.\n" : table.render(colour)) + more_line(document, colour);
}

std::string show_fallout_item(const Json& document, bool colour) {
  const auto& item = document.at("item");
  const bool one = text_at(item, "id") != text_at(item, "orderId");
  Facts facts;
  facts.add(one ? "service order" : "order", {text_at(item, "id"), Style::bold});
  if (one) facts.add("of order", text_at(item, "orderId"));
  facts.add("kind", text_at(item, "kind").empty() ? "waits for nobody" : text_at(item, "kind"));
  facts.add("state", {text_at(item, "state"), style_of(text_at(item, "state"))});
  facts.add("because", shortened(text_at(document, "because")));
  facts.add("specification", text_at(item, "specification"));
  facts.add("target", text_at(item, "target"));
  facts.add(one ? "partner said" : "cause", cause(item));
  facts.add("class", text_at(item, "class"));
  facts.add("attempts", one ? text_at(item, "attempts") : "");
  facts.add("note", remarks(item));
  facts.add("waits since", shown_time(item.at("since")));
  facts.add("until", shown_time(item.at("until")));
  facts.add("assignee", text_at(item, "assignee"));
  facts.add("version", text_at(document, "version"));
  std::string out = facts.render(colour);
  if (!document.at("history").empty()) {
    out += heading("What happened", colour);
    for (const auto& line : document.at("history")) out += printable(shortened(text_at(line, ""))) + "\n";
  }
  if (document.at("actions").empty()) return out;
  Table table{{{"ACTION"}, {"ALLOWED"}, {"LEADS TO, OR WHY NOT"}}, {}};
  for (const auto& action : document.at("actions"))
    table.rows.push_back({{text_at(action, "action"), Style::bold}, answer(action), outcome(action)});
  return out + heading("What can be done", colour) + table.render(colour);
}

std::string show_actions(const Json& document, bool colour) {
  std::string out;
  for (const auto& one : document.at("results")) {
    if (!one.at("error").is_null()) continue;
    const auto leads = listed(one.at("leadsTo"));
    out += paint(printable(text_at(one, "id")), Style::bold, colour) + " " + text_at(one, "action") +
           (one.at("dryRun") == true ? " would lead to: " : ": ") +
           (one.at("repeated") == true ? "was done before, nothing changed"
            : leads.empty()            ? "recorded"
                                       : printable(leads)) +
           "\n";
  }
  if (document.at("results").size() > 1)
    out += fmt::format("{} done, {} refused\n", text_at(document, "done"), text_at(document, "refused"));
  return out;
}

}  // namespace comd::ctl
