#pragma once
#include "comd/api/v1/quarantine.pb.h"
#include "edge/grpc/core.h"

/// Streams that cannot be gone on with, and what a person does about them.
namespace comd::north {

namespace api = ::comd::api::v1;

grpc::Status list_quarantines(const Core&, const Caller&, const api::ListQuarantinesRequest&, api::ListQuarantinesResponse&);
grpc::Status get_quarantine(const Core&, const Caller&, const api::GetQuarantineRequest&, api::GetQuarantineResponse&);
void resolve_quarantine(const Core&, const Caller&, const api::ResolveQuarantineRequest&, api::ResolveQuarantineResponse&, Done);

/// Why it does not go on, what it waits for and what a person can do.
Explanation explain_quarantine(const views::QuarantineSummary&);

}  // namespace comd::north
