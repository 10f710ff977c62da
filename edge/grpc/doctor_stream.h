#pragma once
#include <memory>

#include "comd/api/v1/system.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// Examines in steps, one for each message that the client has taken, so a client that leaves ends it. One at a time.
grpc::ServerWriteReactor<api::DoctorResponse>* start_doctor(const Core&, grpc::CallbackServerContext*);

}  // namespace comd::north
