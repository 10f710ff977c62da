#include "test/sim/auditor.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "domain/views.h"

namespace comd::sim {

std::vector<std::string> Auditor::look() {
  while (log_.tail() > seen_) {
    for (const StoredCommit& stored : log_.read_feed(seen_, 64)) {
      if (number(stored.position) != number(seen_) + 1)
        wrong("positions have a gap at " + std::to_string(number(stored.position)));
      seen_ = stored.position;
      if (bad_commits_.contains(seen_)) continue;
      auto commit = decode(stored.record);
      if (!commit) {
        wrong("commit " + std::to_string(number(seen_)) + " does not decode: " + commit.error().message);
        continue;
      }
      check_closed(seen_, *commit);
      take(seen_, *commit);
    }
  }
  return std::exchange(findings_, {});
}

/// COMD_SIM_TRACE=so-s525n1.1.1.0.access shows what happened to the streams that begin so.
void trace(const Commit& commit) {
  static const char* wanted = std::getenv("COMD_SIM_TRACE");
  if (wanted == nullptr) return;
  for (const StreamSlice& slice : commit.streams) {
    if (!slice.stream.value.starts_with(wanted)) continue;
    for (const AnyEvent& event : slice.events) {
      const Line line = std::visit([](const auto& e) { return describe(e); }, event);
      std::cerr << to_text(commit.time) << "  " << slice.stream.value << "  " << line.name << "  " << line.text << "  "
                << line.reason << "  <- " << commit.cause_of(slice).command << "\n";
    }
  }
}

void Auditor::made_bad(const StreamId& stream, Version version, Position position) {
  bad_commits_.insert(position);
  closed_.insert(stream.value);
  if (kind_of(stream.value) == StreamKind::product_order)
    orders_.at(stream.value).skipped.insert(version);
  else
    service_orders_.at(stream.value).skipped.insert(version);
}

/// Law 9: what cannot be read is not appended to. A release may bring its correction along.
void Auditor::check_closed(Position position, const Commit& commit) {
  if (closed_.empty()) return;
  for (const StreamSlice& slice : commit.streams) {
    if (kind_of(slice.stream.value) != StreamKind::quarantine) continue;
    for (const AnyEvent& event : slice.events)
      if (const auto* own = std::get_if<quarantine::Event>(&event); own && std::holds_alternative<quarantine::Released>(*own))
        closed_.erase(quarantined_by(slice.stream).value);
  }
  for (const StreamSlice& slice : commit.streams)
    if (closed_.contains(slice.stream.value))
      wrong(slice.stream.value + " cannot be read, and was appended to at " + std::to_string(number(position)));
}

bool archives(const AnyEvent& event) {
  const auto* own = std::get_if<product_order::Event>(&event);
  return own != nullptr && std::holds_alternative<product_order::Archived>(*own);
}

void Auditor::take(Position position, const Commit& commit) {
  trace(commit);
  std::set<std::string> changed;
  for (const StreamSlice& slice : commit.streams) {
    const std::string& id = slice.stream.value;
    if (kind_of(id) == StreamKind::product_order) {
      auto& folded =
          orders_.try_emplace(id, Folded<product_order::State>{fresh<product_order::State>(slice.stream), {}}).first->second;
      const bool archived = slice.events.size() == 1 && archives(slice.events.front());
      if (folded.state.archived() || (is_final(folded.state.status) && !archived))
        wrong(id + " changed after its end, at " + std::to_string(number(position)));
      const auto before = folded.state;
      if (auto ok = apply(folded, slice); !ok) wrong(id + ": " + ok.error().message);
      for (const AnyEvent& event : slice.events)
        if (const auto* own = std::get_if<product_order::Event>(&event))
          if (const auto* released = std::get_if<product_order::Released>(own)) check_undo_order(folded.state, *released);
      changed.insert(id);
    } else if (kind_of(id) == StreamKind::service_order) {
      auto& folded = service_orders_.try_emplace(id).first->second;
      const auto before = folded.state.status;
      if (auto ok = apply(folded, slice); !ok) wrong(id + ": " + ok.error().message);
      const bool reopened = std::ranges::any_of(slice.events, [](const AnyEvent& event) {
        const auto* own = std::get_if<service_order::Event>(&event);
        const auto* person = own == nullptr ? nullptr : std::get_if<service_order::Intervened>(own);
        return person != nullptr && person->reopened;
      });
      if (service_order::is_final(before) && folded.state.status != before && !reopened) wrong(id + " changed its end");
      changed.insert(id);
    }
  }
  for (const std::string& id : changed) {
    if (const auto order = orders_.find(id); order != orders_.end())
      check_wakeups(id, is_final(order->second.state.status), product_order::agenda(order->second.state));
    else if (const auto& state = service_orders_.at(id).state; true)
      check_wakeups(id, service_order::is_final(state.status), service_order::agenda(state));
  }
}

/// Law 7, and that the timer table says what the state says. Only the newest state of a stream can be compared with the table.
void Auditor::check_wakeups(const std::string& stream, bool final, const comd::Agenda& agenda) {
  if (!final && agenda.wakeups.empty()) wrong(stream + " is not finished and has no wake-up");
  if (final && !agenda.wakeups.empty()) wrong(stream + " is finished and still has a wake-up");
  if (log_.tail() != seen_) return;
  std::vector<Wakeup> table, state;
  for (const DueTimer& timer : log_.timers_due(Instant::max(), SIZE_MAX))
    if (timer.stream.value == stream) table.push_back({timer.name, timer.due, timer.reason});
  if (const Wakeup* next = next_wakeup(agenda)) state.push_back(*next);
  if (table != state) wrong(stream + ": the timer table and the state differ");
}

/// A compensation starts only when everything that was built on what it undoes is undone, or could not be.
void Auditor::check_undo_order(const product_order::State& s, const product_order::Released& released) {
  const auto& undo = s.nodes.at(s.index.at(released.service_order)).spec;
  if (undo.undoes.empty()) return;
  for (const auto& later : s.nodes) {
    if (!later.spec.undoes.empty() || later.progress != Progress::done) continue;
    if (std::ranges::find(later.spec.depends_on, undo.undoes) == later.spec.depends_on.end()) continue;
    const bool open = std::ranges::any_of(s.nodes, [&](const auto& node) {
      return node.spec.undoes == later.spec.id && (node.progress == Progress::not_started || node.progress == Progress::running);
    });
    if (open) wrong(undo.id.value + " was released before the compensation of " + later.spec.id.value);
  }
}

void Auditor::acknowledged(const OrderId& id) {
  acknowledged_.insert(id.value);
  if (log_.head(stream_of(id)) == Version{}) wrong(id.value + " was acknowledged before it was durable");
}

void Auditor::reported(const ServiceOrderId& id, const std::string& report) {
  for (std::string& finding : look()) findings_.push_back(std::move(finding));
  const auto found = service_orders_.find(id.value);
  if (found == service_orders_.end()) return wrong("a report for " + id.value + " was taken, and there is no such service order");
  const auto& state = found->second.state;
  if (!state.archived && !state.reports.contains(report) && state.reports.size() < service_order::kReportsKept)
    wrong(id.value + ": report " + report + " was acknowledged and is not in the log");
}

std::vector<std::string> Auditor::at_the_end() {
  for (const std::string& id : acknowledged_)
    if (!orders_.contains(id)) wrong(id + " was acknowledged and is not in the log");
  for (const std::string& line : differences(log_.derived(), rebuild(log_), 5))
    wrong("derived rows are not the fold of the log: " + line);
  for (const std::string& id : closed_) wrong(id + " is still in quarantine");
  if (!log_.tells(nullptr, 10).empty()) wrong("a message to the family is left over");
  if (!log_.outbox(nullptr, 10).empty()) wrong("an effect is left over");
  return std::exchange(findings_, {});
}

}  // namespace comd::sim
