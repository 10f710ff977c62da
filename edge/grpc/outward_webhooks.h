#pragma once
#include "comd/api/v1/events.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

grpc::Status list_webhooks(const Core&, const Caller&, api::ListWebhooksResponse&);
grpc::Status list_dead_letters(const Core&, const Caller&, const api::ListDeadLettersRequest&, api::ListDeadLettersResponse&);
grpc::Status redeliver(const Core&, const Caller&, const api::RedeliverRequest&, api::RedeliverResponse&);

}  // namespace comd::north
