#include "edge/grpc/outward_payload.h"

#include <nlohmann/json.hpp>

#include "edge/tmf/render.h"

namespace comd::outward {
namespace {

using Out = nlohmann::ordered_json;

std::string text(const Out& value) { return value.dump(-1, ' ', false, Out::error_handler_t::replace); }

Out resource(const std::string& id, const std::string& base) { return {{"id", id}, {"href", base + "/" + id}}; }

Out reference(const std::string& id, const std::string& base, const char* type) {
  auto out = resource(id, base);
  out["@referredType"] = type;
  return out;
}

Out waiting(const views::PersonSummary& person) {
  Out out = {{"id", person.id}, {"productOrderId", person.order.value}};
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  add("orderItem", person.item);
  add("serviceKey", person.key);
  add("serviceSpecification", person.specification);
  add("target", person.target);
  add("faultClass", person.fault_class);
  add("code", person.code);
  add("message", person.message);
  if (person.since != Instant{}) out["since"] = to_text(person.since);
  if (person.until != Instant{}) out["until"] = to_text(person.until);
  if (person.attempts != 0) out["attempts"] = person.attempts;
  if (person.in_doubt) out["inDoubt"] = true;
  return out;
}

}  // namespace

std::string payload_of(const product_order::State& state, tmf::Alert alert) {
  const tmf::Links links;
  auto order = resource(state.id.value, links.order + "/productOrder");
  if (!state.order.external_id.empty()) order["externalId"] = state.order.external_id;
  if (!state.order.category.empty()) order["category"] = state.order.category;
  order["priority"] = std::to_string(state.order.priority);
  order["state"] = std::string{to_tmf(state.status)};
  order["orderDate"] = to_text(state.submitted_at);
  if (state.order.requested_completion) order["requestedCompletionDate"] = to_text(*state.order.requested_completion);
  if (state.expected) order["expectedCompletionDate"] = to_text(*state.expected);
  if (state.status == OrderStatus::cancelled) {
    order["cancellationDate"] = to_text(state.closed_at);
    if (!state.reason.empty()) order["cancellationReason"] = state.reason;
  } else if (is_final(state.status)) {
    order["completionDate"] = to_text(state.closed_at);
  }
  if (auto alerts = tmf::jeopardy_alerts(state, alert); !alerts.empty()) order["productOrderJeopardyAlert"] = std::move(alerts);
  order["@type"] = "ProductOrder";
  return text({{"productOrder", std::move(order)}});
}

std::string payload_of(const service_order::State& state, tmf::Alert alert) {
  const tmf::Links links;
  const auto& spec = state.spec;
  auto order = resource(spec.id.value, links.service_order + "/serviceOrder");
  const std::string shown{tmf::shown_state(state)};
  order["state"] = shown;
  order["priority"] = std::to_string(spec.priority);
  if (state.requested_completion) order["requestedCompletionDate"] = to_text(*state.requested_completion);
  if (state.expected && !is_final(state.status)) order["expectedCompletionDate"] = to_text(*state.expected);
  auto parent = reference(spec.order.value, links.order + "/productOrder", "ProductOrder");
  parent["relationshipType"] = "cross-ref";
  order["orderRelationship"] = Out::array({std::move(parent)});
  if (!spec.undoes.empty()) {
    auto undone = reference(spec.undoes.value, links.service_order + "/serviceOrder", "ServiceOrder");
    undone["relationshipType"] = "compensates";
    order["orderRelationship"].push_back(std::move(undone));
  }
  const auto at = spec.specification.rfind('@');
  auto service = resource(spec.service.value, links.service + "/service");
  service["serviceSpecification"] = {{"id", spec.specification.substr(0, at)}, {"name", spec.specification.substr(0, at)}};
  if (at != std::string::npos) service["serviceSpecification"]["version"] = spec.specification.substr(at + 1);
  order["serviceOrderItem"] = Out::array(
      {{{"id", "1"}, {"action", std::string{to_text(spec.action)}}, {"state", shown}, {"service", std::move(service)}}});
  if (!state.fault.code.empty() || !state.fault.message.empty()) {
    order["errorMessage"] = Out::array({{{"code", state.fault.code},
                                         {"reason", std::string{to_text(state.fault.fault_class)}},
                                         {"message", state.fault.message}}});
  }
  if (auto reached = tmf::milestones(state); !reached.empty()) order["milestone"] = std::move(reached);
  if (auto alerts = tmf::jeopardy_alerts(state, alert); !alerts.empty()) order["jeopardyAlert"] = std::move(alerts);
  order["@type"] = "ServiceOrder";
  return text({{"serviceOrder", std::move(order)}});
}

std::string payload_of(const product::State& state) {
  const tmf::Links links;
  const auto& is = state.product;
  auto product = resource(is.id.value, links.product + "/product");
  product["status"] = std::string{product::to_text(is.status)};
  product["productOffering"] = {{"id", is.offering.id}};
  if (!is.offering.name.empty()) product["productOffering"]["name"] = is.offering.name;
  Out services = Out::array();
  for (const auto& record : is.services) services.push_back(reference(record.id.value, links.service + "/service", "Service"));
  product["realizingService"] = std::move(services);
  product["@type"] = "Product";
  return text({{"product", std::move(product)}});
}

std::string payload_of(std::string_view what, const views::PersonSummary& person) {
  Out out = Out::object();
  out[std::string(what)] = waiting(person);
  return text(out);
}

std::string payload_of(const views::PersonSummary& person, std::string_view by, std::string_view remedy,
                       std::string_view reason) {
  auto fallout = waiting(person);
  fallout["resolvedBy"] = std::string(by);
  if (!remedy.empty()) fallout["action"] = std::string(remedy);
  if (!reason.empty()) fallout["reason"] = std::string(reason);
  return text({{"fallout", std::move(fallout)}});
}

}  // namespace comd::outward
