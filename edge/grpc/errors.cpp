#include "edge/grpc/errors.h"

#include "domain/check.h"

namespace comd::north {
namespace {

constexpr Millis kBusy{250};
constexpr Millis kUnavailable{1'000};
constexpr std::size_t kViolationsMax = 100;  // grpc's trailers are small; the first ones say what to fix

std::string message_of(std::span<const Rejection> rejections) {
  const auto& first = rejections.front();
  auto text = join(first.where.empty() ? first.message : first.where + ": " + first.message, first.hint);
  if (rejections.size() > 1) text += " (and " + std::to_string(rejections.size() - 1) + " more, see the details)";
  return text;
}

}  // namespace

std::string join(std::string sentence, std::string_view next) {
  if (next.empty() || sentence.empty()) return sentence.append(next);
  if (std::string_view(".!?:").find(sentence.back()) == std::string_view::npos) sentence += '.';
  sentence += ' ';
  return sentence.append(next);
}

grpc::StatusCode code_of(RejectionCode code) {
  switch (code) {
    case RejectionCode::invalid: return grpc::StatusCode::INVALID_ARGUMENT;
    case RejectionCode::not_found: return grpc::StatusCode::NOT_FOUND;
    case RejectionCode::conflict: return grpc::StatusCode::ALREADY_EXISTS;
    case RejectionCode::precondition: return grpc::StatusCode::FAILED_PRECONDITION;
    case RejectionCode::limit: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case RejectionCode::unavailable: return grpc::StatusCode::UNAVAILABLE;
  }
  return grpc::StatusCode::INTERNAL;
}

std::string_view to_text(RejectionCode code) {
  switch (code) {
    case RejectionCode::invalid: return "invalid";
    case RejectionCode::not_found: return "not_found";
    case RejectionCode::conflict: return "conflict";
    case RejectionCode::precondition: return "precondition";
    case RejectionCode::limit: return "limit";
    case RejectionCode::unavailable: return "unavailable";
  }
  return "internal";
}

Millis retry_after(const Rejection& rejection) {
  if (rejection.code == RejectionCode::unavailable) return kUnavailable;
  // A limit on the input names its place in the document; one on what comd has in hand does not, and passes.
  if (rejection.code == RejectionCode::limit && (rejection.where.empty() || rejection.where.starts_with("limits."))) return kBusy;
  return Millis{0};
}

api::Violation violation_of(const Rejection& rejection) {
  api::Violation out;
  out.set_code(std::string(to_text(rejection.code)));
  out.set_where(rejection.where);
  out.set_message(rejection.message);
  out.set_hint(rejection.hint);
  return out;
}

namespace {

grpc::Status status_with(std::span<const Rejection> rejections, Millis retry_after) {
  CHECK(!rejections.empty());
  const auto code = code_of(rejections.front().code);
  const auto message = message_of(rejections);
  api::ErrorDetails details;
  for (const auto& rejection : rejections.first(std::min(rejections.size(), kViolationsMax))) {
    *details.add_violations() = violation_of(rejection);
  }
  details.set_retry_after_ms(retry_after.count());
  api::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  status.add_details()->PackFrom(details);
  return grpc::Status(code, message, status.SerializeAsString());
}

}  // namespace

grpc::Status status_of(std::span<const Rejection> rejections) {
  return status_with(rejections, rejections.empty() ? Millis{0} : retry_after(rejections.front()));
}

grpc::Status status_of(const Rejection& rejection, Millis retry_after) {
  return status_with(std::span(&rejection, 1), retry_after > Millis{0} ? retry_after : north::retry_after(rejection));
}

grpc::Status status_of(const Rejection& rejection) { return status_of(std::span(&rejection, 1)); }

grpc::Status status_of(const Rejection& rejection, std::span<const Rejection> more) {
  std::vector<Rejection> all{rejection};
  all.insert(all.end(), more.begin(), more.end());
  return status_of(all);
}

api::SubmitError error_of(const grpc::Status& status) {
  api::SubmitError out;
  out.set_code(static_cast<int>(status.error_code()));
  out.set_message(status.error_message());
  api::Status full;
  if (full.ParseFromString(status.error_details()) && full.details_size() > 0) full.details(0).UnpackTo(out.mutable_details());
  return out;
}

}  // namespace comd::north
