#include "cmd/comctl/tool/documents.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "comd/api/v1/catalog.pb.h"
#include "comd/api/v1/fallout.pb.h"
#include "comd/api/v1/inventory.pb.h"
#include "comd/api/v1/product_order.pb.h"
#include "comd/api/v1/quarantine.pb.h"
#include "comd/api/v1/repair.pb.h"
#include "comd/api/v1/subject.pb.h"
#include "comd/api/v1/system.pb.h"
#include "domain/ids.h"

namespace comd::ctl {
namespace {

using namespace api::v1;

/// JSON that travelled as text. What does not parse stays a text: better seen than lost.
Json parsed(const std::string& text) {
  auto json = parse_json(text);
  return json.is_discarded() ? Json(text) : json;
}

Json values_of(const google::protobuf::Map<std::string, std::string>& values) {
  Json out = Json::object();
  for (const auto& [name, json] : std::map<std::string, std::string>(values.begin(), values.end())) out[name] = parsed(json);
  return out;
}

template <class Range>
Json list_of(const Range& range) {
  Json out = Json::array();
  for (const auto& one : range) out.push_back(document_of(one));
  return out;
}

Json texts_of(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(text);
  return out;
}

Json parties_of(const google::protobuf::RepeatedPtrField<Party>& parties) {
  Json out = Json::array();
  for (const auto& party : parties) out.push_back({{"id", party.id()}, {"role", party.role()}});
  return out;
}

}  // namespace

Json time_of(bool present, const google::protobuf::Timestamp& time) {
  if (!present) return nullptr;
  return to_text(Instant(std::chrono::seconds(time.seconds()) + Millis(time.nanos() / 1'000'000)));
}

Json document_of(const SubmitResponse& r) {
  return {{"orderId", r.order_id()},
          {"state", r.state()},
          {"outcome", r.outcome() == SUBMIT_OUTCOME_REPEATED ? "repeated" : "created"},
          {"catalogVersion", r.catalog_version()},
          {"position", r.position()},
          {"correlationId", r.correlation_id()}};
}

Json document_of(const OrderSummary& o) {
  return {{"id", o.id()},
          {"externalId", o.external_id()},
          {"source", o.source()},
          {"tenant", o.tenant()},
          {"state", o.state()},
          {"tmfState", o.tmf_state()},
          {"terminal", o.terminal()},
          {"reason", o.reason()},
          {"priority", o.priority()},
          {"offerings", texts_of(o.offerings())},
          {"relatedParties", parties_of(o.related_parties())},
          {"submittedAt", time_of(o.has_submitted_at(), o.submitted_at())},
          {"closedAt", time_of(o.has_closed_at(), o.closed_at())},
          {"archivedAt", time_of(o.has_archived_at(), o.archived_at())},
          {"serviceOrders", o.service_orders()},
          {"serviceOrdersDone", o.service_orders_done()},
          {"catalogVersion", o.catalog_version()}};
}

Json jeopardy_of(bool is, const api::v1::Jeopardy& j) {
  if (!is) return nullptr;
  return {{"kind", j.kind()},
          {"cause", j.cause()},
          {"serviceOrder", j.service_order()},
          {"since", time_of(j.has_since(), j.since())}};
}

Json document_of(const ServiceOrderSummary& s) {
  Json fault = nullptr, milestones = Json::array();
  for (const auto& m : s.milestones())
    milestones.push_back({{"name", m.name()},
                          {"description", m.description()},
                          {"message", m.message()},
                          {"reachedAt", time_of(m.has_reached_at(), m.reached_at())}});
  if (s.has_fault()) fault = {{"class", s.fault().fault_class()}, {"code", s.fault().code()}, {"message", s.fault().message()}};
  return {{"id", s.id()},
          {"item", s.item()},
          {"serviceKey", s.service_key()},
          {"serviceId", s.service_id()},
          {"specification", s.specification()},
          {"target", s.target()},
          {"action", s.action()},
          {"status", s.status()},
          {"terminal", s.terminal()},
          {"reason", s.reason()},
          {"attempt", s.attempt()},
          {"optional", s.optional()},
          {"undoes", s.undoes()},
          {"dependsOn", texts_of(s.depends_on())},
          {"inputs", values_of(s.inputs())},
          {"outputs", values_of(s.outputs())},
          {"fault", std::move(fault)},
          {"reference", s.reference()},
          {"expected", time_of(s.has_expected(), s.expected())},
          {"jeopardy", jeopardy_of(s.has_jeopardy(), s.jeopardy())},
          {"milestones", std::move(milestones)}};
}

Json document_of(const QueuedRevision& r) {
  return {
      {"revision", r.revision()}, {"requestedBy", r.requested_by()}, {"reason", r.reason()}, {"at", time_of(r.has_at(), r.at())}};
}

Json document_of(const GetOrderResponse& r) {
  return {{"summary", document_of(r.summary())},
          {"serviceOrders", list_of(r.service_orders())},
          {"version", r.version()},
          {"revision", r.revision()},
          {"queuedRevisions", list_of(r.queued_revisions())},
          {"cancellations", list_of(r.cancellations())},
          {"expectedCompletion", time_of(r.has_expected_completion(), r.expected_completion())},
          {"jeopardy", jeopardy_of(r.has_jeopardy(), r.jeopardy())},
          {"productOrder", parsed(r.tmf622_json())}};
}

Json document_of(const WatchResponse& w) {
  return {{"position", w.position()}, {"time", time_of(w.has_time(), w.time())},
          {"orderId", w.order_id()},  {"stream", w.stream()},
          {"event", w.event()},       {"text", w.text()},
          {"reason", w.reason()},     {"state", w.state()},
          {"terminal", w.terminal()}, {"correlationId", w.correlation_id()}};
}

Json document_of(const TimelineEntry& e) {
  return {{"position", e.position()},
          {"time", time_of(e.has_time(), e.time())},
          {"stream", e.stream()},
          {"version", e.version()},
          {"event", e.event()},
          {"text", e.text()},
          {"reason", e.reason()},
          {"cause",
           {{"command", e.cause().command()},
            {"subject", e.cause().subject()},
            {"correlationId", e.cause().correlation_id()},
            {"traceparent", e.cause().traceparent()}}}};
}

Json document_of(const TimelineResponse& r) { return {{"truncated", r.truncated()}, {"entries", list_of(r.entries())}}; }

Json document_of(const Explanation& e) {
  Json waits = Json::array();
  for (const auto& wait : e.waits())
    waits.push_back({{"what", wait.what()}, {"on", wait.on()}, {"until", time_of(wait.has_until(), wait.until())}});
  return {{"id", e.id()},
          {"status", e.status()},
          {"because", e.because()},
          {"expected", time_of(e.has_expected(), e.expected())},
          {"jeopardy", e.jeopardy()},
          {"waits", std::move(waits)},
          {"next", texts_of(e.next())}};
}

Json document_of(const ExplainResponse& r) {
  return {{"order", document_of(r.order())}, {"serviceOrders", list_of(r.service_orders())}};
}

Json document_of(const PlanResponse& r) {
  Json flows = Json::array(), products = Json::array();
  for (const auto& flow : r.data_flow())
    flows.push_back(
        {{"from", flow.from()}, {"output", flow.output()}, {"to", flow.to()}, {"characteristic", flow.characteristic()}});
  for (const auto& product : r.products())
    products.push_back({{"productId", product.product_id()},
                        {"item", product.item()},
                        {"action", product.action()},
                        {"offering", product.offering()},
                        {"serviceOrders", texts_of(product.service_orders())}});
  return {{"orderId", r.order_id()},
          {"state", r.state()},
          {"decomposed", r.decomposed()},
          {"catalogVersion", r.catalog_version()},
          {"catalogDigest", r.catalog_digest()},
          {"serviceOrders", list_of(r.nodes())},
          {"dataFlow", std::move(flows)},
          {"products", std::move(products)}};
}

Json document_of(const Obstacle& one) {
  return {{"serviceOrder", one.service_order()}, {"item", one.item()}, {"why", one.why()}};
}

Json document_of(const CancelTask& task) {
  return {{"id", task.id()},
          {"state", task.state()},
          {"reason", task.reason()},
          {"requestedBy", task.requested_by()},
          {"requestedAt", time_of(task.has_requested_at(), task.requested_at())},
          {"endedAt", time_of(task.has_ended_at(), task.ended_at())},
          {"obstacles", list_of(task.obstacles())}};
}

Json document_of(const ProductSummary& p) {
  return {{"id", p.id()},
          {"tenant", p.tenant()},
          {"status", p.status()},
          {"offering", p.offering()},
          {"offeringName", p.offering_name()},
          {"relatedParties", parties_of(p.related_parties())},
          {"services", p.services()},
          {"lastOrder", p.last_order()},
          {"claimedBy", p.claimed_by()},
          {"writes", p.writes()},
          {"changedAt", time_of(p.has_changed_at(), p.changed_at())}};
}

Json document_of(const ServiceSummary& s) {
  return {{"id", s.id()},
          {"tenant", s.tenant()},
          {"product", s.product()},
          {"specification", s.specification()},
          {"state", s.state()},
          {"operatingStatus", s.operating_status()},
          {"lastOrder", s.last_order()}};
}

Json document_of(const GetProductResponse& r) {
  Json waiting = Json::array();
  for (const auto& order : r.claims_waiting()) waiting.push_back(order);
  return {{"summary", document_of(r.summary())},
          {"claimsWaiting", std::move(waiting)},
          {"services", list_of(r.services())},
          {"history", list_of(r.history())},
          {"product", parsed(r.tmf637_json())}};
}

Json document_of(const GetServiceResponse& r) {
  return {{"summary", document_of(r.summary())},
          {"characteristics", values_of(r.characteristics())},
          {"outputs", values_of(r.outputs())},
          {"history", list_of(r.history())},
          {"service", parsed(r.tmf638_json())}};
}

Json document_of(const CatalogSummary& c) {
  return {{"name", c.name()},
          {"version", c.version()},
          {"digest", c.digest()},
          {"offerings", c.offerings()},
          {"specifications", c.specifications()},
          {"newest", c.newest()},
          {"percent", c.percent()},
          {"tenants", texts_of(c.tenants())},
          {"withdrawn", c.withdrawn()},
          {"loadedAt", time_of(c.has_loaded_at(), c.loaded_at())}};
}

Json document_of(const StatusResponse& s) {
  Json counters = Json::object();
  for (const auto& [name, count] : std::map<std::string, std::int64_t>(s.counters().begin(), s.counters().end()))
    counters[name] = count;
  return {{"version", s.version()},
          {"startedAt", time_of(s.has_started_at(), s.started_at())},
          {"uptimeMs", s.uptime_ms()},
          {"tailPosition", s.tail_position()},
          {"residentActors", s.resident_actors()},
          {"commandsInFlight", s.commands_in_flight()},
          {"outbox", s.outbox()},
          {"timersDue", s.timers_due()},
          {"nextTimer", time_of(s.has_next_timer(), s.next_timer())},
          {"unmatchedReports", s.unmatched_reports()},
          {"watchers", s.watchers()},
          {"catalogVersions", texts_of(s.catalog_versions())},
          {"counters", std::move(counters)}};
}

namespace {

std::string breaker_of(BreakerState state) {
  return state == BREAKER_STATE_CLOSED      ? "closed"
         : state == BREAKER_STATE_HALF_OPEN ? "halfOpen"
         : state == BREAKER_STATE_OPEN      ? "open"
                                            : "unknown";
}

}  // namespace

Json document_of(const ListLanesResponse& r) {
  Json out{{"lanes", Json::array()}};
  for (const auto& lane : r.lanes())
    out["lanes"].push_back(
        {{"lane", lane.name()},
         {"waiting", lane.waiting()},
         {"underWay", lane.under_way()},
         {"ahead", lane.ahead()},
         {"heldBack", lane.held_back()},
         {"window", lane.window()},
         {"windowLimit", lane.window_limit()},
         {"rate", lane.rate().calls() == 0 ? Json() : Json{{"calls", lane.rate().calls()}, {"perMs", lane.rate().per_ms()}}},
         {"backlogLimit", lane.backlog_limit()},
         {"breaker", breaker_of(lane.breaker())},
         {"openUntil", time_of(lane.has_open_until(), lane.open_until())},
         {"failures", lane.failures()},
         {"oldest", time_of(lane.has_oldest(), lane.oldest())},
         {"endedPerSecond", lane.ended_per_second()},
         {"drainedInMs", lane.has_drained_in_ms() ? Json(lane.drained_in_ms()) : Json()}});
  return out;
}

Json document_of(const UnmatchedReport& r) {
  return {{"serviceOrder", r.service_order()}, {"reportId", r.report_id()}, {"text", r.text()}};
}

}  // namespace comd::ctl
