#pragma once
#include "comd/api/v1/hold.pb.h"
#include "domain/holds.h"
#include "edge/grpc/view.h"

/// What is held as a whole.
namespace comd::north {

void place_hold(const Core&, const Caller&, const api::PlaceHoldRequest&, api::PlaceHoldResponse&, Done);
void lift_hold(const Core&, const Caller&, const api::LiftHoldRequest&, api::LiftHoldResponse&, Done);
grpc::Status list_holds(const Core&, const Caller&, const api::ListHoldsRequest&, api::ListHoldsResponse&);

/// What is held, or was at the moment that is looked at.
hold::State holds_in(const View&);

}  // namespace comd::north
