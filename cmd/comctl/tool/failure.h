#pragma once
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "cmd/comctl/tool/output.h"

namespace comd::api::v1 {
class SubmitError;
}

/// What can go wrong, as the user is told it: a message, each violation with its place and hint, and an exit code.
namespace comd::ctl {

/// The exit codes of comctl; docs/comctl.md promises them.
enum Exit : int {
  kDone = 0,
  kRejected = 1,     ///< the server understood and refused; at least one order of several was refused
  kUsage = 2,        ///< the command line, or a file that cannot be read
  kUnavailable = 3,  ///< no answer, or none that settles it: try again, commands are idempotent
  kNotFound = 4,     ///< what is named does not exist
  kUnexpected = 5,   ///< an expectation did not hold: --expect, or --for ran out
};

struct Violation {
  std::string code, where, message, hint;
};

struct Failure {
  Exit exit = kRejected;
  std::string code;  ///< gRPC's name: "INVALID_ARGUMENT"; "USAGE" for what comctl itself finds
  std::string message;
  std::vector<Violation> violations;
  std::chrono::milliseconds retry_after{0};
  std::string hint;
  std::string about;  ///< the file or order it concerns, where the message does not say it
};

template <class T>
using Outcome = tl::expected<T, Failure>;

Failure usage_failure(std::string message, std::string hint = {});
Failure not_found_failure(std::string message, std::string hint = {});

/// From a failed call, with the details the server sent along.
Failure failure_of(const grpc::Status& status, const std::string& server);
Failure failure_of(const api::v1::SubmitError& error);

/// True when the same call may succeed later and repeating it is safe.
bool worth_repeating(const Failure& failure);

Json document_of(const Failure& failure);
Failure failure_from(const Json& document);  ///< what `document_of` made
std::string render(const Failure& failure, bool colour);

}  // namespace comd::ctl
