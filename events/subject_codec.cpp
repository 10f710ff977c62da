#include "comd/events/v1/subject.pb.h"
#include "events/codec.h"

/// Events 1001 to 1099, of the streams "sj-…".
namespace comd::events::v1 {

namespace sj = comd::subject;

void fields(auto& c, Is<sj::Asked> auto& e) {
  using M = SubjectForgetAsked;
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kByFieldNumber, e.by);
  c(M::kWhyFieldNumber, e.why);
  c(M::kForceFieldNumber, e.force);
  c(M::kWaitsForFieldNumber, e.waits_for);
  c(M::kAtFieldNumber, e.at);
  c(M::kLookAtFieldNumber, e.look_at);
}

void fields(auto& c, Is<sj::StillWaiting> auto& e) {
  using M = SubjectStillWaiting;
  c(M::kLooksFieldNumber, e.looks);
  c(M::kWaitsForFieldNumber, e.waits_for);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<sj::Withdrawn> auto& e) {
  using M = SubjectForgetWithdrawn;
  c(M::kByFieldNumber, e.by);
  c(M::kWhyFieldNumber, e.why);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<sj::ForgottenOrder> auto& e) {
  using M = ForgottenOrder;
  c(M::kOrderFieldNumber, e.order);
  c(M::kKeysFieldNumber, e.keys);
}

void fields(auto& c, Is<sj::Forgotten> auto& e) {
  using M = SubjectForgotten;
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kByFieldNumber, e.by);
  c(M::kWhyFieldNumber, e.why);
  c(M::kOrdersFieldNumber, e.orders);
  c(M::kProductsFieldNumber, e.products);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<sj::EraseDelayed> auto& e) {
  using M = SubjectEraseDelayed;
  c(M::kAttemptsFieldNumber, e.attempts);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<sj::Erased> auto& e) {
  using M = SubjectErased;
  c(M::kRoundFieldNumber, e.round);
  c(M::kAtFieldNumber, e.at);
}

namespace {

using AllRows = Rows_<
    Row<sj::Asked, SubjectForgetAsked, SUBJECT_FORGET_ASKED>, Row<sj::StillWaiting, SubjectStillWaiting, SUBJECT_STILL_WAITING>,
    Row<sj::Withdrawn, SubjectForgetWithdrawn, SUBJECT_FORGET_WITHDRAWN>, Row<sj::Forgotten, SubjectForgotten, SUBJECT_FORGOTTEN>,
    Row<sj::EraseDelayed, SubjectEraseDelayed, SUBJECT_ERASE_DELAYED>, Row<sj::Erased, SubjectErased, SUBJECT_ERASED>>;

}  // namespace

void pack(const sj::Event& event, Writer& to) { pack<AllRows>(event, to); }

void unpack_subject(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<sj::Event>(AllRows{}, from, to, trouble); }

}  // namespace comd::events::v1
