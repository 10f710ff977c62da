#include "edge/south/wire.h"

#include <nlohmann/json.hpp>

namespace comd::south {
namespace {

using service_order::Report;
using service_order::ReportKind;

using WireValues = google::protobuf::Map<std::string, std::string>;

void fill_values(const Values& from, WireValues& to) {
  for (const auto& [name, value] : from) to[name] = value.json;
}

Result<Values, std::string> values_of(const WireValues& from, const std::string& field) {
  Values values;
  for (const auto& [name, json] : from) {
    auto value = value_of(json, field + "[\"" + name + "\"]");
    if (!value) return Err(value.error());
    values.emplace(name, std::move(*value));
  }
  return values;
}

wire::Action action_of(Action action) {
  switch (action) {
    case Action::add: return wire::ACTION_ADD;
    case Action::modify: return wire::ACTION_MODIFY;
    case Action::remove: return wire::ACTION_DELETE;
    case Action::no_change: break;  // never becomes a service order
  }
  return wire::ACTION_UNSPECIFIED;
}

/// The numbers of the two enums agree; what is outside of them is a kind this version does not know.
template <class To>
std::optional<To> same_number(int number, int last) {
  if (number < 1 || number > last) return std::nullopt;
  return static_cast<To>(number);
}

std::string unknown_kind(const char* what, int number) {
  return std::string("Expected a known kind of ") + what + ", but got number " + std::to_string(number) + ".";
}

}  // namespace

Result<Value, std::string> value_of(const std::string& json, const std::string& where) {
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) {
    const std::string shown = json.size() > 60 ? json.substr(0, 60) + "…" : json;
    return Err("Expected " + where + " to be JSON text (a string in double quotes, a number, true, …), but got: " + shown);
  }
  return Value{parsed.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

std::optional<FaultClass> fault_class_of(wire::FaultClass fault_class) {
  switch (fault_class) {
    case wire::FAULT_CLASS_TRANSIENT: return FaultClass::transient;
    case wire::FAULT_CLASS_PERMANENT: return FaultClass::permanent;
    case wire::FAULT_CLASS_BUSINESS: return FaultClass::business;
    default: return std::nullopt;
  }
}

std::optional<FaultClass> fault_class_of(std::string_view text) {
  if (text == "transient") return FaultClass::transient;
  if (text == "permanent") return FaultClass::permanent;
  if (text == "business") return FaultClass::business;
  return std::nullopt;
}

void fill_header(const ActivationCall& call, wire::CallHeader& header) {
  header.set_idempotency_key(call.effect.key);
  header.set_correlation_id(call.meta.correlation);
  header.set_traceparent(call.meta.traceparent);
  header.set_tenant(call.meta.tenant.value);
  header.set_target(call.effect.lane);
}

namespace {

void fill_service_order(const ActivationRequest& from, wire::ServiceOrder& to) {
  to.set_id(from.service_order.value);
  to.set_order_id(from.order.value);
  to.set_item_id(from.item);
  to.set_service_id(from.service.value);
  to.set_specification(from.specification);
  to.set_action(action_of(from.action));
  to.set_revision(from.revision);
  to.set_attempt(from.attempt);
  to.set_priority(from.priority);
  fill_values(from.characteristics, *to.mutable_characteristics());
  fill_values(from.previous, *to.mutable_previous());
  to.set_compensation(from.compensation);
}

}  // namespace

void fill_submit(const ActivationCall& call, wire::SubmitRequest& request) {
  fill_header(call, *request.mutable_call());
  fill_service_order(call.request, *request.mutable_service_order());
}

void fill_revise(const ActivationCall& call, wire::ReviseRequest& request) {
  fill_header(call, *request.mutable_call());
  fill_service_order(call.request, *request.mutable_service_order());
}

void fill_get(const ActivationCall& call, wire::GetRequest& request) {
  fill_header(call, *request.mutable_call());
  request.set_service_order_id(call.request.service_order.value);
  request.set_attempt(call.request.attempt);
}

void fill_cancel(const ActivationCall& call, wire::CancelRequest& request) {
  fill_header(call, *request.mutable_call());
  request.set_service_order_id(call.request.service_order.value);
  request.set_attempt(call.request.attempt);
  request.set_order_id(call.request.order.value);
  request.set_service_id(call.request.service.value);
  request.set_reason(call.request.reason);
}

Result<Report, std::string> report_of(const wire::ServiceOrderReport& from) {
  static_assert(static_cast<int>(ReportKind::acknowledged) == wire::REPORT_KIND_ACKNOWLEDGED &&
                static_cast<int>(ReportKind::completed) == wire::REPORT_KIND_COMPLETED &&
                static_cast<int>(ReportKind::expected_date) == wire::REPORT_KIND_EXPECTED_DATE);
  if (from.report_id().empty())
    return Err(std::string("Expected a report_id, but it is empty. It lets a repeated report be known."));
  if (from.service_order_id().empty()) return Err(std::string("Expected a service_order_id, but it is empty."));
  const auto kind = same_number<ReportKind>(from.kind(), wire::REPORT_KIND_EXPECTED_DATE);
  if (!kind) return Err(unknown_kind("report", from.kind()));
  if (*kind == ReportKind::expected_date && !from.has_expected())
    return Err(std::string("Expected `expected` to hold the new date of a report of kind expected_date, but it is absent."));
  auto outputs = values_of(from.outputs(), "outputs");
  if (!outputs) return Err(outputs.error());
  Report report;
  report.id = from.report_id();
  report.kind = *kind;
  report.attempt = from.attempt();
  report.outputs = std::move(*outputs);
  report.fault = {fault_class_of(from.fault().fault_class()).value_or(FaultClass::unknown), from.fault().code(),
                  from.fault().message()};
  report.message = from.message();
  if (from.has_expected())
    report.expected = Instant{Millis{from.expected().seconds() * 1000 + from.expected().nanos() / 1'000'000}};
  report.reporter = from.reporter();
  report.milestone = from.milestone();
  return report;
}

Result<service::TakeNews, std::string> news_of(const wire::ServiceNews& from) {
  static_assert(static_cast<int>(service::NewsKind::suspended) == wire::NEWS_KIND_SUSPENDED &&
                static_cast<int>(service::NewsKind::changed) == wire::NEWS_KIND_CHANGED);
  if (from.news_id().empty()) return Err(std::string("Expected a news_id, but it is empty. It lets repeated news be known."));
  if (from.service_id().empty()) return Err(std::string("Expected a service_id, but it is empty."));
  const auto kind = same_number<service::NewsKind>(from.kind(), wire::NEWS_KIND_CHANGED);
  if (!kind) return Err(unknown_kind("news", from.kind()));
  auto characteristics = values_of(from.characteristics(), "characteristics");
  if (!characteristics) return Err(characteristics.error());
  return service::TakeNews{from.news_id(), *kind, from.message(), std::move(*characteristics), from.reporter()};
}

}  // namespace comd::south
