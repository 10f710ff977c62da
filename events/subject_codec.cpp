#include "comd/events/v1/subject.pb.h"
#include "events/codec.h"

/// Events 1001 to 1099, of the streams "sj-…".
namespace comd::events::v1 {
namespace sj = comd::subject;

void put(const sj::Asked& e, SubjectForgetAsked& m) {
  m.set_tenant(e.tenant.value);
  m.set_by(e.by);
  m.set_why(e.why);
  m.set_force(e.force);
  m.set_waits_for(e.waits_for);
  m.set_at(put_time(e.at));
  m.set_look_at(put_time(e.look_at));
}
void get(const SubjectForgetAsked& m, sj::Asked& e, Trouble&) {
  e = {TenantId{m.tenant()}, m.by(), m.why(), m.force(), m.waits_for(), get_time(m.at()), get_time(m.look_at())};
}

void put(const sj::StillWaiting& e, SubjectStillWaiting& m) {
  m.set_looks(e.looks);
  m.set_waits_for(e.waits_for);
  m.set_next(put_time(e.next));
}
void get(const SubjectStillWaiting& m, sj::StillWaiting& e, Trouble&) { e = {m.looks(), m.waits_for(), get_time(m.next())}; }

void put(const sj::Withdrawn& e, SubjectForgetWithdrawn& m) {
  m.set_by(e.by);
  m.set_why(e.why);
  m.set_at(put_time(e.at));
}
void get(const SubjectForgetWithdrawn& m, sj::Withdrawn& e, Trouble&) { e = {m.by(), m.why(), get_time(m.at())}; }

void put(const sj::Forgotten& e, SubjectForgotten& m) {
  m.set_tenant(e.tenant.value);
  m.set_by(e.by);
  m.set_why(e.why);
  for (const sj::ForgottenOrder& order : e.orders) {
    ForgottenOrder& to = *m.add_orders();
    to.set_order(order.order.value);
    for (const std::string& key : order.keys) to.add_keys(key);
  }
  put(e.products, *m.mutable_products());
  m.set_at(put_time(e.at));
}
void get(const SubjectForgotten& m, sj::Forgotten& e, Trouble&) {
  e.tenant.value = m.tenant();
  e.by = m.by();
  e.why = m.why();
  for (const ForgottenOrder& order : m.orders())
    e.orders.push_back({OrderId{order.order()}, {order.keys().begin(), order.keys().end()}});
  get(m.products(), e.products);
  e.at = get_time(m.at());
}

void put(const sj::EraseDelayed& e, SubjectEraseDelayed& m) {
  m.set_attempts(e.attempts);
  m.set_detail(e.detail);
  m.set_next(put_time(e.next));
}
void get(const SubjectEraseDelayed& m, sj::EraseDelayed& e, Trouble&) { e = {m.attempts(), m.detail(), get_time(m.next())}; }

void put(const sj::Erased& e, SubjectErased& m) {
  m.set_round(e.round);
  m.set_at(put_time(e.at));
}
void get(const SubjectErased& m, sj::Erased& e, Trouble&) { e = {m.round(), get_time(m.at())}; }

namespace {

using AllRows = Rows_<
    Row<sj::Asked, SubjectForgetAsked, SUBJECT_FORGET_ASKED>, Row<sj::StillWaiting, SubjectStillWaiting, SUBJECT_STILL_WAITING>,
    Row<sj::Withdrawn, SubjectForgetWithdrawn, SUBJECT_FORGET_WITHDRAWN>, Row<sj::Forgotten, SubjectForgotten, SUBJECT_FORGOTTEN>,
    Row<sj::EraseDelayed, SubjectEraseDelayed, SUBJECT_ERASE_DELAYED>, Row<sj::Erased, SubjectErased, SUBJECT_ERASED>>;

}  // namespace

void pack(const sj::Event& event, Event& to) { pack<AllRows>(event, to); }

std::optional<AnyEvent> unpack_subject(const Event& from, Trouble& trouble) {
  return unpack<sj::Event>(AllRows{}, from, trouble);
}

}  // namespace comd::events::v1
