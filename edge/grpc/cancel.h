#pragma once
#include <vector>

#include "comd/api/v1/product_order.pb.h"
#include "domain/revision.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// Of a whole order: carried out, denied with each reason, or only said what it would do.
void cancel_order(const Core&, const Caller&, const api::CancelOrderRequest&, api::CancelOrderResponse&, Done);

/// Oldest first. A task is called after its order and its number.
std::vector<api::CancelTask> cancel_tasks_of(const product_order::State&);

void fill_step(api::ChangeStep&, const product_order::ChangeStep&);

}  // namespace comd::north
