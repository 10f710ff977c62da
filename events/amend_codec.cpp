#include "events/order_codec.h"

/// Events of service orders that are amended in place, and of their product order's side of it.
namespace comd::events::v1 {

namespace so = comd::service_order;

void put(const so::AmendRequested& e, ServiceOrderAmendRequested& m) {
  m.set_revision(e.revision);
  put(e.inputs, *m.mutable_inputs());
  m.set_deadline(put_time(e.deadline));
}
void get(const ServiceOrderAmendRequested& m, so::AmendRequested& e, Trouble&) {
  e.revision = m.revision();
  get(m.inputs(), e.inputs);
  e.deadline = get_time(m.deadline());
}

void put(const so::AmendAnswered& e, ServiceOrderAmendAnswered& m) {
  m.set_revision(e.revision);
  m.set_accepted(e.accepted);
  m.set_detail(e.detail);
  m.set_in_doubt(e.in_doubt);
}
void get(const ServiceOrderAmendAnswered& m, so::AmendAnswered& e, Trouble&) {
  e.revision = m.revision();
  e.accepted = m.accepted();
  e.detail = m.detail();
  e.in_doubt = m.in_doubt();
}

void put(const so::AmendUnanswered& e, ServiceOrderAmendUnanswered& m) {
  put(e.fault, *m.mutable_fault());
  m.set_attempts(e.attempts);
  m.set_next(put_time(e.next));
  m.set_deadline(put_time(e.deadline));
}
void get(const ServiceOrderAmendUnanswered& m, so::AmendUnanswered& e, Trouble& t) {
  get(m.fault(), e.fault, t);
  e.attempts = m.attempts();
  e.next = get_time(m.next());
  e.deadline = get_time(m.deadline());
}

void put(const product_order::AmendAnswered& e, OrderAmendAnswered& m) {
  m.set_service_order(e.service_order.value);
  m.set_revision(e.revision);
  m.set_accepted(e.accepted);
  m.set_detail(e.detail);
  m.set_in_doubt(e.in_doubt);
}
void get(const OrderAmendAnswered& m, product_order::AmendAnswered& e, Trouble&) {
  e.service_order = {m.service_order()};
  e.revision = m.revision();
  e.accepted = m.accepted();
  e.detail = m.detail();
  e.in_doubt = m.in_doubt();
}

}  // namespace comd::events::v1
