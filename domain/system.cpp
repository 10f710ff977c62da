#include "domain/system.h"

namespace comd::unmatched {

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command) {
  const Record& c = std::get<Record>(command);
  if (state.kept.contains(c.service_order + "/" + c.report.id)) return std::vector<Event>{};
  const bool keep = state.kept.size() < kUnmatchedKept;
  Recorded event{c.service_order, c.report, keep};
  if (!keep) event.report.outputs.clear(), event.report.message.clear();
  return std::vector<Event>{std::move(event)};
}

void evolve(State& state, const Event& event) {
  const Recorded& e = std::get<Recorded>(event);
  ++state.count;
  if (e.kept) state.kept[e.service_order + "/" + e.report.id] = e.report;
}

Agenda agenda(const State& state) {
  Agenda out;
  for (const auto& [key, report] : state.kept) {
    const std::string text =
        std::string(to_text(report.kind)) + " from " + report.reporter + (report.message.empty() ? "" : ": " + report.message);
    out.rows.push_back({Table::unmatched, key, text});
  }
  return out;
}

}  // namespace comd::unmatched
