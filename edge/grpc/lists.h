#pragma once
#include "comd/api/v1/inventory.pb.h"
#include "comd/api/v1/product_order.pb.h"
#include "comd/api/v1/system.pb.h"
#include "edge/grpc/core.h"

/// The paged lists: index rows to summaries, with the filters the index does not answer checked on each.
namespace comd::north {

grpc::Status list_orders(const Core&, const Caller&, const api::ListOrdersRequest&, api::ListOrdersResponse&);
grpc::Status list_products(const Core&, const Caller&, const api::ListProductsRequest&, api::ListProductsResponse&);
grpc::Status list_services(const Core&, const Caller&, const api::ListServicesRequest&, api::ListServicesResponse&);
grpc::Status list_unmatched(const Core&, const api::ListUnmatchedRequest&, api::ListUnmatchedResponse&);

}  // namespace comd::north
