#include "comd/events/v1/quarantine.pb.h"
#include "events/codec.h"

/// Events 801 to 899, of the streams "qu-…"; and what cannot be read, which is written as it was.
namespace comd::events::v1 {

namespace qu = comd::quarantine;

template <>
struct Known<qu::Cause> {
  static constexpr auto valid = QuarantineCause_IsValid;
  static constexpr auto name = "cause";
};

template <>
struct Known<qu::Exit> {
  static constexpr auto valid = QuarantineExit_IsValid;
  static constexpr auto name = "exit";
};

void fields(auto& c, Is<qu::Finding> auto& e) {
  using M = QuarantineFinding;
  c(M::kCauseFieldNumber, e.cause);
  c(M::kVersionFieldNumber, e.version);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<qu::Entered> auto& e) {
  using M = QuarantineEntered;
  c(M::kStreamFieldNumber, e.stream);
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kFindingFieldNumber, e.finding);
  c(M::kAtFieldNumber, e.at);
  c(M::kReviewAtFieldNumber, e.review_at);
}

void fields(auto& c, Is<qu::Skipped> auto& e) {
  using M = QuarantineSkipped;
  c(M::kVersionFieldNumber, e.version);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<qu::Found> auto& e) {
  using M = QuarantineFound;
  c(M::kFindingFieldNumber, e.finding);
}

void fields(auto& c, Is<qu::Corrected> auto& e) {
  using M = QuarantineCorrected;
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<qu::Released> auto& e) {
  using M = QuarantineReleased;
  c(M::kHowFieldNumber, e.how);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
  c(M::kHeldFieldNumber, e.held);
}

void fields(auto& c, Is<qu::Reviewed> auto& e) {
  using M = QuarantineReviewed;
  c(M::kCountFieldNumber, e.count);
  c(M::kNextFieldNumber, e.next);
}

namespace {

using AllRows =
    Rows_<Row<qu::Entered, QuarantineEntered, QUARANTINE_ENTERED>, Row<qu::Skipped, QuarantineSkipped, QUARANTINE_SKIPPED>,
          Row<qu::Found, QuarantineFound, QUARANTINE_FOUND>, Row<qu::Corrected, QuarantineCorrected, QUARANTINE_CORRECTED>,
          Row<qu::Released, QuarantineReleased, QUARANTINE_RELEASED>, Row<qu::Reviewed, QuarantineReviewed, QUARANTINE_REVIEWED>>;

}  // namespace

void pack(const qu::Event& event, Writer& to) { pack<AllRows>(event, to); }
void pack(const unreadable::Event& event, Writer& to) {
  const auto& e = std::get<unreadable::Unreadable>(event);
  to(Event::kTypeFieldNumber, e.type);
  to(Event::kVersionFieldNumber, e.format);
  to(Event::kPayloadFieldNumber, e.payload);
}

void unpack_quarantine(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<qu::Event>(AllRows{}, from, to, trouble); }

}  // namespace comd::events::v1
