#include "events/shared_fields.h"

/// Events 201 to 299, of "so-…" streams.
namespace comd::events::v1 {

namespace so = comd::service_order;

template <>
struct Known<so::Disposition> {
  static constexpr auto valid = Disposition_IsValid;
  static constexpr auto name = "disposition";
};

void fields(auto& c, Is<so::Opened> auto& e) {
  using M = ServiceOrderOpened;
  c(M::kSpecFieldNumber, e.spec);
  c(M::kReviewAtFieldNumber, e.review_at);
}

void fields(auto& c, Is<so::StillWaiting> auto& e) {
  using M = ServiceOrderStillWaiting;
  c(M::kReviewsFieldNumber, e.reviews);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<so::Queued> auto& e) {
  using M = ServiceOrderQueued;
  c(M::kAttemptFieldNumber, e.attempt);
  c(M::kInputsFieldNumber, e.inputs);
  c(M::kDeadlineFieldNumber, e.deadline);
  c(M::kCallTimeoutFieldNumber, e.call_timeout);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<so::Sent> auto& e) {
  using M = ServiceOrderSent;
  c(M::kAttemptFieldNumber, e.attempt);
  c(M::kAtFieldNumber, e.at);
  c(M::kAnswerByFieldNumber, e.answer_by);
}

void fields(auto& c, Is<so::Accepted> auto& e) {
  using M = ServiceOrderAccepted;
  c(M::kReferenceFieldNumber, e.reference);
  c(M::kAcknowledgeByFieldNumber, e.acknowledge_by);
  c(M::kCompleteByFieldNumber, e.complete_by);
}

void fields(auto& c, Is<so::Doubted> auto& e) {
  using M = ServiceOrderDoubted;
  c(M::kFaultFieldNumber, e.fault);
  c(M::kDoubtsFieldNumber, e.doubts);
  c(M::kAskFieldNumber, e.ask);
  c(M::kNextStepFieldNumber, e.next_step);
  c(M::kAnswerByFieldNumber, e.answer_by);
}

void fields(auto& c, Is<so::RetryScheduled> auto& e) {
  using M = ServiceOrderRetryScheduled;
  c(M::kFaultFieldNumber, e.fault);
  c(M::kAttemptFieldNumber, e.attempt);
  c(M::kDelayFieldNumber, e.delay);
  c(M::kDueFieldNumber, e.due);
}

void fields(auto& c, Is<so::Reported> auto& e) {
  using M = ServiceOrderReported;
  c(M::kReportFieldNumber, e.report);
  c(M::kDispositionFieldNumber, e.disposition);
  c(M::kSilenceByFieldNumber, e.silence_by);
  c(M::kCompleteByFieldNumber, e.complete_by);
}

void fields(auto& c, Is<so::CancelRequested> auto& e) {
  using M = ServiceOrderCancelRequested;
  c(M::kReasonFieldNumber, e.reason);
  c(M::kDeadlineFieldNumber, e.deadline);
  c(M::kOnlyIfAgreedFieldNumber, e.only_if_agreed);
}

void fields(auto& c, Is<so::CancelAnswered> auto& e) {
  using M = ServiceOrderCancelAnswered;
  c(M::kAcceptedFieldNumber, e.accepted);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<so::CancelUnanswered> auto& e) {
  using M = ServiceOrderCancelUnanswered;
  c(M::kFaultFieldNumber, e.fault);
  c(M::kAttemptsFieldNumber, e.attempts);
  c(M::kNextFieldNumber, e.next);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<so::Held> auto& e) {
  using M = ServiceOrderHeld;
  c(M::kFaultFieldNumber, e.fault);
  c(M::kInDoubtFieldNumber, e.in_doubt);
  c(M::kReviewAtFieldNumber, e.review_at);
  c(M::kReviewsFieldNumber, e.reviews);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<so::Completed> auto& e) {
  using M = ServiceOrderCompleted;
  c(M::kOutputsFieldNumber, e.outputs);
}

void fields(auto& c, Is<so::PartlyActivated> auto& e) {
  using M = ServiceOrderPartlyActivated;
  c(M::kOutputsFieldNumber, e.outputs);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kThenFieldNumber, e.then, comd::Then::fail);
}

