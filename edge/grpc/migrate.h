#pragma once
#include "comd/api/v1/catalog.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// Orders under way, from one catalogue version to another.
grpc::ServerWriteReactor<api::MigrateOrdersResponse>* start_migration(const Core&, grpc::CallbackServerContext*,
                                                                      const api::MigrateOrdersRequest&);

}  // namespace comd::north
