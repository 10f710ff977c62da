#include "events/order_fields.h"

/// Events 101 to 199, of "po-…" streams.
namespace comd::events::v1 {

namespace po = comd::product_order;

template <>
struct Known<comd::FailurePolicy> {
  static constexpr auto valid = FailurePolicy_IsValid;
  static constexpr auto name = "failure policy";
};
template <>
struct Known<po::Settlement> {
  static constexpr auto valid = Settlement_IsValid;
  static constexpr auto name = "settlement";
};

template <>
struct Known<po::UnwindCause> {
  static constexpr auto valid = UnwindCause_IsValid;
  static constexpr auto name = "cause of unwinding";
};

template <>
struct Known<po::JeopardyKind> {
  static constexpr auto valid = JeopardyKind_IsValid;
  static constexpr auto name = "kind of jeopardy";
};

template <>
struct Known<comd::OrderStatus> {
  static constexpr auto valid = OrderStatus_IsValid;
  static constexpr auto name = "order status";
};

void fields(auto& c, Is<po::Submitted> auto& e) {
  using M = OrderSubmitted;
  c(M::kIdFieldNumber, e.id);
  c(M::kOrderFieldNumber, e.order);
  c(M::kDigestFieldNumber, e.digest);
  c(M::kCatalogVersionFieldNumber, e.catalog_version);
  c(M::kCatalogDigestFieldNumber, e.catalog_digest);
  c(M::kPolicyFieldNumber, e.policy);
  c(M::kHoldReviewFieldNumber, e.hold_review);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::Postponed> auto& e) {
  using M = OrderPostponed;
  c(M::kUntilFieldNumber, e.until);
}

void fields(auto& c, Is<po::ClaimsRequested> auto& e) {
  using M = OrderClaimsRequested;
  c(M::kProductsFieldNumber, e.products);
  c(M::kDeadlineFieldNumber, e.deadline);
  c(M::kQueueFieldNumber, e.queue);
}

void fields(auto& c, Is<po::ClaimWaits> auto& e) {
  using M = OrderClaimWaits;
  c(M::kProductFieldNumber, e.product);
  c(M::kClaimedByFieldNumber, e.claimed_by);
  c(M::kPlaceFieldNumber, e.place);
}

void fields(auto& c, Is<po::ClaimSettled> auto& e) {
  using M = OrderClaimSettled;
  c(M::kProductFieldNumber, e.product);
  c(M::kGrantedFieldNumber, e.granted);
  c(M::kSnapshotFieldNumber, e.snapshot);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<po::Decomposed> auto& e) {
  using M = OrderDecomposed;
  c(M::kPlanFieldNumber, e.plan);
}

void fields(auto& c, Is<po::Released> auto& e) {
  using M = OrderReleased;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kInputsFieldNumber, e.inputs);
  c(M::kDeadlineFieldNumber, e.deadline);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::Settled> auto& e) {
  using M = OrderSettled;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kOutcomeFieldNumber, e.outcome);
  c(M::kInputsFieldNumber, e.inputs);
  c(M::kOutputsFieldNumber, e.outputs);
  c(M::kFaultFieldNumber, e.fault);
  c(M::kThenFieldNumber, e.then);
  c(M::kSkippedFieldNumber, e.skipped);
}

void fields(auto& c, Is<po::Dropped> auto& e) {
  using M = OrderDropped;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<po::ServiceOrderHeld> auto& e) {
  using M = OrderServiceOrderHeld;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kHeldFieldNumber, e.held);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<po::PonrReached> auto& e) {
  using M = OrderPonrReached;
  c(M::kServiceOrderFieldNumber, e.service_order);
}

void fields(auto& c, Is<po::Overdue> auto& e) {
  using M = OrderOverdue;
  c(M::kServiceOrdersFieldNumber, e.service_orders);
  c(M::kCountFieldNumber, e.count);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<po::UnwindStarted> auto& e) {
  using M = OrderUnwindStarted;
  c(M::kCauseFieldNumber, e.cause);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<po::CompensationPlanned> auto& e) {
  using M = OrderCompensationPlanned;
  c(M::kServiceOrdersFieldNumber, e.service_orders);
  c(M::kRemainderFieldNumber, e.remainder);
}

void fields(auto& c, Is<po::Held> auto& e) {
  using M = OrderHeld;
  c(M::kReasonFieldNumber, e.reason);
  c(M::kReviewAtFieldNumber, e.review_at);
  c(M::kReviewsFieldNumber, e.reviews);
  c(M::kAtFieldNumber, e.at);
  c(M::kByHandFieldNumber, e.by_hand);
}

