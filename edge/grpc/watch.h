#pragma once
#include <grpcpp/support/server_callback.h>

#include "edge/grpc/feed.h"

namespace comd::north {

struct WatchOptions {
  TenantId tenant;
  std::vector<OrderId> orders;   ///< none: all of the tenant
  std::optional<Position> from;  ///< absent: live, after one line per order on where it stands
  bool until_terminal = false;
};

/// One Watch call. Owns itself until gRPC is done with it.
grpc::ServerWriteReactor<api::WatchResponse>* start_watch(OrderFeed&, const Reader&, WatchOptions);

}  // namespace comd::north
