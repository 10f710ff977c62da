#pragma once
#include <grpcpp/support/status.h>

#include <span>
#include <string>
#include <vector>

#include "comd/api/v1/product_order.pb.h"
#include "domain/ids.h"
#include "domain/result.h"

/// Refusals to gRPC statuses, with the details clients can act on (comd/api/v1/errors.proto). The only place that does it.
namespace comd::north {

namespace api = ::comd::api::v1;

grpc::StatusCode code_of(RejectionCode);
std::string_view to_text(RejectionCode);

/// How long a client should wait before it tries the same again; zero: trying again does not help.
Millis retry_after(const Rejection&);

api::Violation violation_of(const Rejection&);

/// The first rejection gives code and message; all of them are in the details.
grpc::Status status_of(std::span<const Rejection>);
grpc::Status status_of(const Rejection&);
/// One that may know better when to come back; zero: it does not.
grpc::Status status_of(const Rejection&, Millis retry_after);
/// A conflict is told with what differs.
grpc::Status status_of(const Rejection&, std::span<const Rejection> more);

/// Two sentences as one text, the first with a full stop.
std::string join(std::string sentence, std::string_view next);

/// The same as part of a stream's answer.
api::SubmitError error_of(const grpc::Status&);

}  // namespace comd::north
