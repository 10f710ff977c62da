#pragma once
#include "comd/api/v1/events.pb.h"
#include "edge/grpc/following.h"

namespace comd::north {

struct SubscribeOptions {
  TenantId tenant;
  std::vector<OrderId> orders;  ///< none: all of the tenant
  outward::Filter filter;
  Position after{};
};

/// One Subscribe call. Owns itself until gRPC is done with it.
grpc::ServerWriteReactor<api::SubscribeResponse>* start_subscription(EventFeed&, const EventLog&, SubscribeOptions);

}  // namespace comd::north
