#pragma once
#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// One submission: parse, name, record. `done` is called once, here for what is refused at the door, else when it is durable.
using Submitted = std::function<void(Result<api::SubmitResponse, grpc::Status>)>;
void submit(const Core&, const Caller&, const api::SubmitRequest&, Submitted done);

/// From here on nothing of comd can read what is personal in it. What is wrong with that, or nothing.
std::optional<std::vector<Rejection>> seal_order(const Core&, Order&, const OrderId&, const std::string& catalog_version);

}  // namespace comd::north
