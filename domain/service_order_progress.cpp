#include <algorithm>

#include "domain/service_order_steps.h"
#include "domain/views.h"

/// How far a service order has come: what of it is there, what it reached on its way, and whether it takes longer than expected.
namespace comd::service_order {
namespace {

using At = MilestoneRule::At;

/// Whether what the report names was reached for this attempt: also where the report came late, or after one that says more.
bool counts(const State& s, const Reported& e) {
  const Report& report = e.report;
  if (report.kind == ReportKind::failed || report.kind == ReportKind::rejected || report.kind == ReportKind::cancelled)
    return false;
  if (report.attempt != 0 && report.attempt != s.attempt) return false;
  if (e.disposition == Disposition::applied || e.disposition == Disposition::repeated) return true;
  return e.disposition == Disposition::late && (s.status == Status::completed || s.status == Status::partial);
}

/// How far the work has come with this event, in the order of At; `report`: no farther. Whoever says the later has passed the earlier.
At stage_of(const Event& event) {
  if (std::holds_alternative<Completed>(event)) return At::completed;
  if (std::holds_alternative<PartlyActivated>(event)) return At::in_progress;
  const auto* reported = std::get_if<Reported>(&event);
  if (reported == nullptr || reported->disposition != Disposition::applied) return At::report;
  switch (reported->report.kind) {
    case ReportKind::acknowledged: return At::acknowledged;
    case ReportKind::in_progress:
    case ReportKind::pending_external: return At::in_progress;
    default: return At::report;
  }
}

void add_milestones(const State& before, const ServiceSpecification& policy, Instant now, std::vector<Event>& events) {
  std::vector<Event> reached;
  const auto reach = [&](const MilestoneRule& rule, const std::string& message) {
    const auto known = [&](const MilestoneReached& each) { return each.name == rule.name; };
    const auto told = [&](const Event& each) { return known(std::get<MilestoneReached>(each)); };
    if (std::ranges::any_of(before.milestones, known) || std::ranges::any_of(reached, told)) return;
    reached.push_back(MilestoneReached{rule.name, rule.description, message, now});
  };
  for (const Event& event : events) {
    const auto* reported = std::get_if<Reported>(&event);
    const At stage = stage_of(event);
    for (const MilestoneRule& rule : policy.milestones) {
      const bool named = reported != nullptr && reported->report.milestone == rule.name && counts(before, *reported);
      if (named || (rule.at != At::report && rule.at <= stage)) reach(rule, reported == nullptr ? "" : reported->report.message);
    }
  }
  std::ranges::move(reached, std::back_inserter(events));
}

bool says_partly(const Event& event) {
  const auto* reported = std::get_if<Reported>(&event);
  return reported != nullptr && reported->disposition == Disposition::applied && reported->report.kind == ReportKind::partial;
}

void add(Values& outputs, const Values& more) {
  for (const auto& [name, value] : more) outputs[name] = value;
}

/// "Nothing is left behind" is said of an attempt. Where an earlier one left a part, that part is still there.
std::optional<PartlyActivated> partly_after_all(const Event& event) {
  if (const auto* failed = std::get_if<Failed>(&event)) {
    const Fault& fault = failed->fault;
    const std::string code = fault.code == kPartialActivation && !fault.message.empty() ? "" : fault.code;
    return PartlyActivated{{}, code + (code.empty() || fault.message.empty() ? "" : ": ") + fault.message, failed->then};
  }
  if (const auto* cancelled = std::get_if<Cancelled>(&event)) return PartlyActivated{{}, cancelled->reason};
  return std::nullopt;
}

bool starts(const Event& event) { return std::holds_alternative<Queued>(event) || std::holds_alternative<TaskOpened>(event); }

}  // namespace

void keep_what_is_there(const State& before, std::vector<Event>& events) {
  if (!before.partly && std::ranges::none_of(events, says_partly)) return;
  Values outputs = before.outputs;
  for (Event& event : events) {
    if (says_partly(event)) add(outputs, std::get<Reported>(event).report.outputs);
    if (auto* completed = std::get_if<Completed>(&event)) {
      add(outputs, completed->outputs);
      completed->outputs = outputs;
    }
    if (auto instead = partly_after_all(event)) event = *std::move(instead);
    if (auto* partly = std::get_if<PartlyActivated>(&event)) partly->outputs = outputs;
  }
}

void add_progress(const State& before, const ServiceSpecification& policy, Instant now, std::vector<Event>& events) {
  // A retry does not begin anew: what it is expected to take counts from the start.
  const bool idle = before.status == Status::waiting || is_final(before.status);
  if (before.requested_completion && idle && std::ranges::any_of(events, starts))
    events.push_back(Expected{now + policy.expected_duration});
  // What undoes a service order has reached nothing that anybody waited for.
  if (!policy.milestones.empty() && before.spec.undoes.empty()) add_milestones(before, policy, now, events);
}

JeopardyRaised run_over(const State& s, Instant now) {
  const Instant expected = s.expected.value_or(now);
  std::string cause = "was expected to be done by " + comd::to_text(expected) + ": " + explain(s).because;
  if (s.attempt > 1) cause += ", attempt " + std::to_string(s.attempt);
  return {std::move(cause), expected, now};
}

}  // namespace comd::service_order
