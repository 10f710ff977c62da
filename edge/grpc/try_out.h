#pragma once
#include "comd/api/v1/history.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// A command on a copy of one order and its products, as they were at a moment, by an engine of its own: its log is in memory, its
/// clock stands, and its calls are written down and go nowhere. Takes as long as the copy moves by itself, at most seconds.
grpc::Status try_out(const Core&, const Caller&, const api::TryRequest&, api::TryResponse&, const std::function<bool()>& go_on);

}  // namespace comd::north
