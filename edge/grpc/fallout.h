#pragma once
#include "comd/api/v1/fallout.pb.h"
#include "edge/grpc/core.h"

/// What waits for a person, and what a person does about it.
namespace comd::north {

/// As of a moment of the past it reads the log from its beginning; `go_on` false ends that.
grpc::Status list_fallout(const Core&, const Caller&, const api::ListFalloutRequest&, api::ListFalloutResponse&,
                          const std::function<bool()>& go_on);
grpc::Status get_fallout(const Core&, const Caller&, const api::GetFalloutRequest&, api::GetFalloutResponse&);
/// A dry run decides on what is read now and records nothing; otherwise the order's actor decides.
void act(const Core&, const Caller&, const api::ActRequest&, api::ActResponse&, Done);

/// Everything that fits, oldest first, each at the version it was seen at.
Result<std::vector<repair::Target>, Rejection> find_fallout(const Core&, const Caller&, const api::ListFalloutRequest&);
/// What an action would do, checked but for the state of whom it is for.
Result<Intervention, std::vector<Rejection>> intervention_of(const Core&, const Caller&, const api::ActRequest&);

/// Neither a product order nor a service order.
Rejection not_for_people(const std::string& id);

}  // namespace comd::north
