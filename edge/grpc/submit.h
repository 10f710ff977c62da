#pragma once
#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// One submission: parse, name, record. `done` is called once, here for what is refused at the door, else when it is durable.
using Submitted = std::function<void(Result<api::SubmitResponse, grpc::Status>)>;
void submit(const Core&, const Caller&, const api::SubmitRequest&, Submitted done);

}  // namespace comd::north
