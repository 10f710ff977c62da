#include "comd/events/v1/quarantine.pb.h"
#include "events/codec.h"

/// Events 801 to 899, of the streams "qu-…"; and what cannot be read, which is written as it was.
namespace comd::events::v1 {
namespace qu = comd::quarantine;

void put(const qu::Finding& from, QuarantineFinding& to) {
  to.set_cause(static_cast<QuarantineCause>(from.cause));
  to.set_version(number(from.version));
  to.set_reason(from.reason);
}
void get(const QuarantineFinding& from, qu::Finding& to, Trouble& t) {
  to.cause = enum_of<qu::Cause>(from.cause(), QuarantineCause_IsValid, "cause", t);
  to.version = Version{from.version()};
  to.reason = from.reason();
}

void put(const qu::Entered& e, QuarantineEntered& m) {
  m.set_stream(e.stream.value);
  m.set_tenant(e.tenant.value);
  put(e.finding, *m.mutable_finding());
  m.set_at(put_time(e.at));
  m.set_review_at(put_time(e.review_at));
}
void get(const QuarantineEntered& m, qu::Entered& e, Trouble& t) {
  e.stream.value = m.stream();
  e.tenant.value = m.tenant();
  get(m.finding(), e.finding, t);
  e.at = get_time(m.at());
  e.review_at = get_time(m.review_at());
}

void put(const qu::Skipped& e, QuarantineSkipped& m) {
  m.set_version(number(e.version));
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const QuarantineSkipped& m, qu::Skipped& e, Trouble&) {
  e = {Version{m.version()}, m.by(), m.reason(), get_time(m.at())};
}

void put(const qu::Found& e, QuarantineFound& m) { put(e.finding, *m.mutable_finding()); }
void get(const QuarantineFound& m, qu::Found& e, Trouble& t) { get(m.finding(), e.finding, t); }

void put(const qu::Corrected& e, QuarantineCorrected& m) {
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
}
void get(const QuarantineCorrected& m, qu::Corrected& e, Trouble&) { e = {m.by(), m.reason(), get_time(m.at())}; }

void put(const qu::Released& e, QuarantineReleased& m) {
  m.set_how(static_cast<QuarantineExit>(e.how));
  m.set_by(e.by);
  m.set_reason(e.reason);
  m.set_at(put_time(e.at));
  m.set_held(e.held);
}
void get(const QuarantineReleased& m, qu::Released& e, Trouble& t) {
  e.how = enum_of<qu::Exit>(m.how(), QuarantineExit_IsValid, "exit", t);
  e.by = m.by();
  e.reason = m.reason();
  e.at = get_time(m.at());
  e.held = m.held();
}

void put(const qu::Reviewed& e, QuarantineReviewed& m) {
  m.set_count(e.count);
  m.set_next(put_time(e.next));
}
void get(const QuarantineReviewed& m, qu::Reviewed& e, Trouble&) { e = {m.count(), get_time(m.next())}; }

namespace {

using AllRows =
    Rows_<Row<qu::Entered, QuarantineEntered, QUARANTINE_ENTERED>, Row<qu::Skipped, QuarantineSkipped, QUARANTINE_SKIPPED>,
          Row<qu::Found, QuarantineFound, QUARANTINE_FOUND>, Row<qu::Corrected, QuarantineCorrected, QUARANTINE_CORRECTED>,
          Row<qu::Released, QuarantineReleased, QUARANTINE_RELEASED>, Row<qu::Reviewed, QuarantineReviewed, QUARANTINE_REVIEWED>>;

}  // namespace

void pack(const qu::Event& event, Event& to) { pack<AllRows>(event, to); }

void pack(const unreadable::Event& event, Event& to) {
  const auto& e = std::get<unreadable::Unreadable>(event);
  to.set_type(e.type);
  to.set_version(e.format);
  to.set_payload(e.payload);
}

std::optional<AnyEvent> unpack_quarantine(const Event& from, Trouble& trouble) {
  return unpack<qu::Event>(AllRows{}, from, trouble);
}

}  // namespace comd::events::v1
