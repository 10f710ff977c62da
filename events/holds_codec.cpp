#include "comd/events/v1/holds.pb.h"
#include "events/codec.h"

/// Events 1101 to 1199, and what holds do to service orders.
namespace comd::events::v1 {

namespace {

void put(const hold::Scope& s, HoldScope& m) {
  m.set_kind(static_cast<HoldKind>(s.kind));
  m.set_name(s.name);
}
void get(const HoldScope& m, hold::Scope& s, Trouble& t) {
  s = {enum_of<hold::Kind>(m.kind(), HoldKind_IsValid, "kind of hold", t), m.name()};
}

}  // namespace

void put(const hold::Placed& e, HoldPlaced& m) {
  put(e.scope, *m.mutable_scope());
  m.set_timers(static_cast<HoldTimers>(e.timers));
  m.set_refuse_new(e.refuse_new);
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
  m.set_review_at(put_time(e.review_at));
}
void get(const HoldPlaced& m, hold::Placed& e, Trouble& t) {
  get(m.scope(), e.scope, t);
  e.timers = enum_of<hold::Timers>(m.timers(), HoldTimers_IsValid, "policy for deadlines", t);
  e.refuse_new = m.refuse_new();
  e.by = m.by();
  e.reason = m.reason();
  e.at = get_time(m.at());
  e.review_at = get_time(m.review_at());
}

void put(const hold::Lifted& e, HoldLifted& m) {
  put(e.scope, *m.mutable_scope());
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const HoldLifted& m, hold::Lifted& e, Trouble& t) {
  get(m.scope(), e.scope, t);
  e.by = m.by();
  e.reason = m.reason();
  e.at = get_time(m.at());
}

void put(const hold::Reviewed& e, HoldReviewed& m) {
  put(e.scope, *m.mutable_scope());
  m.set_count(e.count);
  m.set_next(put_time(e.next));
}
void get(const HoldReviewed& m, hold::Reviewed& e, Trouble& t) {
  get(m.scope(), e.scope, t);
  e.count = m.count();
  e.next = get_time(m.next());
}

void put(const service_order::Deferred& e, ServiceOrderDeferred& m) {
  m.set_timer(e.timer);
  m.set_until(put_time(e.until));
  m.set_reason(e.reason);
}
void get(const ServiceOrderDeferred& m, service_order::Deferred& e, Trouble&) {
  e = {m.timer(), get_time(m.until()), m.reason()};
}

namespace {

using AllRows = Rows_<Row<hold::Placed, HoldPlaced, HOLD_PLACED>, Row<hold::Lifted, HoldLifted, HOLD_LIFTED>,
                      Row<hold::Reviewed, HoldReviewed, HOLD_REVIEWED>>;

}  // namespace

void pack(const hold::Event& event, Event& to) { pack<AllRows>(event, to); }

std::optional<AnyEvent> unpack_holds(const Event& from, Trouble& trouble) {
  return unpack<hold::Event>(AllRows{}, from, trouble);
}

}  // namespace comd::events::v1
