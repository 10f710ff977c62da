#include "comd/events/v1/repair.pb.h"
#include "events/codec.h"

/// Events 701 to 799, of the streams "rj-…".
namespace comd::events::v1 {
namespace rj = comd::repair;

void put(const rj::Plan& from, RepairPlan& to) {
  to.set_tenant(from.tenant.value);
  to.set_query(from.query);
  put(from.what, *to.mutable_what());
  to.set_canary(from.canary);
  to.set_pace(from.pace.count());
  to.set_failures_max(from.failures_max);
  to.set_look_every(from.look_every.count());
  to.set_look_for(from.look_for.count());
}
void get(const RepairPlan& from, rj::Plan& to, Trouble& t) {
  to.tenant.value = from.tenant();
  to.query = from.query();
  get(from.what(), to.what, t);
  to.canary = from.canary();
  to.pace = Millis{from.pace()};
  to.failures_max = from.failures_max();
  to.look_every = Millis{from.look_every()};
  to.look_for = Millis{from.look_for()};
}

void put(const rj::Started& e, RepairStarted& m) {
  put(e.plan, *m.mutable_plan());
  for (const rj::Target& target : e.members) {
    RepairTarget& to = *m.add_members();
    to.set_id(target.id);
    to.set_version(number(target.version));
  }
  m.set_at(put_time(e.at));
  m.set_deadline(put_time(e.deadline));
}
void get(const RepairStarted& m, rj::Started& e, Trouble& t) {
  get(m.plan(), e.plan, t);
  for (const RepairTarget& target : m.members()) e.members.push_back({target.id(), Version{target.version()}});
  e.at = get_time(m.at());
  e.deadline = get_time(m.deadline());
}

void put(const rj::Tried& e, RepairTried& m) {
  m.set_member(e.member);
  m.set_verdict(static_cast<Verdict>(e.verdict));
  m.set_detail(e.detail);
  m.set_at(put_time(e.at));
  m.set_deadline(put_time(e.deadline));
}
void get(const RepairTried& m, rj::Tried& e, Trouble& t) {
  e.member = m.member();
  e.verdict = enum_of<rj::Verdict>(m.verdict(), Verdict_IsValid, "verdict", t);
  e.detail = m.detail();
  e.at = get_time(m.at());
  e.deadline = get_time(m.deadline());
}

void put(const rj::TryOverdue& e, RepairTryOverdue& m) {
  m.set_count(e.count);
  m.set_deadline(put_time(e.deadline));
}
void get(const RepairTryOverdue& m, rj::TryOverdue& e, Trouble&) {
  e.count = m.count();
  e.deadline = get_time(m.deadline());
}

void put(const rj::Looked& e, RepairLooked& m) {
  m.set_member(e.member);
  m.set_verdict(static_cast<Verdict>(e.verdict));
  m.set_detail(e.detail);
  m.set_next(put_time(e.next));
}
void get(const RepairLooked& m, rj::Looked& e, Trouble& t) {
  e.member = m.member();
  e.verdict = enum_of<rj::Verdict>(m.verdict(), Verdict_IsValid, "verdict", t);
  e.detail = m.detail();
  e.next = get_time(m.next());
}

void put(const rj::CanaryPassed& e, RepairCanaryPassed& m) { m.set_deadline(put_time(e.deadline)); }
void get(const RepairCanaryPassed& m, rj::CanaryPassed& e, Trouble&) { e.deadline = get_time(m.deadline()); }

void put(const rj::Paused& e, RepairPaused& m) {
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_review_at(put_time(e.review_at));
}
void get(const RepairPaused& m, rj::Paused& e, Trouble&) { e = {m.by(), m.reason(), get_time(m.review_at())}; }

void put(const rj::Resumed& e, RepairResumed& m) {
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_forgiven(e.forgiven);
  m.set_deadline(put_time(e.deadline));
}
void get(const RepairResumed& m, rj::Resumed& e, Trouble&) { e = {m.by(), m.reason(), m.forgiven(), get_time(m.deadline())}; }

void put(const rj::Ended& e, RepairEnded& m) {
  m.set_cancelled(e.cancelled);
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const RepairEnded& m, rj::Ended& e, Trouble&) { e = {m.cancelled(), m.by(), m.reason(), get_time(m.at())}; }

namespace {

using AllRows =
    Rows_<Row<rj::Started, RepairStarted, REPAIR_STARTED>, Row<rj::Tried, RepairTried, REPAIR_TRIED>,
          Row<rj::TryOverdue, RepairTryOverdue, REPAIR_TRY_OVERDUE>, Row<rj::Looked, RepairLooked, REPAIR_LOOKED>,
          Row<rj::CanaryPassed, RepairCanaryPassed, REPAIR_CANARY_PASSED>, Row<rj::Paused, RepairPaused, REPAIR_PAUSED>,
          Row<rj::Resumed, RepairResumed, REPAIR_RESUMED>, Row<rj::Ended, RepairEnded, REPAIR_ENDED>>;

}  // namespace

void pack(const rj::Event& event, Event& to) { pack<AllRows>(event, to); }

std::optional<AnyEvent> unpack_repair(const Event& from, Trouble& trouble) { return unpack<rj::Event>(AllRows{}, from, trouble); }

}  // namespace comd::events::v1
