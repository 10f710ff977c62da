#pragma once
#include "comd/api/v1/integrity.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/core.h"

/// Calls of the IntegrityService.
namespace comd::north {

grpc::Status get_epoch(const Core&, api::GetEpochResponse&);
void reconcile_epoch(const Core&, const Caller&, const api::ReconcileEpochRequest&, api::ReconcileEpochResponse&, Done);
grpc::Status sign_checkpoint(const Core&, api::SignCheckpointResponse&);
grpc::ServerWriteReactor<api::VerifyChainResponse>* start_verify(const Core&, grpc::CallbackServerContext*,
                                                                 const api::VerifyChainRequest&);

grpc::ServerWriteReactor<api::RebuildTablesResponse>* start_rebuild(const Core&, grpc::CallbackServerContext*,
                                                                    const api::RebuildTablesRequest&);

}  // namespace comd::north
