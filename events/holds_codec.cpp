#include "comd/events/v1/holds.pb.h"
#include "events/codec.h"

/// Events 1101 to 1199.
namespace comd::events::v1 {

template <>
struct Known<hold::Kind> {
  static constexpr auto valid = HoldKind_IsValid;
  static constexpr auto name = "kind of hold";
};

template <>
struct Known<hold::Timers> {
  static constexpr auto valid = HoldTimers_IsValid;
  static constexpr auto name = "policy for deadlines";
};

void fields(auto& c, Is<hold::Scope> auto& e) {
  using M = HoldScope;
  c(M::kKindFieldNumber, e.kind);
  c(M::kNameFieldNumber, e.name);
}

void fields(auto& c, Is<hold::Placed> auto& e) {
  using M = HoldPlaced;
  c(M::kScopeFieldNumber, e.scope);
  c(M::kTimersFieldNumber, e.timers);
  c(M::kRefuseNewFieldNumber, e.refuse_new);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
  c(M::kReviewAtFieldNumber, e.review_at);
}

void fields(auto& c, Is<hold::Lifted> auto& e) {
  using M = HoldLifted;
  c(M::kScopeFieldNumber, e.scope);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kAtFieldNumber, e.at);
}

void fields(auto& c, Is<hold::Reviewed> auto& e) {
  using M = HoldReviewed;
  c(M::kScopeFieldNumber, e.scope);
  c(M::kCountFieldNumber, e.count);
  c(M::kNextFieldNumber, e.next);
}

namespace {

using AllRows = Rows_<Row<hold::Placed, HoldPlaced, HOLD_PLACED>, Row<hold::Lifted, HoldLifted, HOLD_LIFTED>,
                      Row<hold::Reviewed, HoldReviewed, HOLD_REVIEWED>>;

}  // namespace

void pack(const hold::Event& event, Writer& to) { pack<AllRows>(event, to); }

void unpack_holds(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<hold::Event>(AllRows{}, from, to, trouble); }

}  // namespace comd::events::v1
