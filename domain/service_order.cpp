#include "domain/overload.h"
#include "domain/service_order_steps.h"
#include "domain/views.h"

namespace comd::service_order {

std::string_view to_text(Status status) {
  switch (status) {
    case Status::absent: return "absent";
    case Status::waiting: return "waiting";
    case Status::queued: return "queued";
    case Status::submitted: return "submitted";
    case Status::acknowledged: return "acknowledged";
    case Status::in_progress: return "inProgress";
    case Status::pending_external: return "pendingExternal";
    case Status::completed: return "completed";
    case Status::partial: return "partial";
    case Status::failed: return "failed";
    case Status::rejected: return "rejected";
    case Status::cancelled: return "cancelled";
    case Status::in_doubt: return "inDoubt";
    case Status::retry_waiting: return "retryWaiting";
    case Status::held: return "held";
    case Status::awaiting_person: return "awaitingPerson";
  }
  return "unknown";
}

bool is_final(Status status) {
  return status == Status::completed || status == Status::partial || status == Status::failed || status == Status::rejected ||
         status == Status::cancelled;
}

std::string_view to_text(ReportKind kind) {
  switch (kind) {
    case ReportKind::acknowledged: return "acknowledged";
    case ReportKind::rejected: return "rejected";
    case ReportKind::in_progress: return "inProgress";
    case ReportKind::pending_external: return "pendingExternal";
    case ReportKind::completed: return "completed";
    case ReportKind::partial: return "partialActivation";
    case ReportKind::failed: return "failed";
    case ReportKind::cancelled: return "cancelled";
    case ReportKind::cancel_refused: return "cancelRefused";
    case ReportKind::ponr_reached: return "ponrReached";
    case ReportKind::expected_date: return "expectedDate";
  }
  return "unknown";
}

std::string_view to_text(Disposition disposition) {
  switch (disposition) {
    case Disposition::applied: return "applied";
    case Disposition::late: return "late";
    case Disposition::stale_attempt: return "staleAttempt";
    case Disposition::contradictory: return "contradictory";
    case Disposition::repeated: return "repeated";
  }
  return "unknown";
}

std::string attempt_key(const ServiceOrderId& id, std::uint32_t attempt) { return id.value + "#" + std::to_string(attempt); }

std::string ask_key(const State& s) { return attempt_key(s.spec.id, s.attempt) + "?" + std::to_string(s.asks); }

namespace {

/// The timers of the step that ends are dropped; a running cancellation or amendment and the expected end keep their own.
void restart_timers(State& s, std::initializer_list<std::pair<std::string_view, Instant>> timers) {
  std::erase_if(s.timers,
                [](const auto& t) { return t.first != kCancelTimer && t.first != kAmendTimer && t.first != kExpectedTimer; });
  for (const auto& [name, due] : timers)
    if (due != Instant{}) s.timers[std::string(name)] = due;
}

/// What an earlier attempt had reached is gone with it.
void begin_attempt(State& s, std::uint32_t attempt) {
  if (attempt != s.attempt) s.milestones.clear();
  s.attempt = attempt;
}

void expect(State& s, Instant completion) {
  s.expected = completion;
  s.jeopardy.reset();
  s.timers[std::string(kExpectedTimer)] = completion;
}

/// As if nobody had asked; but a question that is asked later is another one.
void forget_cancellation(State& s) {
  s.cancel_wanted = s.cancel_if_agreed = s.cancel_calling = false;
  ++s.cancel_attempts;
}

void finish(State& s, Status status) {
  s.status = status;
  s.timers.clear();
  s.jeopardy.reset();
  s.cancel_calling = false;
  if (s.cancel_if_agreed) forget_cancellation(s);  // it may be started anew
  forget_amendment(s);
}

void apply(State& s, const Reported& e) {
  const Report& report = e.report;
  if (s.reports.size() < kReportsKept) s.reports.insert(report.id);
  ++s.reports_taken;
  if (e.disposition == Disposition::contradictory) ++s.contradictions;
  if (e.disposition != Disposition::applied) return;
  if (!report.message.empty()) s.note = report.message;
  auto live = [&](Status status) {
    s.status = status;
    s.doubts = 0;
    s.ask = false;
    s.sent = true;
    restart_timers(s, {{kSilenceTimer, e.silence_by}, {kCompleteTimer, e.complete_by}});
  };
  switch (report.kind) {
    case ReportKind::acknowledged: return live(Status::acknowledged);
    case ReportKind::in_progress: return live(Status::in_progress);
    case ReportKind::pending_external: return live(Status::pending_external);
    case ReportKind::ponr_reached: s.ponr_reached = true; return;
    case ReportKind::partial:
      s.partly = true;
      for (const auto& [name, value] : report.outputs) s.outputs[name] = value;
      return;
    case ReportKind::expected_date:
      s.expected = report.expected;
      if (s.requested_completion && report.expected) {
        expect(s, *report.expected);
        ++s.expectations;
      }
      return;
    default: return;  // what ends an attempt is told by the event that follows
  }
}

void apply(State& s, const Held& e) {
  if (e.reviews == 0) ++s.holds;
  s.reviews = e.reviews;
  s.status = Status::held;
  s.fault = e.fault;
  s.sent = e.in_doubt;
  if (e.reviews == 0) s.person_since = e.at;
  restart_timers(s, {{kReviewTimer, e.review_at}});
}

void apply(State& s, const CancelAnswered& e) {
  s.cancel_calling = false;
  s.timers.erase(std::string(kCancelTimer));
  if (e.accepted) {
    s.cancel_refused = false;
    s.timers[std::string(kCancelTimer)] = e.deadline;
    return;
  }
  s.cancel_refused = true;
  if (!s.cancel_if_agreed) return;
  forget_cancellation(s);
  s.cancel_reason.clear();
  s.note = e.detail;
  ++s.refusals;
}

void apply(State& s, const Intervened& e) {
  s.interventions.add(e.what.id);
  if (e.reopened) ++s.reopens;
  if (e.what.remedy == Remedy::assign) s.assignee = e.what.assignee;
  s.skipped_by_hand = e.what.remedy == Remedy::skip;
  s.note = e.what.by + ": " + e.what.reason;
}

}  // namespace

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Opened& e) {
                   s.status = Status::waiting;
                   s.spec = e.spec;
                   s.inputs = e.spec.characteristics;
                   restart_timers(s, {{kPrerequisiteTimer, e.review_at}});
                 },
                 [&](const StillWaiting& e) {
                   s.reviews = e.reviews;
                   restart_timers(s, {{kPrerequisiteTimer, e.next}});
                 },
                 [&](const Queued& e) {
                   if (e.attempt != s.attempt) s.sent = false;
                   s.status = Status::queued;
                   begin_attempt(s, e.attempt);
                   s.inputs = e.inputs;
                   s.call_timeout = e.call_timeout;
                   s.ask = false;
                   restart_timers(s, {{kQueueTimer, e.deadline}});
                 },
                 [&](const Sent& e) {
                   s.status = Status::submitted;
                   s.sent = true;
                   s.sent_at = e.at;
                   restart_timers(s, {{kAnswerTimer, e.answer_by}});
                 },
                 [&](const Accepted& e) {
                   s.status = Status::submitted;
                   s.reference = e.reference;
                   s.ask = false;
                   restart_timers(s, {{kAcknowledgeTimer, e.acknowledge_by}, {kCompleteTimer, e.complete_by}});
                 },
                 [&](const Doubted& e) {
                   s.status = Status::in_doubt;
                   s.fault = e.fault;
                   s.doubts = e.doubts;
                   s.ask = e.ask;
                   s.asks += e.ask ? 1 : 0;
                   s.next_step = e.next_step;
                   restart_timers(s, {{kDoubtTimer, e.ask ? e.answer_by : e.next_step}});
                 },
                 [&](const RetryScheduled& e) {
                   s.status = Status::retry_waiting;
                   s.fault = e.fault;
                   s.sent = false;
                   ++s.failures;
                   restart_timers(s, {{kRetryTimer, e.due}});
                 },
                 [&](const Reported& e) { apply(s, e); },
                 [&](const CancelRequested& e) {
                   s.cancel_wanted = true;
                   s.cancel_calling = true;
                   s.cancel_if_agreed = e.only_if_agreed;
                   s.cancel_reason = e.reason;
                   s.timers[std::string(kCancelTimer)] = e.deadline;
                 },
                 [&](const CancelAnswered& e) { apply(s, e); },
                 [&](const CancelUnanswered& e) {
                   s.cancel_calling = true;
                   s.cancel_attempts = e.attempts;
                   s.cancel_next = e.next;
                   s.timers[std::string(kCancelTimer)] = e.deadline;
                 },
                 [&](const Held& e) { apply(s, e); },
                 [&](const Completed& e) {
                   s.outputs = e.outputs;
                   finish(s, Status::completed);
                 },
                 [&](const PartlyActivated& e) {
                   s.outputs = e.outputs;
                   s.partly = true;
                   s.note = e.detail;
                   s.then = e.then;
                   finish(s, Status::partial);
                 },
                 [&](const Failed& e) {
                   s.fault = e.fault;
                   s.then = e.then;
                   s.failures = e.attempts;
                   finish(s, e.rejected ? Status::rejected : Status::failed);
                 },
                 [&](const Cancelled& e) {
                   s.cancel_reason = e.reason;
                   finish(s, Status::cancelled);
                 },
                 [&](const Nudged& e) { s.nudges = e.count; },
                 [&](const TaskOpened& e) {
                   s.status = Status::awaiting_person;
                   begin_attempt(s, e.attempt);
                   s.inputs = e.inputs;
                   s.sent = false;
                   s.person_since = e.at;
                   restart_timers(s, {{kTaskTimer, e.deadline}});
                 },
                 [&](const TaskOverdue& e) {
                   s.overdue = e.count;
                   restart_timers(s, {{kTaskTimer, e.next}});
                 },
                 [&](const Intervened& e) { apply(s, e); },
                 [&](const Dated& e) { s.requested_completion = e.requested_completion; },
                 [&](const Expected& e) { expect(s, e.completion); },
                 [&](const JeopardyRaised& e) {
                   s.jeopardy = e;
                   s.timers.erase(std::string(kExpectedTimer));
                 },
                 [&](const MilestoneReached& e) { s.milestones.push_back(e); },
                 [&](const Archived&) { s.archived = true; },
                 [&](const Prioritised& e) { s.spec.priority = e.priority; },
                 [&](const Deferred& e) { s.timers[e.timer] = e.until; },
                 [&](const AmendRequested& e) { apply(s, e); },
                 [&](const AmendAnswered& e) { apply(s, e); },
                 [&](const AmendUnanswered& e) { apply(s, e); },
             },
             event);
}

