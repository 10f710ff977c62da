#pragma once
#include "comd/activation/v1/activation.pb.h"
#include "edge/grpc/core.h"

/// Reports and news from activation systems, as commands. Code 0 in the ack: durable, also when repeated, late, or for a service
/// order nobody knows, which is kept apart and counted.
namespace comd::north {

namespace wire = ::comd::activation::v1;

using Acked = std::function<void(wire::ReportAck)>;
void take_report(const Core&, const Caller&, const wire::ServiceOrderReport&, Acked);
void take_news(const Core&, const Caller&, const wire::ServiceNews&, Acked);

}  // namespace comd::north
