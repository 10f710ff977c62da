#include "domain/system.h"

#include "domain/overload.h"

namespace comd::catalog_log {

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command) {
  const Load& c = std::get<Load>(command);
  auto found = state.digests.find(c.version);
  if (found == state.digests.end()) return std::vector<Event>{Loaded{c.name, c.version, c.digest, c.bytes}};
  if (found->second == c.digest) return std::vector<Event>{};
  return Err(Rejection{RejectionCode::conflict,
                       "Expected catalogue version " + c.version + " as it was loaded first (sha-256 " + found->second +
                           "), but this file differs (" + c.digest + ")",
                       "version", "A version never changes: give the changed file a new version"});
}

void evolve(State& state, const Event& event) {
  const Loaded& e = std::get<Loaded>(event);
  state.digests[e.version] = e.digest;
}

Agenda agenda(const State&) { return {}; }

}  // namespace comd::catalog_log

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