namespace {

std::string reason_of(const State& s, std::string_view timer) {
  if (timer == kQueueTimer) return "queued for " + s.spec.target;
  if (timer == kAnswerTimer) return "call to " + s.spec.target + " not answered yet";
  if (timer == kAcknowledgeTimer) return "first sign of life from " + s.spec.target;
  if (timer == kSilenceTimer)
    return s.status == Status::pending_external ? s.spec.target + " waits for a third party"
                                                : "next sign of life from " + s.spec.target;
  if (timer == kCompleteTimer) return "completion by " + s.spec.target;
  if (timer == kDoubtTimer) return s.ask ? "answer of " + s.spec.target + " to what became of it" : "sending the same key again";
  if (timer == kRetryTimer) return "retry after " + s.fault.code;
  if (timer == kCancelTimer) return "cancellation by " + s.spec.target;
  if (timer == kAmendTimer) return "amendment by " + s.spec.target;
  if (timer == kReviewTimer) return "a person's decision";
  if (timer == kPrerequisiteTimer) return "prerequisites";
  if (timer == kExpectedTimer) return "its expected end: later than that it takes longer than it should";
  if (timer == kTaskTimer) return s.assignee.empty() ? "a person's work" : "the work of " + s.assignee;
  return std::string(timer);
}

void add_effects(const State& s, Agenda& out) {
  auto deadline = [&](std::string_view timer) {
    auto found = s.timers.find(timer);
    return found == s.timers.end() ? Instant{} : found->second;
  };
  if (s.status == Status::queued)
    out.effects.push_back({attempt_key(s.spec.id, s.attempt),
                           EffectKind::submit,
                           s.spec.target,
                           {},
                           deadline(kQueueTimer),
                           true,
                           s.call_timeout,
                           s.spec.priority});
  if (s.status == Status::in_doubt && s.ask)
    out.effects.push_back(
        {ask_key(s), EffectKind::ask, s.spec.target, s.next_step, deadline(kDoubtTimer), false, s.call_timeout, s.spec.priority});
  if (s.cancel_calling)
    out.effects.push_back({attempt_key(s.spec.id, s.attempt) + "!" + std::to_string(s.cancel_attempts), EffectKind::cancel,
                           s.spec.target, s.cancel_next, deadline(kCancelTimer), false, s.call_timeout, s.spec.priority});
  if (s.amendment)
    out.effects.push_back({amend_key(s), EffectKind::amend, s.spec.target, s.amend_next, deadline(kAmendTimer), false,
                           s.call_timeout, s.spec.priority});
}

}  // namespace