void fields(auto& c, Is<po::Intervened> auto& e) {
  using M = OrderIntervened;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kWhatFieldNumber, e.what);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::Reopened> auto& e) {
  using M = OrderReopened;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kWhatFieldNumber, e.what);
  c(M::kDeadlineFieldNumber, e.deadline);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::HoldLifted> auto& e) {
  using M = OrderHoldLifted;
  c(M::kAcceptedFieldNumber, e.accepted);
}

void fields(auto& c, Is<po::OnTime> auto& e) {
  using M = OrderOnTime;
  c(M::kExpectedFieldNumber, e.expected);
  c(M::kLateFromFieldNumber, e.late_from);
}

void fields(auto& c, Is<po::JeopardyRaised> auto& e) {
  using M = OrderJeopardyRaised;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kKindFieldNumber, e.kind);
  c(M::kCauseFieldNumber, e.cause);
  c(M::kExpectedFieldNumber, e.expected);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::ServiceOrderExpected> auto& e) {
  using M = OrderServiceOrderExpected;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kCompletionFieldNumber, e.completion);
}

void fields(auto& c, Is<po::Archived> auto& e) {
  using M = OrderArchived;
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::WritesRequested> auto& e) {
  using M = OrderWritesRequested;
  c(M::kProductsFieldNumber, e.products);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<po::WriteSettled> auto& e) {
  using M = OrderWriteSettled;
  c(M::kProductFieldNumber, e.product);
  c(M::kStatusFieldNumber, e.status);
}

void fields(auto& c, Is<po::EffectsOverdue> auto& e) {
  using M = OrderEffectsOverdue;
  c(M::kNextFieldNumber, e.next);
  c(M::kCountFieldNumber, e.count);
}

void fields(auto& c, Is<po::Closed> auto& e) {
  using M = OrderClosed;
  c(M::kStatusFieldNumber, e.status);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

// ── Changes to an order under way
void fields(auto& c, Is<po::CancelRequested> auto& e) {
  using M = OrderCancelRequested;
  c(M::kReasonFieldNumber, e.reason);
  c(M::kRequestedByFieldNumber, e.requested_by);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::Obstacle> auto& e) {
  using M = OrderObstacle;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kItemFieldNumber, e.item);
  c(M::kWhyFieldNumber, e.why);
}

void fields(auto& c, Is<po::CancelDenied> auto& e) {
  using M = OrderCancelDenied;
  c(M::kReasonFieldNumber, e.reason);
  c(M::kRequestedByFieldNumber, e.requested_by);
  c(M::kObstaclesFieldNumber, e.obstacles);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::CancelAssessing> auto& e) {
  using M = OrderCancelAssessing;
  c(M::kReasonFieldNumber, e.reason);
  c(M::kRequestedByFieldNumber, e.requested_by);
  c(M::kAskedFieldNumber, e.asked);
  c(M::kAcceptCostFieldNumber, e.accept_cost);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::Amendment> auto& e) {
  using M = Amendment;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
}

void fields(auto& c, Is<po::Revised> auto& e) {
  using M = OrderRevised;
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kOrderFieldNumber, e.order);
  c(M::kDigestFieldNumber, e.digest);
  c(M::kPolicyFieldNumber, e.policy);
  c(M::kPlanFieldNumber, e.plan);
  c(M::kSupersededFieldNumber, e.superseded);
  c(M::kRequestedByFieldNumber, e.requested_by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
  c(M::kAmendedFieldNumber, e.amended);
}

void fields(auto& c, Is<po::RevisionQueued> auto& e) {
  using M = OrderRevisionQueued;
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kOrderFieldNumber, e.order);
  c(M::kDigestFieldNumber, e.digest);
  c(M::kCatalogVersionFieldNumber, e.catalog_version);
  c(M::kRequestedByFieldNumber, e.requested_by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAcceptCostFieldNumber, e.accept_cost);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::RevisionDropped> auto& e) {
  using M = OrderRevisionDropped;
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kWhyFieldNumber, e.why);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::OrdersAwaited> auto& e) {
  using M = OrderOrdersAwaited;
  c(M::kOrdersFieldNumber, e.orders);
  c(M::kNextFieldNumber, e.next);
  c(M::kChecksFieldNumber, e.checks);
}

