#include "cmd/comctl/tool/failure.h"

#include <fmt/format.h>

#include <array>

#include "cmd/comctl/tool/text.h"

namespace comd::ctl {
namespace {

constexpr std::array<std::string_view, 17> kCodeNames{
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

Exit exit_of(int code) {
  switch (code) {
    case grpc::StatusCode::NOT_FOUND: return kNotFound;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DATA_LOSS:
    case grpc::StatusCode::UNIMPLEMENTED: return kUnavailable;
    default: return kRejected;
  }
}

Failure failure_of_code(int code, std::string message) {
  Failure failure;
  failure.exit = exit_of(code);
  failure.code = code >= 0 && code < static_cast<int>(kCodeNames.size()) ? kCodeNames[static_cast<std::size_t>(code)] : fmt::format("CODE_{}", code);
  failure.message = std::move(message);
  return failure;
}

void add_details(Failure& failure, const api::v1::ErrorDetails& details) {
  for (const auto& v : details.violations()) failure.violations.push_back({v.code(), v.where(), v.message(), v.hint()});
  failure.retry_after = std::chrono::milliseconds(details.retry_after_ms());
}

}  // namespace

Failure usage_failure(std::string message, std::string hint) { return {kUsage, "USAGE", std::move(message), {}, {}, std::move(hint)}; }
Failure not_found_failure(std::string message, std::string hint) {
  return {kNotFound, "NOT_FOUND", std::move(message), {}, {}, std::move(hint)};
}

Failure failure_of(const grpc::Status& status, const std::string& server) {
  Failure failure = failure_of_code(status.error_code(), status.error_message());
  api::v1::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& any : details.details()) {
      api::v1::ErrorDetails error;
      if (any.UnpackTo(&error)) add_details(failure, error);
    }
  }
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && failure.violations.empty()) {
    failure.message = fmt::format("Expected a comd at {}, but it cannot be reached: {}", server, failure.message);
    failure.hint = "start comd, or name another with --server or COMCTL_SERVER";
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    failure.message = fmt::format("Expected an answer from {} in time, but there was none", server);
    failure.hint = "send the same again, or allow more time with --timeout";
  }
  return failure;
}

Failure failure_of(const api::v1::SubmitError& error) {
  Failure failure = failure_of_code(error.code(), error.message());
  add_details(failure, error.details());
  return failure;
}

bool worth_repeating(const Failure& failure) {
  return failure.code == "UNAVAILABLE" || failure.code == "RESOURCE_EXHAUSTED" || failure.code == "DEADLINE_EXCEEDED" ||
         failure.code == "CANCELLED" || failure.code == "UNKNOWN";
}

Json document_of(const Failure& failure) {
  Json violations = Json::array();
  for (const auto& v : failure.violations)
    violations.push_back({{"code", v.code}, {"where", v.where}, {"message", v.message}, {"hint", v.hint}});
  return {{"code", failure.code},
          {"message", failure.message},
          {"hint", failure.hint},
          {"violations", std::move(violations)},
          {"retryAfterMs", failure.retry_after.count()}};
}

std::string render(const Failure& failure, bool colour) {
  std::string out = paint(failure.code, Style::bad, colour) + ": " + printable(failure.message) + "\n";
  // The message often is the first violation's: say it once, but keep its place and its hint.
  for (const auto& v : failure.violations) {
    const std::string where = v.where.empty() ? "" : paint(printable(v.where), Style::bold, colour) + ": ";
    if (v.message != failure.message || failure.violations.size() > 1) out += "  " + where + printable(v.message) + "\n";
    else if (!v.where.empty()) out += "  at " + paint(printable(v.where), Style::bold, colour) + "\n";
    if (!v.hint.empty()) out += "    → " + printable(v.hint) + "\n";
  }
  if (!failure.hint.empty()) out += "  → " + printable(failure.hint) + "\n";
  if (failure.retry_after.count() > 0) out += fmt::format("  → try again in {}\n", show_duration(failure.retry_after));
  return out;
}

}  // namespace comd::ctl
