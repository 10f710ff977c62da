#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/tables.h"

namespace comd::ctl {

std::string show_status(const Json& document, bool colour) {
  Facts facts;
  facts.add("version", text_at(document, "version"));
  facts.add("started", shown_time(document.at("startedAt")));
  facts.add("up", show_duration(std::chrono::milliseconds(document.at("uptimeMs").get<std::int64_t>())));
  facts.add("catalogues", joined(document.at("catalogVersions")));
  facts.add("log position", text_at(document, "tailPosition"));
  facts.add("actors in memory", text_at(document, "residentActors"));
  facts.add("commands in flight", text_at(document, "commandsInFlight"));
  facts.add("calls to make", text_at(document, "outbox"));
  facts.add("timers due", text_at(document, "timersDue"));
  facts.add("next timer", shown_time(document.at("nextTimer")));
  facts.add("unmatched reports", text_at(document, "unmatchedReports"));
  facts.add("watchers", text_at(document, "watchers"));
  std::string out = facts.render(colour);
  if (document.at("counters").empty()) return out;
  Table table{{{"COUNT"}, {"", true}}, {}};
  for (const auto& [name, count] : document.at("counters").items()) table.rows.push_back({name, text_at(count, "")});
  return out + "\n" + table.render(colour);
}

}  // namespace comd::ctl
