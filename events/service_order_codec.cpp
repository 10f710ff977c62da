#include "events/codec.h"

/// Events 201 to 299, of "so-…" streams.
namespace comd::events::v1 {

namespace so = comd::service_order;

void put(const so::Spec& from, Spec& to) {
  to.set_id(from.id.value);
  to.set_order(from.order.value);
  to.set_tenant(from.tenant.value);
  to.set_item(from.item);
  to.set_unit(from.unit);
  to.set_site(from.site);
  to.set_key(from.key);
  to.set_service(from.service.value);
  to.set_specification(from.specification);
  to.set_catalog_version(from.catalog_version);
  to.set_target(from.target);
  to.set_action(static_cast<Action>(from.action));
  to.set_revision(from.revision);
  to.set_optional(from.optional);
  to.set_priority(from.priority);
  to.set_undoes(from.undoes.value);
  to.set_replaces(from.replaces.value);
  put(from.characteristics, *to.mutable_characteristics());
  put(from.previous, *to.mutable_previous());
  for (const so::Binding& binding : from.bindings) {
    Binding& b = *to.add_bindings();
    b.set_name(binding.name);
    b.set_from(binding.from.value);
    b.set_output(binding.output);
    b.set_required(binding.required);
  }
  put(from.depends_on, *to.mutable_depends_on());
}

void get(const Spec& from, so::Spec& to, Trouble& trouble) {
  to.id.value = from.id();
  to.order.value = from.order();
  to.tenant.value = from.tenant();
  to.item = from.item();
  to.unit = from.unit();
  to.site = from.site();
  to.key = from.key();
  to.service.value = from.service();
  to.specification = from.specification();
  to.catalog_version = from.catalog_version();
  to.target = from.target();
  to.action = enum_of<comd::Action>(from.action(), Action_IsValid, "action", trouble);
  to.revision = from.revision();
  to.optional = from.optional();
  to.priority = byte_of(from.priority(), "a priority", trouble);
  to.undoes.value = from.undoes();
  to.replaces.value = from.replaces();
  get(from.characteristics(), to.characteristics);
  get(from.previous(), to.previous);
  for (const Binding& b : from.bindings()) to.bindings.push_back({b.name(), ServiceOrderId{b.from()}, b.output(), b.required()});
  get(from.depends_on(), to.depends_on);
}

void put(const std::vector<so::Spec>& specs, RepeatedPtrField<Spec>& to) {
  to.Reserve(static_cast<int>(specs.size()));
  for (const so::Spec& spec : specs) put(spec, *to.Add());
}

void get(const RepeatedPtrField<Spec>& from, std::vector<so::Spec>& specs, Trouble& trouble) {
  specs.reserve(static_cast<std::size_t>(from.size()));
  for (const Spec& spec : from) get(spec, specs.emplace_back(), trouble);
}

void put(const so::Report& from, Report& to) {
  to.set_id(from.id);
  to.set_kind(static_cast<ReportKind>(from.kind));
  to.set_attempt(from.attempt);
  put(from.outputs, *to.mutable_outputs());
  put(from.fault, *to.mutable_fault());
  to.set_message(from.message);
  if (from.expected) to.set_expected(put_time(*from.expected));
  to.set_reporter(from.reporter);
  to.set_milestone(from.milestone);
}

void get(const Report& from, so::Report& to, Trouble& trouble) {
  to.id = from.id();
  to.kind = enum_of<so::ReportKind>(from.kind(), ReportKind_IsValid, "report kind", trouble);
  to.attempt = from.attempt();
  get(from.outputs(), to.outputs);
  get(from.fault(), to.fault, trouble);
  to.message = from.message();
  if (from.has_expected()) to.expected = get_time(from.expected());
  to.reporter = from.reporter();
  to.milestone = from.milestone();
}

void put(const so::Opened& e, ServiceOrderOpened& m) {
  put(e.spec, *m.mutable_spec());
  m.set_review_at(put_time(e.review_at));
}
void get(const ServiceOrderOpened& m, so::Opened& e, Trouble& t) {
  get(m.spec(), e.spec, t);
  e.review_at = get_time(m.review_at());
}

void put(const so::StillWaiting& e, ServiceOrderStillWaiting& m) {
  m.set_reviews(e.reviews);
  m.set_next(put_time(e.next));
}
void get(const ServiceOrderStillWaiting& m, so::StillWaiting& e, Trouble&) {
  e.reviews = m.reviews();
  e.next = get_time(m.next());
}

void put(const so::Queued& e, ServiceOrderQueued& m) {
  m.set_attempt(e.attempt);
  put(e.inputs, *m.mutable_inputs());
  m.set_deadline(put_time(e.deadline));
  m.set_call_timeout(e.call_timeout.count());
  m.set_reason(e.reason);
}
void get(const ServiceOrderQueued& m, so::Queued& e, Trouble&) {
  e.attempt = m.attempt();
  get(m.inputs(), e.inputs);
  e.deadline = get_time(m.deadline());
  e.call_timeout = Millis{m.call_timeout()};
  e.reason = m.reason();
}

void put(const so::Sent& e, ServiceOrderSent& m) {
  m.set_attempt(e.attempt);
  m.set_at(put_time(e.at));
  m.set_answer_by(put_time(e.answer_by));
}
void get(const ServiceOrderSent& m, so::Sent& e, Trouble&) {
  e.attempt = m.attempt();
  e.at = get_time(m.at());
  e.answer_by = get_time(m.answer_by());
}

void put(const so::Accepted& e, ServiceOrderAccepted& m) {
  m.set_reference(e.reference);
  m.set_acknowledge_by(put_time(e.acknowledge_by));
  m.set_complete_by(put_time(e.complete_by));
}
void get(const ServiceOrderAccepted& m, so::Accepted& e, Trouble&) {
  e.reference = m.reference();
  e.acknowledge_by = get_time(m.acknowledge_by());
  e.complete_by = get_time(m.complete_by());
}

void put(const so::Doubted& e, ServiceOrderDoubted& m) {
  put(e.fault, *m.mutable_fault());
  m.set_doubts(e.doubts);
  m.set_ask(e.ask);
  m.set_next_step(put_time(e.next_step));
  m.set_answer_by(put_time(e.answer_by));
}
void get(const ServiceOrderDoubted& m, so::Doubted& e, Trouble& t) {
  get(m.fault(), e.fault, t);
  e.doubts = m.doubts();
  e.ask = m.ask();
  e.next_step = get_time(m.next_step());
  e.answer_by = get_time(m.answer_by());
}

void put(const so::RetryScheduled& e, ServiceOrderRetryScheduled& m) {
  put(e.fault, *m.mutable_fault());
  m.set_attempt(e.attempt);
  m.set_delay(e.delay.count());
  m.set_due(put_time(e.due));
}
void get(const ServiceOrderRetryScheduled& m, so::RetryScheduled& e, Trouble& t) {
  get(m.fault(), e.fault, t);
  e.attempt = m.attempt();
  e.delay = Millis{m.delay()};
  e.due = get_time(m.due());
}

void put(const so::Reported& e, ServiceOrderReported& m) {
  put(e.report, *m.mutable_report());
  m.set_disposition(static_cast<Disposition>(e.disposition));
  m.set_silence_by(put_time(e.silence_by));
  m.set_complete_by(put_time(e.complete_by));
}
void get(const ServiceOrderReported& m, so::Reported& e, Trouble& t) {
  get(m.report(), e.report, t);
  e.disposition = enum_of<so::Disposition>(m.disposition(), Disposition_IsValid, "disposition", t);
  e.silence_by = get_time(m.silence_by());
  e.complete_by = get_time(m.complete_by());
}

void put(const so::CancelRequested& e, ServiceOrderCancelRequested& m) {
  m.set_reason(e.reason);
  m.set_deadline(put_time(e.deadline));
  m.set_only_if_agreed(e.only_if_agreed);
}
void get(const ServiceOrderCancelRequested& m, so::CancelRequested& e, Trouble&) {
  e.reason = m.reason();
  e.deadline = get_time(m.deadline());
  e.only_if_agreed = m.only_if_agreed();
}

void put(const so::CancelAnswered& e, ServiceOrderCancelAnswered& m) {
  m.set_accepted(e.accepted);
  m.set_detail(e.detail);
  m.set_deadline(put_time(e.deadline));
}
void get(const ServiceOrderCancelAnswered& m, so::CancelAnswered& e, Trouble&) {
  e.accepted = m.accepted();
  e.detail = m.detail();
  e.deadline = get_time(m.deadline());
}

void put(const so::CancelUnanswered& e, ServiceOrderCancelUnanswered& m) {
  put(e.fault, *m.mutable_fault());
  m.set_attempts(e.attempts);
  m.set_next(put_time(e.next));
  m.set_deadline(put_time(e.deadline));
}
void get(const ServiceOrderCancelUnanswered& m, so::CancelUnanswered& e, Trouble& t) {
  get(m.fault(), e.fault, t);
  e.attempts = m.attempts();
  e.next = get_time(m.next());
  e.deadline = get_time(m.deadline());
}

void put(const so::Held& e, ServiceOrderHeld& m) {
  put(e.fault, *m.mutable_fault());
  m.set_in_doubt(e.in_doubt);
  m.set_review_at(put_time(e.review_at));
  m.set_reviews(e.reviews);
  m.set_at(put_time(e.at));
}
void get(const ServiceOrderHeld& m, so::Held& e, Trouble& t) {
  get(m.fault(), e.fault, t);
  e.in_doubt = m.in_doubt();
  e.review_at = get_time(m.review_at());
  e.reviews = m.reviews();
  e.at = get_time(m.at());
}

void put(const so::Completed& e, ServiceOrderCompleted& m) { put(e.outputs, *m.mutable_outputs()); }
void get(const ServiceOrderCompleted& m, so::Completed& e, Trouble&) { get(m.outputs(), e.outputs); }

void put(const so::PartlyActivated& e, ServiceOrderPartlyActivated& m) {
  put(e.outputs, *m.mutable_outputs());
  m.set_detail(e.detail);
  if (e.then != comd::Then::fail) m.set_then(static_cast<Then>(e.then));
}
void get(const ServiceOrderPartlyActivated& m, so::PartlyActivated& e, Trouble& t) {
  get(m.outputs(), e.outputs);
  e.detail = m.detail();
  if (m.then() != THEN_UNSET) e.then = enum_of<comd::Then>(m.then(), Then_IsValid, "step after failure", t);
}

void put(const so::Failed& e, ServiceOrderFailed& m) {
  put(e.fault, *m.mutable_fault());
  m.set_then(static_cast<Then>(e.then));
  m.set_rejected(e.rejected);
  m.set_attempts(e.attempts);
}
void get(const ServiceOrderFailed& m, so::Failed& e, Trouble& t) {
  get(m.fault(), e.fault, t);
  e.then = enum_of<comd::Then>(m.then(), Then_IsValid, "step after failure", t);
  e.rejected = m.rejected();
  e.attempts = m.attempts();
}

void put(const so::Cancelled& e, ServiceOrderCancelled& m) { m.set_reason(e.reason); }
void get(const ServiceOrderCancelled& m, so::Cancelled& e, Trouble&) { e.reason = m.reason(); }

void put(const so::Nudged& e, ServiceOrderNudged& m) { m.set_count(e.count); }
void get(const ServiceOrderNudged& m, so::Nudged& e, Trouble&) { e.count = m.count(); }

void put(const so::TaskOpened& e, ServiceOrderTaskOpened& m) {
  m.set_attempt(e.attempt);
  put(e.inputs, *m.mutable_inputs());
  m.set_at(put_time(e.at));
  m.set_deadline(put_time(e.deadline));
  m.set_reason(e.reason);
}
void get(const ServiceOrderTaskOpened& m, so::TaskOpened& e, Trouble&) {
  e.attempt = m.attempt();
  get(m.inputs(), e.inputs);
  e.at = get_time(m.at());
  e.deadline = get_time(m.deadline());
  e.reason = m.reason();
}

void put(const so::TaskOverdue& e, ServiceOrderTaskOverdue& m) {
  m.set_count(e.count);
  m.set_next(put_time(e.next));
}
void get(const ServiceOrderTaskOverdue& m, so::TaskOverdue& e, Trouble&) {
  e.count = m.count();
  e.next = get_time(m.next());
}

void put(const so::Intervened& e, ServiceOrderIntervened& m) {
  put(e.what, *m.mutable_what());
  m.set_reopened(e.reopened);
  m.set_at(put_time(e.at));
}
void get(const ServiceOrderIntervened& m, so::Intervened& e, Trouble& t) {
  get(m.what(), e.what, t);
  e.reopened = m.reopened();
  e.at = get_time(m.at());
}

void put(const so::Dated& e, ServiceOrderDated& m) { m.set_requested_completion(put_time(e.requested_completion)); }
void get(const ServiceOrderDated& m, so::Dated& e, Trouble&) { e.requested_completion = get_time(m.requested_completion()); }

void put(const so::Expected& e, ServiceOrderExpected& m) { m.set_completion(put_time(e.completion)); }
void get(const ServiceOrderExpected& m, so::Expected& e, Trouble&) { e.completion = get_time(m.completion()); }

void put(const so::JeopardyRaised& e, ServiceOrderJeopardyRaised& m) {
  m.set_cause(e.cause);
  m.set_expected(put_time(e.expected));
  m.set_at(put_time(e.at));
}
void get(const ServiceOrderJeopardyRaised& m, so::JeopardyRaised& e, Trouble&) {
  e.cause = m.cause();
  e.expected = get_time(m.expected());
  e.at = get_time(m.at());
}

void put(const so::MilestoneReached& e, ServiceOrderMilestoneReached& m) {
  m.set_name(e.name);
  m.set_description(e.description);
  m.set_message(e.message);
  m.set_at(put_time(e.at));
}
void get(const ServiceOrderMilestoneReached& m, so::MilestoneReached& e, Trouble&) {
  e.name = m.name();
  e.description = m.description();
  e.message = m.message();
  e.at = get_time(m.at());
}

void put(const so::Archived& e, ServiceOrderArchived& m) { m.set_at(put_time(e.at)); }
void get(const ServiceOrderArchived& m, so::Archived& e, Trouble&) { e.at = get_time(m.at()); }

void put(const so::Prioritised& e, ServiceOrderPrioritised& m) { m.set_priority(e.priority); }
void get(const ServiceOrderPrioritised& m, so::Prioritised& e, Trouble& t) {
  e.priority = byte_of(m.priority(), "a priority", t);
}

namespace {

using AllRows =
    Rows_<Row<so::Opened, ServiceOrderOpened, SERVICE_ORDER_OPENED>, Row<so::Queued, ServiceOrderQueued, SERVICE_ORDER_QUEUED>,
          Row<so::Sent, ServiceOrderSent, SERVICE_ORDER_SENT>, Row<so::Accepted, ServiceOrderAccepted, SERVICE_ORDER_ACCEPTED>,
          Row<so::Doubted, ServiceOrderDoubted, SERVICE_ORDER_DOUBTED>,
          Row<so::RetryScheduled, ServiceOrderRetryScheduled, SERVICE_ORDER_RETRY_SCHEDULED>,
          Row<so::Reported, ServiceOrderReported, SERVICE_ORDER_REPORTED>,
          Row<so::CancelRequested, ServiceOrderCancelRequested, SERVICE_ORDER_CANCEL_REQUESTED>,
          Row<so::CancelAnswered, ServiceOrderCancelAnswered, SERVICE_ORDER_CANCEL_ANSWERED>,
          Row<so::CancelUnanswered, ServiceOrderCancelUnanswered, SERVICE_ORDER_CANCEL_UNANSWERED>,
          Row<so::Held, ServiceOrderHeld, SERVICE_ORDER_HELD>, Row<so::Completed, ServiceOrderCompleted, SERVICE_ORDER_COMPLETED>,
          Row<so::PartlyActivated, ServiceOrderPartlyActivated, SERVICE_ORDER_PARTLY_ACTIVATED>,
          Row<so::Failed, ServiceOrderFailed, SERVICE_ORDER_FAILED>,
          Row<so::Cancelled, ServiceOrderCancelled, SERVICE_ORDER_CANCELLED>,
          Row<so::StillWaiting, ServiceOrderStillWaiting, SERVICE_ORDER_STILL_WAITING>,
          Row<so::Nudged, ServiceOrderNudged, SERVICE_ORDER_NUDGED>,
          Row<so::TaskOpened, ServiceOrderTaskOpened, SERVICE_ORDER_TASK_OPENED>,
          Row<so::TaskOverdue, ServiceOrderTaskOverdue, SERVICE_ORDER_TASK_OVERDUE>,
          Row<so::Intervened, ServiceOrderIntervened, SERVICE_ORDER_INTERVENED>,
          Row<so::Dated, ServiceOrderDated, SERVICE_ORDER_DATED>, Row<so::Expected, ServiceOrderExpected, SERVICE_ORDER_EXPECTED>,
          Row<so::JeopardyRaised, ServiceOrderJeopardyRaised, SERVICE_ORDER_JEOPARDY_RAISED>,
          Row<so::MilestoneReached, ServiceOrderMilestoneReached, SERVICE_ORDER_MILESTONE_REACHED>,
          Row<so::Archived, ServiceOrderArchived, SERVICE_ORDER_ARCHIVED>,
          Row<so::Prioritised, ServiceOrderPrioritised, SERVICE_ORDER_PRIORITISED>,
          Row<so::Deferred, ServiceOrderDeferred, SERVICE_ORDER_DEFERRED>,
          Row<so::AmendRequested, ServiceOrderAmendRequested, SERVICE_ORDER_AMEND_REQUESTED>,
          Row<so::AmendAnswered, ServiceOrderAmendAnswered, SERVICE_ORDER_AMEND_ANSWERED>,
          Row<so::AmendUnanswered, ServiceOrderAmendUnanswered, SERVICE_ORDER_AMEND_UNANSWERED>>;

}  // namespace

void pack(const so::Event& event, Event& to) { pack<AllRows>(event, to); }

std::optional<AnyEvent> unpack_service_order(const Event& from, Trouble& trouble) {
  return unpack<so::Event>(AllRows{}, from, trouble);
}

}  // namespace comd::events::v1
