#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/tables.h"

namespace comd::ctl {

std::string show_milestones(const Json& service_orders, bool colour) {
  std::vector<std::pair<std::string, std::vector<Cell>>> reached;
  for (const auto& so : service_orders)
    for (const auto& milestone : so.at("milestones")) {
      const auto message = text_at(milestone, "message");
      reached.push_back({text_at(milestone, "reachedAt"),
                         {{shown_time(milestone.at("reachedAt"), true), Style::dim},
                          short_name(text_at(so, "id")),
                          {text_at(milestone, "name"), Style::bold},
                          text_at(milestone, "description"),
                          message}});
    }
  if (reached.empty()) return {};
  std::ranges::stable_sort(reached, {}, [](const auto& entry) { return entry.first; });
  Table table{{{"TIME"}, {"SERVICE ORDER"}, {"MILESTONE"}, {"WHAT"}, {"SAID"}}, {}};
  for (auto& [time, row] : reached) table.rows.push_back(std::move(row));
  return heading("Milestones", colour) + table.render(colour);
}

}  // namespace comd::ctl
