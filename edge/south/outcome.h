#pragma once
#include <grpcpp/support/status.h>

#include <optional>

#include "domain/service_order.h"

/// What the end of a gRPC call to an activation system means. This is the one place that decides it; docs/integrators.md
/// shows the same table to integrators, and test/unit/south checks it row by row.
///
///   status                                            submit      ask                 cancel, amend
///   OK                                                ok          ok                  ok
///   ALREADY_EXISTS                                    ok          refused permanent   ok
///   NOT_FOUND                                         refused permanent, code NOT_FOUND (ask: "never received")
///   INVALID_ARGUMENT, FAILED_PRECONDITION,
///   OUT_OF_RANGE, PERMISSION_DENIED,
///   UNAUTHENTICATED, UNIMPLEMENTED                    refused permanent
///   RESOURCE_EXHAUSTED, ABORTED                       refused transient: "not now, and nothing of it was kept"
///   DEADLINE_EXCEEDED, UNAVAILABLE, CANCELLED,
///   UNKNOWN, INTERNAL, DATA_LOSS, any other           unknown
///
/// UNAVAILABLE is no proof that nothing was sent: gRPC gives it as well for a connection that broke while waiting for the
/// answer. `not_sent` is decided before a call begins, never from its status: see Lane.
namespace comd::south {

/// The end of a call: its status, and the partner's own fault if it named one (trailing metadata, or SubmitAnswer.fault).
struct CallEnd {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::optional<FaultClass> fault_class;
  std::string fault_code;
};

service_order::Outcome outcome_of(EffectKind, const CallEnd&);
service_order::Outcome not_sent(std::string code, std::string message);
service_order::Outcome unknown(std::string code, std::string message);

/// "DEADLINE_EXCEEDED"; a number gRPC does not know reads "STATUS_17".
std::string status_name(grpc::StatusCode);

}  // namespace comd::south
