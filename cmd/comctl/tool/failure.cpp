#include "cmd/comctl/tool/failure.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/text.h"
#include "comd/api/v1/errors.pb.h"
#include "comd/api/v1/product_order.pb.h"

namespace comd::ctl {
namespace {

constexpr std::array<std::string_view, 17> kCodeNames{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
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
  failure.code = code >= 0 && code < static_cast<int>(kCodeNames.size()) ? kCodeNames[static_cast<std::size_t>(code)]
                                                                         : fmt::format("CODE_{}", code);
  failure.message = std::move(message);
  return failure;
}

void add_details(Failure& failure, const api::v1::ErrorDetails& details) {
  for (const auto& v : details.violations()) failure.violations.push_back({v.code(), v.where(), v.message(), v.hint()});
  failure.retry_after = std::chrono::milliseconds(details.retry_after_ms());
  if (failure.code == "RESOURCE_EXHAUSTED" && details.retry_after_ms() == 0 && !failure.violations.empty())
    failure.exit = kRejected;
}

/// Why there is no connection, as far as gRPC's story tells. {} stands for the server.
struct Reason {
  std::string_view sign, message, hint;
};
constexpr std::array<Reason, 4> kReasons{{
    {"certificate verify failed", "Expected a certificate of {} that --tls-ca vouches for, but it has another or an expired one",
     "name the file of the authority that issued comd's --tls-cert with --tls-ca"},
    {"is not in peer certificate", "Expected the certificate of {} to be for that address, but it is for another",
     "name comd with --server as its certificate does"},
    {"wrong version number", "Expected TLS at {}, but what listens there does not speak it",
     "try without --tls-ca and COMCTL_TLS_CA, or name another with --server"},
    {"Socket closed", "Expected a comd at {} that answers, but it closed the connection",
     "if it speaks TLS, name its certificate authority with --tls-ca; if it was stopped, start it again"},
}};

void explain_unavailable(Failure& failure, const std::string& server) {
  for (const auto& reason : kReasons) {
    if (failure.message.find(reason.sign) == std::string::npos) continue;
    failure.message = fmt::format(fmt::runtime(reason.message), server);
    failure.hint = reason.hint;
    return;
  }
  const auto end = failure.message.rfind(": ");  // gRPC tells a long story that ends in what matters
  failure.message = fmt::format("Expected a comd at {}, but it cannot be reached: {}", server,
                                end == std::string::npos ? failure.message : failure.message.substr(end + 2));
  failure.hint = "start comd, or name another with --server or COMCTL_SERVER";
}

}  // namespace

Failure usage_failure(std::string message, std::string hint) {
  return {kUsage, "USAGE", std::move(message), {}, {}, std::move(hint), {}};
}
Failure not_found_failure(std::string message, std::string hint) {
  return {kNotFound, "NOT_FOUND", std::move(message), {}, {}, std::move(hint), {}};
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
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && failure.violations.empty()) explain_unavailable(failure, server);
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
  const bool busy = failure.code == "RESOURCE_EXHAUSTED" && failure.retry_after.count() > 0;  // without: too large, for good
  return busy || failure.code == "UNAVAILABLE" || failure.code == "DEADLINE_EXCEEDED" || failure.code == "CANCELLED" ||
         failure.code == "UNKNOWN";
}

Failure failure_from(const Json& document) {
  Failure failure;
  failure.about = text_at(document, "about");
  failure.code = text_at(document, "code");
  failure.message = text_at(document, "message");
  failure.hint = text_at(document, "hint");
  for (const auto& v : document.at("violations"))
    failure.violations.push_back({text_at(v, "code"), text_at(v, "where"), text_at(v, "message"), text_at(v, "hint")});
  return failure;
}

Json document_of(const Failure& failure) {
  Json violations = Json::array();
  for (const auto& v : failure.violations)
    violations.push_back({{"code", v.code}, {"where", v.where}, {"message", v.message}, {"hint", v.hint}});
  return {{"about", failure.about},
          {"code", failure.code},
          {"message", failure.message},
          {"hint", failure.hint},
          {"violations", std::move(violations)},
          {"retryAfterMs", failure.retry_after.count()}};
}

std::string render(const Failure& failure, bool colour) {
  const auto violation_text = [&](const Violation& v) {
    return (v.where.empty() ? "" : paint(printable(v.where), Style::bold, colour) + ": ") + printable(v.message) + "\n" +
           (v.hint.empty() ? "" : "    → " + printable(v.hint) + "\n");
  };
  // A server's message repeats what its violations say, without their form: say it once.
  const bool repeats =
      !failure.violations.empty() && failure.message.find(failure.violations.front().message) != std::string::npos;
  std::string out = (failure.about.empty() ? "" : paint(printable(failure.about), Style::bold, colour) + ": ") +
                    paint(failure.code, Style::bad, colour) + ": ";
  if (repeats && failure.violations.size() == 1) {
    out += violation_text(failure.violations.front());
  } else {
    out += (repeats ? fmt::format("{} things are wrong", failure.violations.size()) : printable(failure.message)) + "\n";
    for (const auto& v : failure.violations) out += "  " + violation_text(v);
  }
  if (!failure.hint.empty()) out += "  → " + printable(failure.hint) + "\n";
  if (failure.retry_after.count() > 0) out += fmt::format("  → try again in {}\n", show_duration(failure.retry_after));
  return out;
}

}  // namespace comd::ctl
