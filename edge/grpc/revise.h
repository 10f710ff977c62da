#pragma once
#include "comd/api/v1/product_order.pb.h"
#include "domain/product_order.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// A later version of an order under way, or what it would do.
void revise_order(const Core&, const Caller&, const api::ReviseOrderRequest&, api::ReviseOrderResponse&, Done);

/// The decision itself, of which nothing is recorded. The caller's tenant is the order's.
grpc::Status rehearse_revision(const Core&, const Caller&, const Loaded<product_order::State>&, const product_order::Revise&,
                               api::ReviseOrderResponse&);

}  // namespace comd::north
