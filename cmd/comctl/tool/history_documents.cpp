#include <map>

#include "cmd/comctl/tool/history.h"

namespace comd::ctl {
namespace {

using namespace api::v1;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json changes_of(const google::protobuf::RepeatedPtrField<FieldChange>& changes) {
  Json out = Json::array();
  for (const auto& one : changes)
    out.push_back({{"stream", one.stream()},
                   {"field", one.field()},
                   {"before", text_or_null(one.before())},
                   {"after", text_or_null(one.after())}});
  return out;
}

Json entries_of(const google::protobuf::RepeatedPtrField<TimelineEntry>& entries) {
  Json out = Json::array();
  for (const auto& one : entries) out.push_back(document_of(one));
  return out;
}

Json violation_of(const api::v1::Violation& one) {
  return {{"code", one.code()}, {"where", one.where()}, {"message", one.message()}, {"hint", one.hint()}};
}

std::string verdict_of(Verdict verdict) {
  switch (verdict) {
    case VERDICT_SAME: return "same";
    case VERDICT_DIFFERS: return "differs";
    case VERDICT_REFUSED: return "refused";
    case VERDICT_UNDECIDABLE: return "undecidable";
    case VERDICT_UNPLANNED: return "unplanned";
    default: return "unknown";
  }
}

Json values_of(const google::protobuf::Map<std::string, std::string>& values) {
  Json out = Json::object();
  for (const auto& [name, json] : std::map<std::string, std::string>(values.begin(), values.end())) {
    auto value = parse_json(json);
    out[name] = value.is_discarded() ? Json(json) : std::move(value);
  }
  return out;
}

}  // namespace

Json document_of(const DiffResponse& r) {
  return {{"id", r.id()},
          {"fromPosition", r.from_position()},
          {"toPosition", r.to_position()},
          {"changes", changes_of(r.changes())},
          {"events", entries_of(r.events())},
          {"truncated", r.truncated()}};
}

Json document_of(const ReplayStep& s) {
  return {{"step", s.step()}, {"event", document_of(s.event())}, {"state", s.state()}, {"changes", changes_of(s.changes())}};
}

Json document_of(const OrderDifference& d) {
  Json service_orders = Json::array(), violations = Json::array();
  for (const auto& one : d.service_orders())
    service_orders.push_back({{"id", one.id()},
                              {"kind", one.kind()},
                              {"item", one.item()},
                              {"key", one.key()},
                              {"specification", one.specification()},
                              {"changes", changes_of(one.changes())}});
  for (const auto& one : d.violations()) violations.push_back(violation_of(one));
  return {{"orderId", d.order_id()},
          {"externalId", d.external_id()},
          {"state", d.state()},
          {"catalogVersion", d.catalog_version()},
          {"verdict", verdict_of(d.verdict())},
          {"changes", changes_of(d.changes())},
          {"serviceOrders", std::move(service_orders)},
          {"violations", std::move(violations)},
          {"reason", text_or_null(d.reason())}};
}

Json document_of(const WhatIfTotals& t) {
  return {{"orders", t.orders()},
          {"done", t.done()},
          {"same", t.same()},
          {"differ", t.differ()},
          {"refused", t.refused()},
          {"undecidable", t.undecidable()},
          {"unplanned", t.unplanned()},
          {"serviceOrders", {{"added", t.added()}, {"dropped", t.dropped()}, {"changed", t.changed()}}}};
}

Json document_of(const TryResponse& r) {
  Json calls = Json::array(), timers = Json::array();
  for (const auto& one : r.calls())
    calls.push_back({{"target", one.target()},
                     {"kind", one.kind()},
                     {"serviceOrder", one.service_order()},
                     {"key", one.key()},
                     {"action", one.action()},
                     {"attempt", one.attempt()},
                     {"characteristics", values_of(one.characteristics())},
                     {"pending", one.pending()}});
  for (const auto& one : r.timers())
    timers.push_back(
        {{"stream", one.stream()}, {"name", one.name()}, {"due", time_of(one.has_due(), one.due())}, {"reason", one.reason()}});
  return {{"orderId", r.order_id()},
          {"atPosition", r.at_position()},
          {"time", time_of(r.has_time(), r.time())},
          {"rejection", r.has_rejection() ? violation_of(r.rejection()) : Json(nullptr)},
          {"events", entries_of(r.events())},
          {"changes", changes_of(r.changes())},
          {"calls", std::move(calls)},
          {"timers", std::move(timers)},
          {"quiet", r.quiet()}};
}

}  // namespace comd::ctl
