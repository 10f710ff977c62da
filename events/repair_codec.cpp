#include "comd/events/v1/repair.pb.h"
#include "events/shared_fields.h"

/// Events 701 to 799, of the streams "rj-…".
namespace comd::events::v1 {

namespace rj = comd::repair;

template <>
struct Known<rj::Verdict> {
  static constexpr auto valid = Verdict_IsValid;
  static constexpr auto name = "verdict";
};

void fields(auto& c, Is<rj::Plan> auto& e) {
  using M = RepairPlan;
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kQueryFieldNumber, e.query);
  c(M::kWhatFieldNumber, e.what);
  c(M::kCanaryFieldNumber, e.canary);
  c(M::kPaceFieldNumber, e.pace);
  c(M::kFailuresMaxFieldNumber, e.failures_max);
  c(M::kLookEveryFieldNumber, e.look_every);
  c(M::kLookForFieldNumber, e.look_for);
}

void fields(auto& c, Is<rj::Target> auto& e) {
  using M = RepairTarget;
  c(M::kIdFieldNumber, e.id);
  c(M::kVersionFieldNumber, e.version);
}

void fields(auto& c, Is<rj::Started> auto& e) {
  using M = RepairStarted;
  c(M::kPlanFieldNumber, e.plan);
  c(M::kMembersFieldNumber, e.members);
  c(M::kAtFieldNumber, e.at);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<rj::Tried> auto& e) {
  using M = RepairTried;
  c(M::kMemberFieldNumber, e.member);
  c(M::kVerdictFieldNumber, e.verdict);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kAtFieldNumber, e.at);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<rj::TryOverdue> auto& e) {
  using M = RepairTryOverdue;
  c(M::kCountFieldNumber, e.count);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<rj::Looked> auto& e) {
  using M = RepairLooked;
  c(M::kMemberFieldNumber, e.member);
  c(M::kVerdictFieldNumber, e.verdict);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<rj::CanaryPassed> auto& e) {
  using M = RepairCanaryPassed;
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<rj::Paused> auto& e) {
  using M = RepairPaused;
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kReviewAtFieldNumber, e.review_at);
}

void fields(auto& c, Is<rj::Resumed> auto& e) {
  using M = RepairResumed;
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kForgivenFieldNumber, e.forgiven);
  c(M::kDeadlineFieldNumber, e.deadline);
}

void fields(auto& c, Is<rj::Ended> auto& e) {
  using M = RepairEnded;
  c(M::kCancelledFieldNumber, e.cancelled);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

namespace {

using AllRows =
    Rows_<Row<rj::Started, RepairStarted, REPAIR_STARTED>, Row<rj::Tried, RepairTried, REPAIR_TRIED>,
          Row<rj::TryOverdue, RepairTryOverdue, REPAIR_TRY_OVERDUE>, Row<rj::Looked, RepairLooked, REPAIR_LOOKED>,
          Row<rj::CanaryPassed, RepairCanaryPassed, REPAIR_CANARY_PASSED>, Row<rj::Paused, RepairPaused, REPAIR_PAUSED>,
          Row<rj::Resumed, RepairResumed, REPAIR_RESUMED>, Row<rj::Ended, RepairEnded, REPAIR_ENDED>>;

}  // namespace

void pack(const rj::Event& event, Writer& to) { pack<AllRows>(event, to); }

void unpack_repair(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<rj::Event>(AllRows{}, from, to, trouble); }

}  // namespace comd::events::v1
