#include "edge/south/outcome.h"

namespace comd::south {
namespace {

using service_order::Outcome;
using Kind = service_order::Outcome::Kind;

/// What a status means for one kind of call.
struct Meaning {
  Kind kind;
  FaultClass fault_class;
};

Meaning meaning_of(EffectKind call, grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK: return {Kind::ok, FaultClass::unknown};
    case grpc::StatusCode::ALREADY_EXISTS:
      // The partner has it already, which is all a submit, a cancel or an amendment wants. A question cannot "exist already".
      return {call == EffectKind::ask ? Kind::refused : Kind::ok, FaultClass::permanent};
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::UNIMPLEMENTED: return {Kind::refused, FaultClass::permanent};
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED: return {Kind::refused, FaultClass::transient};
    default: return {Kind::unknown, FaultClass::unknown};
  }
}

Outcome without_answer(Kind kind, FaultClass fault_class, std::string code, std::string message) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.fault = {fault_class, std::move(code), std::move(message)};
  return outcome;
}

}  // namespace

Outcome outcome_of(EffectKind call, const CallEnd& end) {
  const Meaning meaning = meaning_of(call, end.code);
  Outcome outcome;
  outcome.kind = meaning.kind;
  if (meaning.kind == Kind::ok) return outcome;
  outcome.fault = {meaning.fault_class, status_name(end.code), end.message};
  // The partner's own class and code refine a refusal; they cannot turn "unknown" into something better, nor hide the
  // NOT_FOUND of an ask, a cancel or an amendment: the order decides by it.
  if (meaning.kind == Kind::refused && (end.code != grpc::StatusCode::NOT_FOUND || call == EffectKind::submit)) {
    if (end.fault_class) outcome.fault.fault_class = *end.fault_class;
    if (!end.fault_code.empty()) outcome.fault.code = end.fault_code;
  }
  return outcome;
}

Outcome not_sent(std::string code, std::string message) {
  return without_answer(Kind::not_sent, FaultClass::transient, std::move(code), std::move(message));
}

Outcome unknown(std::string code, std::string message) {
  return without_answer(Kind::unknown, FaultClass::unknown, std::move(code), std::move(message));
}

std::string status_name(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto number = static_cast<int>(code);
  if (number >= 0 && number < static_cast<int>(std::size(kNames))) return kNames[number];
  return "STATUS_" + std::to_string(number);
}

}  // namespace comd::south
