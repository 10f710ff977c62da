#pragma once
#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/core.h"

/// What can be asked about one order. Each is a fold over the log; no actor is disturbed.
namespace comd::north {

grpc::Status get_order(const Core&, const Caller&, const api::GetOrderRequest&, api::GetOrderResponse&);
grpc::Status timeline(const Core&, const Caller&, const api::TimelineRequest&, api::TimelineResponse&);
grpc::Status explain_order(const Core&, const Caller&, const api::ExplainRequest&, api::ExplainResponse&);
grpc::Status plan(const Core&, const Caller&, const api::PlanRequest&, api::PlanResponse&);

/// The streams whose histories tell what happened to `id`: an order with its service orders, a product with its services.
Result<std::vector<StreamId>, Rejection> streams_about(const Reader&, const TenantId&, const std::string& id);

}  // namespace comd::north
