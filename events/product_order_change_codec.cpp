#include "events/order_codec.h"

/// Of events 101 to 199, those of changes to an order under way.
namespace comd::events::v1 {

namespace po = comd::product_order;

void put(const po::CancelRequested& e, OrderCancelRequested& m) {
  m.set_reason(e.reason);
  m.set_requested_by(e.requested_by);
  m.set_at(put_time(e.at));
}
void get(const OrderCancelRequested& m, po::CancelRequested& e, Trouble&) {
  e.reason = m.reason();
  e.requested_by = m.requested_by();
  e.at = get_time(m.at());
}

void put(const po::CancelDenied& e, OrderCancelDenied& m) {
  m.set_reason(e.reason);
  m.set_requested_by(e.requested_by);
  for (const po::Obstacle& one : e.obstacles) {
    auto& to = *m.add_obstacles();
    to.set_service_order(one.service_order.value);
    to.set_item(one.item);
    to.set_why(one.why);
  }
  m.set_at(put_time(e.at));
}
void get(const OrderCancelDenied& m, po::CancelDenied& e, Trouble&) {
  e.reason = m.reason();
  e.requested_by = m.requested_by();
  for (const auto& one : m.obstacles()) e.obstacles.push_back({{one.service_order()}, one.item(), one.why()});
  e.at = get_time(m.at());
}

void put(const po::CancelAssessing& e, OrderCancelAssessing& m) {
  m.set_reason(e.reason);
  m.set_requested_by(e.requested_by);
  put(e.asked, *m.mutable_asked());
  m.set_accept_cost(e.accept_cost);
  m.set_at(put_time(e.at));
}
void get(const OrderCancelAssessing& m, po::CancelAssessing& e, Trouble&) {
  e.reason = m.reason();
  e.requested_by = m.requested_by();
  get(m.asked(), e.asked);
  e.accept_cost = m.accept_cost();
  e.at = get_time(m.at());
}

void put(const po::Revised& e, OrderRevised& m) {
  m.set_revision(e.revision);
  put(e.order, *m.mutable_order());
  m.set_digest(e.digest);
  m.set_policy(static_cast<FailurePolicy>(e.policy));
  put(e.plan, *m.mutable_plan());
  put(e.superseded, *m.mutable_superseded());
  m.set_requested_by(e.requested_by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
  for (const po::Amendment& one : e.amended) {
    Amendment& to = *m.add_amended();
    to.set_service_order(one.service_order.value);
    put(one.characteristics, *to.mutable_characteristics());
  }
}
void get(const OrderRevised& m, po::Revised& e, Trouble& t) {
  e.revision = m.revision();
  get(m.order(), e.order, t);
  e.digest = m.digest();
  e.policy = enum_of<comd::FailurePolicy>(m.policy(), FailurePolicy_IsValid, "failure policy", t);
  get(m.plan(), e.plan, t);
  get(m.superseded(), e.superseded);
  e.requested_by = m.requested_by();
  e.reason = m.reason();
  e.at = get_time(m.at());
  for (const Amendment& one : m.amended())
    get(one.characteristics(), e.amended.emplace_back(po::Amendment{{one.service_order()}, {}}).characteristics);
}

void put(const po::RevisionQueued& e, OrderRevisionQueued& m) {
  m.set_revision(e.revision);
  put(e.order, *m.mutable_order());
  m.set_digest(e.digest);
  m.set_catalog_version(e.catalog_version);
  m.set_requested_by(e.requested_by);
  m.set_reason(e.reason);
  m.set_accept_cost(e.accept_cost);
  m.set_at(put_time(e.at));
}
void get(const OrderRevisionQueued& m, po::RevisionQueued& e, Trouble& t) {
  e.revision = m.revision();
  get(m.order(), e.order, t);
  e.digest = m.digest();
  e.catalog_version = m.catalog_version();
  e.requested_by = m.requested_by();
  e.reason = m.reason();
  e.accept_cost = m.accept_cost();
  e.at = get_time(m.at());
}

void put(const po::RevisionDropped& e, OrderRevisionDropped& m) {
  m.set_revision(e.revision);
  m.set_why(e.why);
  m.set_at(put_time(e.at));
}
void get(const OrderRevisionDropped& m, po::RevisionDropped& e, Trouble&) {
  e.revision = m.revision();
  e.why = m.why();
  e.at = get_time(m.at());
}

void put(const po::OrdersAwaited& e, OrderOrdersAwaited& m) {
  for (const OrderId& id : e.orders) m.add_orders(id.value);
  m.set_next(put_time(e.next));
  m.set_checks(e.checks);
}
void get(const OrderOrdersAwaited& m, po::OrdersAwaited& e, Trouble&) {
  for (const auto& id : m.orders()) e.orders.push_back(OrderId{id});
  e.next = get_time(m.next());
  e.checks = m.checks();
}

void put(const po::Scheduled& e, OrderScheduled& m) {
  for (const auto& [service_order, at] : e.not_before) {
    NotBefore& one = *m.add_not_before();
    one.set_service_order(service_order.value);
    one.set_at(put_time(at));
  }
}
void get(const OrderScheduled& m, po::Scheduled& e, Trouble&) {
  for (const NotBefore& one : m.not_before()) e.not_before.emplace_back(ServiceOrderId{one.service_order()}, get_time(one.at()));
}

void put(const po::ItemHeld& e, OrderItemHeld& m) {
  m.set_item(e.item);
  m.set_held(e.held);
  m.set_reason(e.reason);
  m.set_review_at(put_time(e.review_at));
  m.set_reviews(e.reviews);
  m.set_at(put_time(e.at));
}
void get(const OrderItemHeld& m, po::ItemHeld& e, Trouble&) {
  e.item = m.item();
  e.held = m.held();
  e.reason = m.reason();
  e.review_at = get_time(m.review_at());
  e.reviews = m.reviews();
  e.at = get_time(m.at());
}

}  // namespace comd::events::v1