void fields(auto& c, Is<po::Scheduled> auto& e) {
  using M = OrderScheduled;
  c(M::kNotBeforeFieldNumber, e.not_before);
}

void fields(auto& c, Is<po::ItemHeld> auto& e) {
  using M = OrderItemHeld;
  c(M::kItemFieldNumber, e.item);
  c(M::kHeldFieldNumber, e.held);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kReviewAtFieldNumber, e.review_at);
  c(M::kReviewsFieldNumber, e.reviews);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<po::AmendAnswered> auto& e) {
  using M = OrderAmendAnswered;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kAcceptedFieldNumber, e.accepted);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kInDoubtFieldNumber, e.in_doubt);
}

namespace {

using AllRows = Rows_<
    Row<po::Submitted, OrderSubmitted, ORDER_SUBMITTED>, Row<po::Postponed, OrderPostponed, ORDER_POSTPONED>,
    Row<po::ClaimsRequested, OrderClaimsRequested, ORDER_CLAIMS_REQUESTED>,
    Row<po::ClaimSettled, OrderClaimSettled, ORDER_CLAIM_SETTLED>, Row<po::Decomposed, OrderDecomposed, ORDER_DECOMPOSED>,
    Row<po::Released, OrderReleased, ORDER_RELEASED>, Row<po::Settled, OrderSettled, ORDER_SETTLED>,
    Row<po::Dropped, OrderDropped, ORDER_DROPPED>, Row<po::ServiceOrderHeld, OrderServiceOrderHeld, ORDER_SERVICE_ORDER_HELD>,
    Row<po::PonrReached, OrderPonrReached, ORDER_PONR_REACHED>, Row<po::Overdue, OrderOverdue, ORDER_OVERDUE>,
    Row<po::CancelRequested, OrderCancelRequested, ORDER_CANCEL_REQUESTED>,
    Row<po::UnwindStarted, OrderUnwindStarted, ORDER_UNWIND_STARTED>,
    Row<po::CompensationPlanned, OrderCompensationPlanned, ORDER_COMPENSATION_PLANNED>, Row<po::Held, OrderHeld, ORDER_HELD>,
    Row<po::WritesRequested, OrderWritesRequested, ORDER_WRITES_REQUESTED>,
    Row<po::WriteSettled, OrderWriteSettled, ORDER_WRITE_SETTLED>,
    Row<po::EffectsOverdue, OrderEffectsOverdue, ORDER_EFFECTS_OVERDUE>, Row<po::Closed, OrderClosed, ORDER_CLOSED>,
    Row<po::Intervened, OrderIntervened, ORDER_INTERVENED>, Row<po::Reopened, OrderReopened, ORDER_REOPENED>,
    Row<po::HoldLifted, OrderHoldLifted, ORDER_HOLD_LIFTED>, Row<po::OnTime, OrderOnTime, ORDER_ON_TIME>,
    Row<po::JeopardyRaised, OrderJeopardyRaised, ORDER_JEOPARDY_RAISED>,
    Row<po::ServiceOrderExpected, OrderServiceOrderExpected, ORDER_SERVICE_ORDER_EXPECTED>,
    Row<po::Archived, OrderArchived, ORDER_ARCHIVED>, Row<po::Revised, OrderRevised, ORDER_REVISED>,
    Row<po::CancelDenied, OrderCancelDenied, ORDER_CANCEL_DENIED>,
    Row<po::OrdersAwaited, OrderOrdersAwaited, ORDER_ORDERS_AWAITED>, Row<po::Scheduled, OrderScheduled, ORDER_SCHEDULED>,
    Row<po::ItemHeld, OrderItemHeld, ORDER_ITEM_HELD>, Row<po::CancelAssessing, OrderCancelAssessing, ORDER_CANCEL_ASSESSING>,
    Row<po::ClaimWaits, OrderClaimWaits, ORDER_CLAIM_WAITS>, Row<po::AmendAnswered, OrderAmendAnswered, ORDER_AMEND_ANSWERED>,
    Row<po::RevisionQueued, OrderRevisionQueued, ORDER_REVISION_QUEUED>,
    Row<po::RevisionDropped, OrderRevisionDropped, ORDER_REVISION_DROPPED>>;

}  // namespace

void pack(const po::Event& event, Writer& to) { pack<AllRows>(event, to); }

void unpack_product_order(const Envelope& from, AnyEvent& to, Trouble& trouble) {
  unpack<po::Event>(AllRows{}, from, to, trouble);
}

}  // namespace comd::events::v1
