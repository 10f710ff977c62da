#pragma once
#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// A later version of an order under way, or what it would do.
void revise_order(const Core&, const Caller&, const api::ReviseOrderRequest&, api::ReviseOrderResponse&, Done);

}  // namespace comd::north