void fields(auto& c, Is<so::Failed> auto& e) {
  using M = ServiceOrderFailed;
  c(M::kFaultFieldNumber, e.fault);
  c(M::kThenFieldNumber, e.then);
  c(M::kRejectedFieldNumber, e.rejected);
  c(M::kAttemptsFieldNumber, e.attempts);
}

void fields(auto& c, Is<so::Cancelled> auto& e) {
  using M = ServiceOrderCancelled;
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<so::Nudged> auto& e) {
  using M = ServiceOrderNudged;
  c(M::kCountFieldNumber, e.count);
}

void fields(auto& c, Is<so::TaskOpened> auto& e) {
  using M = ServiceOrderTaskOpened;
  c(M::kAttemptFieldNumber, e.attempt);
  c(M::kInputsFieldNumber, e.inputs);
  c(M::kAtFieldNumber, e.at);
  c(M::kDeadlineFieldNumber, e.deadline);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<so::TaskOverdue> auto& e) {
  using M = ServiceOrderTaskOverdue;
  c(M::kCountFieldNumber, e.count);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<so::Intervened> auto& e) {
  using M = ServiceOrderIntervened;
  c(M::kWhatFieldNumber, e.what);
  c(M::kReopenedFieldNumber, e.reopened);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<so::Dated> auto& e) {
  using M = ServiceOrderDated;
  c(M::kRequestedCompletionFieldNumber, e.requested_completion);
}

void fields(auto& c, Is<so::Expected> auto& e) {
  using M = ServiceOrderExpected;
  c(M::kCompletionFieldNumber, e.completion);
}

void fields(auto& c, Is<so::JeopardyRaised> auto& e) {
  using M = ServiceOrderJeopardyRaised;
  c(M::kCauseFieldNumber, e.cause);
  c(M::kExpectedFieldNumber, e.expected);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<so::MilestoneReached> auto& e) {
  using M = ServiceOrderMilestoneReached;
  c(M::kNameFieldNumber, e.name);
  c(M::kDescriptionFieldNumber, e.description);
  c(M::kMessageFieldNumber, e.message);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<so::Archived> auto& e) {
  using M = ServiceOrderArchived;
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<so::Prioritised> auto& e) {
  using M = ServiceOrderPrioritised;
  c(M::kPriorityFieldNumber, e.priority);
}

void fields(auto& c, Is<so::AmendRequested> auto& e) {
  using M = ServiceOrderAmendRequested;
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kInputsFieldNumber, e.inputs);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<so::AmendAnswered> auto& e) {
  using M = ServiceOrderAmendAnswered;
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kAcceptedFieldNumber, e.accepted);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kInDoubtFieldNumber, e.in_doubt);
}

void fields(auto& c, Is<so::AmendUnanswered> auto& e) {
  using M = ServiceOrderAmendUnanswered;
  c(M::kFaultFieldNumber, e.fault);
  c(M::kAttemptsFieldNumber, e.attempts);
  c(M::kNextFieldNumber, e.next);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<so::Deferred> auto& e) {
  using M = ServiceOrderDeferred;
  c(M::kTimerFieldNumber, e.timer);
  c(M::kUntilFieldNumber, e.until);
  c(M::kReasonFieldNumber, e.reason);
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

void pack(const so::Event& event, Writer& to) { pack<AllRows>(event, to); }

void unpack_service_order(const Envelope& from, AnyEvent& to, Trouble& trouble) {
  unpack<so::Event>(AllRows{}, from, to, trouble);
}

}  // namespace comd::events::v1
