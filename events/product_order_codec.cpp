#include "events/order_codec.h"

/// Events 101 to 199, of "po-…" streams.
namespace comd::events::v1 {

namespace po = comd::product_order;

void put(const po::Submitted& e, OrderSubmitted& m) {
  m.set_id(e.id.value);
  put(e.order, *m.mutable_order());
  m.set_digest(e.digest);
  m.set_catalog_version(e.catalog_version);
  m.set_catalog_digest(e.catalog_digest);
  m.set_policy(static_cast<FailurePolicy>(e.policy));
  m.set_hold_review(e.hold_review.count());
  m.set_at(put_time(e.at));
}
void get(const OrderSubmitted& m, po::Submitted& e, Trouble& t) {
  e.id.value = m.id();
  get(m.order(), e.order, t);
  e.digest = m.digest();
  e.catalog_version = m.catalog_version();
  e.catalog_digest = m.catalog_digest();
  e.policy = enum_of<comd::FailurePolicy>(m.policy(), FailurePolicy_IsValid, "failure policy", t);
  e.hold_review = Millis{m.hold_review()};
  e.at = get_time(m.at());
}
void put(const po::Postponed& e, OrderPostponed& m) { m.set_until(put_time(e.until)); }
void get(const OrderPostponed& m, po::Postponed& e, Trouble&) { e.until = get_time(m.until()); }

void put(const po::ClaimsRequested& e, OrderClaimsRequested& m) {
  for (const auto& [product, item] : e.products) {
    ProductClaim& claim = *m.add_products();
    claim.set_product(product.value);
    claim.set_item(item);
  }
  m.set_deadline(put_time(e.deadline));
  m.set_queue(e.queue);
}
void get(const OrderClaimsRequested& m, po::ClaimsRequested& e, Trouble&) {
  for (const ProductClaim& claim : m.products()) e.products.emplace_back(ProductId{claim.product()}, claim.item());
  e.deadline = get_time(m.deadline());
  e.queue = m.queue();
}

void put(const po::ClaimWaits& e, OrderClaimWaits& m) {
  m.set_product(e.product.value);
  m.set_claimed_by(e.claimed_by.value);
  m.set_place(e.place);
}
void get(const OrderClaimWaits& m, po::ClaimWaits& e, Trouble&) {
  e.product.value = m.product();
  e.claimed_by.value = m.claimed_by();
  e.place = m.place();
}

void put(const po::ClaimSettled& e, OrderClaimSettled& m) {
  m.set_product(e.product.value);
  m.set_granted(e.granted);
  put(e.snapshot, *m.mutable_snapshot());
  m.set_reason(e.reason);
}
void get(const OrderClaimSettled& m, po::ClaimSettled& e, Trouble& t) {
  e.product.value = m.product();
  e.granted = m.granted();
  get(m.snapshot(), e.snapshot, t);
  e.reason = m.reason();
}

void put(const po::Decomposed& e, OrderDecomposed& m) { put(e.plan, *m.mutable_plan()); }
void get(const OrderDecomposed& m, po::Decomposed& e, Trouble& t) { get(m.plan(), e.plan, t); }

void put(const po::Released& e, OrderReleased& m) {
  m.set_service_order(e.service_order.value);
  put(e.inputs, *m.mutable_inputs());
  m.set_deadline(put_time(e.deadline));
  m.set_at(put_time(e.at));
}
void get(const OrderReleased& m, po::Released& e, Trouble&) {
  e.service_order.value = m.service_order();
  get(m.inputs(), e.inputs);
  e.deadline = get_time(m.deadline());
  e.at = get_time(m.at());
}

void put(const po::Settled& e, OrderSettled& m) {
  m.set_service_order(e.service_order.value);
  m.set_outcome(static_cast<Settlement>(e.outcome));
  put(e.inputs, *m.mutable_inputs());
  put(e.outputs, *m.mutable_outputs());
  put(e.fault, *m.mutable_fault());
  m.set_then(static_cast<Then>(e.then));
  m.set_skipped(e.skipped);
}
void get(const OrderSettled& m, po::Settled& e, Trouble& t) {
  e.service_order.value = m.service_order();
  e.outcome = enum_of<po::Settlement>(m.outcome(), Settlement_IsValid, "settlement", t);
  get(m.inputs(), e.inputs);
  get(m.outputs(), e.outputs);
  get(m.fault(), e.fault, t);
  e.then = enum_of<comd::Then>(m.then(), Then_IsValid, "step after failure", t);
  e.skipped = m.skipped();
}

void put(const po::Dropped& e, OrderDropped& m) {
  m.set_service_order(e.service_order.value);
  m.set_reason(e.reason);
}
void get(const OrderDropped& m, po::Dropped& e, Trouble&) {
  e.service_order.value = m.service_order();
  e.reason = m.reason();
}

void put(const po::ServiceOrderHeld& e, OrderServiceOrderHeld& m) {
  m.set_service_order(e.service_order.value);
  m.set_held(e.held);
  m.set_reason(e.reason);
}
void get(const OrderServiceOrderHeld& m, po::ServiceOrderHeld& e, Trouble&) {
  e.service_order.value = m.service_order();
  e.held = m.held();
  e.reason = m.reason();
}

void put(const po::PonrReached& e, OrderPonrReached& m) { m.set_service_order(e.service_order.value); }
void get(const OrderPonrReached& m, po::PonrReached& e, Trouble&) { e.service_order.value = m.service_order(); }

void put(const po::Overdue& e, OrderOverdue& m) {
  put(e.service_orders, *m.mutable_service_orders());
  m.set_count(e.count);
  m.set_next(put_time(e.next));
}
void get(const OrderOverdue& m, po::Overdue& e, Trouble&) {
  get(m.service_orders(), e.service_orders);
  e.count = m.count();
  e.next = get_time(m.next());
}

void put(const po::UnwindStarted& e, OrderUnwindStarted& m) {
  m.set_cause(static_cast<UnwindCause>(e.cause));
  m.set_reason(e.reason);
}
void get(const OrderUnwindStarted& m, po::UnwindStarted& e, Trouble& t) {
  e.cause = enum_of<po::UnwindCause>(m.cause(), UnwindCause_IsValid, "cause of unwinding", t);
  e.reason = m.reason();
}

void put(const po::CompensationPlanned& e, OrderCompensationPlanned& m) {
  put(e.service_orders, *m.mutable_service_orders());
  for (const auto& [service_order, why] : e.remainder) {
    Remainder& r = *m.add_remainder();
    r.set_service_order(service_order.value);
    r.set_why(why);
  }
}
void get(const OrderCompensationPlanned& m, po::CompensationPlanned& e, Trouble& t) {
  get(m.service_orders(), e.service_orders, t);
  for (const Remainder& r : m.remainder()) e.remainder.emplace_back(ServiceOrderId{r.service_order()}, r.why());
}

void put(const po::Held& e, OrderHeld& m) {
  m.set_reason(e.reason);
  m.set_review_at(put_time(e.review_at));
  m.set_reviews(e.reviews);
  m.set_at(put_time(e.at));
  m.set_by_hand(e.by_hand);
}
void get(const OrderHeld& m, po::Held& e, Trouble&) {
  e.reason = m.reason();
  e.review_at = get_time(m.review_at());
  e.reviews = m.reviews();
  e.at = get_time(m.at());
  e.by_hand = m.by_hand();
}

void put(const po::Intervened& e, OrderIntervened& m) {
  m.set_service_order(e.service_order.value);
  put(e.what, *m.mutable_what());
  m.set_at(put_time(e.at));
}
void get(const OrderIntervened& m, po::Intervened& e, Trouble& t) {
  e.service_order.value = m.service_order();
  get(m.what(), e.what, t);
  e.at = get_time(m.at());
}

void put(const po::Reopened& e, OrderReopened& m) {
  m.set_service_order(e.service_order.value);
  put(e.what, *m.mutable_what());
  m.set_deadline(put_time(e.deadline));
  m.set_at(put_time(e.at));
}
void get(const OrderReopened& m, po::Reopened& e, Trouble& t) {
  e.service_order.value = m.service_order();
  get(m.what(), e.what, t);
  e.deadline = get_time(m.deadline());
  e.at = get_time(m.at());
}

void put(const po::HoldLifted& e, OrderHoldLifted& m) { m.set_accepted(e.accepted); }
void get(const OrderHoldLifted& m, po::HoldLifted& e, Trouble&) { e.accepted = m.accepted(); }

void put(const po::OnTime& e, OrderOnTime& m) {
  m.set_expected(put_time(e.expected));
  m.set_late_from(put_time(e.late_from));
}
void get(const OrderOnTime& m, po::OnTime& e, Trouble&) {
  e.expected = get_time(m.expected());
  e.late_from = get_time(m.late_from());
}

void put(const po::JeopardyRaised& e, OrderJeopardyRaised& m) {
  m.set_service_order(e.service_order.value);
  m.set_kind(static_cast<JeopardyKind>(e.kind));
  m.set_cause(e.cause);
  m.set_expected(put_time(e.expected));
  m.set_at(put_time(e.at));
}
void get(const OrderJeopardyRaised& m, po::JeopardyRaised& e, Trouble& t) {
  e.service_order.value = m.service_order();
  e.kind = enum_of<po::JeopardyKind>(m.kind(), JeopardyKind_IsValid, "kind of jeopardy", t);
  e.cause = m.cause();
  e.expected = get_time(m.expected());
  e.at = get_time(m.at());
}

void put(const po::ServiceOrderExpected& e, OrderServiceOrderExpected& m) {
  m.set_service_order(e.service_order.value);
  m.set_completion(put_time(e.completion));
}
void get(const OrderServiceOrderExpected& m, po::ServiceOrderExpected& e, Trouble&) {
  e.service_order.value = m.service_order();
  e.completion = get_time(m.completion());
}

void put(const po::Archived& e, OrderArchived& m) {
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const OrderArchived& m, po::Archived& e, Trouble&) {
  e.by = m.by();
  e.reason = m.reason();
  e.at = get_time(m.at());
}

void put(const po::WritesRequested& e, OrderWritesRequested& m) {
  for (const auto& [product, outcome] : e.products) {
    ProductWrite& write = *m.add_products();
    write.set_product(product.value);
    write.set_outcome(static_cast<Outcome>(outcome));
  }
  m.set_deadline(put_time(e.deadline));
}
void get(const OrderWritesRequested& m, po::WritesRequested& e, Trouble& t) {
  for (const ProductWrite& write : m.products()) {
    e.products.emplace_back(ProductId{write.product()},
                            enum_of<product::Outcome>(write.outcome(), Outcome_IsValid, "outcome", t));
  }
  e.deadline = get_time(m.deadline());
}

void put(const po::WriteSettled& e, OrderWriteSettled& m) {
  m.set_product(e.product.value);
  m.set_status(static_cast<ProductStatus>(e.status));
}
void get(const OrderWriteSettled& m, po::WriteSettled& e, Trouble& t) {
  e.product.value = m.product();
  e.status = enum_of<product::Status>(m.status(), ProductStatus_IsValid, "product status", t);
}

void put(const po::EffectsOverdue& e, OrderEffectsOverdue& m) {
  m.set_next(put_time(e.next));
  m.set_count(e.count);
}
void get(const OrderEffectsOverdue& m, po::EffectsOverdue& e, Trouble&) {
  e.next = get_time(m.next());
  e.count = m.count();
}

void put(const po::Closed& e, OrderClosed& m) {
  m.set_status(static_cast<OrderStatus>(e.status));
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const OrderClosed& m, po::Closed& e, Trouble& t) {
  e.status = enum_of<comd::OrderStatus>(m.status(), OrderStatus_IsValid, "order status", t);
  e.reason = m.reason();
  e.at = get_time(m.at());
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

void pack(const po::Event& event, Event& to) { pack<AllRows>(event, to); }

std::optional<AnyEvent> unpack_product_order(const Event& from, Trouble& trouble) {
  return unpack<po::Event>(AllRows{}, from, trouble);
}

}  // namespace comd::events::v1