Agenda agenda(const State& s) {
  Agenda out;
  if (s.status == Status::absent || s.archived) return out;  // an archived one is known by its order
  add_effects(s, out);
  const StreamId parent = stream_of(s.spec.order);
  if (is_final(s.status)) {
    const std::uint32_t told = s.nudges + s.reopens;
    out.tells.push_back({parent, told == 0 ? "settled" : "settled#" + std::to_string(told)});
  } else if (s.status == Status::held)
    out.tells.push_back({parent, "held#" + std::to_string(s.holds)});
  else if (s.holds > 0)
    out.tells.push_back({parent, "resumed#" + std::to_string(s.holds)});
  if (s.ponr_reached && !is_final(s.status)) out.tells.push_back({parent, "ponr"});
  if (s.refusals > 0 && !is_final(s.status)) out.tells.push_back({parent, "cancel-refused#" + std::to_string(s.refusals)});
  if (s.amend_answer && !is_final(s.status)) out.tells.push_back({parent, "amended#" + std::to_string(s.amend_answer->revision)});
  if (s.expectations > 0 && !is_final(s.status)) out.tells.push_back({parent, "expected#" + std::to_string(s.expectations)});
  for (const auto& [name, due] : s.timers) out.wakeups.push_back({name, due, reason_of(s, name)});
  views::add_rows(s, out);
  out.counters.push_back("service_orders{tenant=\"" + s.spec.tenant.value + "\",target=\"" + s.spec.target + "\",state=\"" +
                         std::string(to_text(s.status)) + "\"}");
  return out;
}

ActivationRequest request_of(const State& s, const Effect& effect) {
  ActivationRequest out;
  out.service_order = s.spec.id;
  out.order = s.spec.order;
  out.tenant = s.spec.tenant;
  out.item = s.spec.item;
  out.service = s.spec.service;
  out.specification = s.spec.specification;
  out.action = s.spec.action;
  out.revision = s.spec.revision;
  out.attempt = s.attempt;
  out.priority = s.spec.priority;
  out.characteristics = s.inputs;
  out.previous = s.spec.previous;
  out.compensation = !s.spec.undoes.empty();
  if (effect.kind == EffectKind::cancel) out.reason = s.cancel_reason;
  if (effect.kind == EffectKind::amend && s.amendment) {
    out.revision = s.amendment->revision;
    out.characteristics = s.amendment->inputs;
  }
  return out;
}

}  // namespace comd::service_order
