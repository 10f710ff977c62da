#include "edge/tmf/render.h"

#include "domain/sealed.h"
#include "edge/tmf/alerts.h"

namespace comd::tmf {
namespace {

using Out = nlohmann::ordered_json;

Out parsed(std::string_view json) {
  Out value = Out::parse(json, nullptr, false);
  return value.is_discarded() ? Out{} : value;
}

std::string text(const Out& value) { return value.dump(-1, ' ', false, Out::error_handler_t::replace); }

Out reference(const std::string& id, const std::string& base, std::string_view type) {
  return {{"id", id}, {"href", base + "/" + id}, {"@referredType", std::string{type}}};
}

std::string_view json_type(const Value& value) {
  switch (value.json.empty() ? 'n' : value.json.front()) {
    case '"': return "string";
    case '{': return "object";
    case '[': return "array";
    case 't':
    case 'f': return "boolean";
    case 'n': return "null";
    default: return "number";
  }
}

Out characteristics(const Values& values) {
  Out list = Out::array();
  for (const auto& [name, value] : values) {
    Out entry = {{"name", name}};
    if (!is_sealed(value))
      entry["valueType"] = std::string{json_type(value)};  // a token is a string, what it stands for may not be
    entry["value"] = parsed(value.json);
    list.push_back(std::move(entry));
  }
  return list;
}

Out places(const std::vector<PlaceRef>& places) {
  Out list = Out::array();
  for (const PlaceRef& place : places) {
    Out entry = Out::object();
    if (!place.id.empty()) entry["id"] = place.id;
    if (!place.name.empty()) entry["name"] = place.name;
    entry["role"] = place.role;
    list.push_back(std::move(entry));
  }
  return list;
}

Out parties(const std::vector<PartyRef>& parties) {
  Out list = Out::array();
  for (const PartyRef& party : parties) {
    Out entry = {{"id", shown_id(party)}};
    if (!party.role.empty()) entry["role"] = party.role;
    list.push_back(std::move(entry));
  }
  return list;
}

/// "name@version".
Out specification_reference(std::string_view specification) {
  const auto at = specification.rfind('@');
  const std::string name{specification.substr(0, at)};
  Out out = {{"id", name}, {"name", name}};
  if (at != std::string_view::npos) out["version"] = std::string{specification.substr(at + 1)};
  return out;
}

/// What there is to say of the items of an order, found once for all of them.
struct Items {
  explicit Items(const product_order::State& state) : rejected(state.status == OrderStatus::rejected), statuses(state) {
    for (const ProductPlan& product : state.products)
      if (product.action == Action::add) made[product.item].push_back(&product.product);
  }
  bool rejected;
  product_order::ItemStatuses statuses;
  std::map<std::string_view, std::vector<const ProductId*>> made;  ///< products, by item, as the plan has them
};

/// An item and those nested in it: their states, and the id of the product that was made.
void overlay_items(Out& owner, const Items& known, const Links& links) {
  const auto items = owner.find("productOrderItem");
  if (items == owner.end() || !items->is_array()) return;
  for (Out& item : *items) {
    if (!item.is_object() || !item.contains("id") || !item["id"].is_string()) continue;
    const auto id = item["id"].get<std::string>();
    item["state"] = std::string{known.rejected ? "rejected" : to_tmf(known.statuses.of(id))};
    if (const auto made = known.made.find(id); made != known.made.end() && made->second.size() == 1) {
      Out& product = item["product"];
      if (!product.is_object()) product = Out::object();
      const std::string& made_id = made->second.front()->value;
      product["id"] = made_id;
      product["href"] = links.product + "/product/" + made_id;
    }
    overlay_items(item, known, links);
  }
}

/// What there is of an order whose document does not open any more: all that comd has read of it.
Out remains_of(const Order& order) {
  Out out = Out::object();
  if (!order.category.empty()) out["category"] = order.category;
  out["priority"] = std::to_string(order.priority);
  if (order.requested_start) out["requestedStartDate"] = to_text(*order.requested_start);
  if (order.requested_completion) out["requestedCompletionDate"] = to_text(*order.requested_completion);
  for (const OrderRelation& relation : order.relations)
    out["orderRelationship"].push_back(
        {{"id", relation.order.value},
         {"relationshipType", relation.kind == OrderRelationKind::start_after ? "startAfter" : "cancelWith"}});
  for (const std::string& id : order.qualifications) out["productOfferingQualification"].push_back({{"id", id}});
  if (!order.parties.empty()) out["relatedParty"] = parties(order.parties);
  out["productOrderItem"] = Out::array();
  for (const OrderItem& item : order.items) {
    Out entry = {{"id", item.id}, {"action", std::string{to_text(item.action)}}, {"quantity", item.quantity}};
    if (item.offering) {
      entry["productOffering"] = {{"id", item.offering->id}};
      if (!item.offering->name.empty()) entry["productOffering"]["name"] = item.offering->name;
    }
    if (item.requested_start) entry["requestedStartDate"] = to_text(*item.requested_start);
    Out product = Out::object();
    if (!item.product.empty()) product["id"] = item.product.value;
    if (!item.characteristics.empty()) product["productCharacteristic"] = characteristics(item.characteristics);
    if (!item.places.empty()) product["place"] = places(item.places);
    if (!product.empty()) entry["product"] = std::move(product);
    for (const ItemRelation& relation : item.relations)
      entry["productOrderItemRelationship"].push_back(
          {{"id", relation.item}, {"relationshipType", relation.kind == RelationKind::bundles ? "bundles" : "reliesOn"}});
    out["productOrderItem"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace

std::string to_tmf(const product_order::State& state, const Links& links, std::optional<Instant> expected_completion) {
  Out out = {{"id", state.id.value}, {"href", links.order + "/productOrder/" + state.id.value}};
  if (!state.order.external_id.empty()) out["externalId"] = state.order.external_id;
  out["state"] = std::string{comd::to_tmf(state.status)};
  out["orderDate"] = to_text(state.submitted_at);
  if (is_final(state.status) && state.status != OrderStatus::cancelled && state.status != OrderStatus::rejected) {
    out["completionDate"] = to_text(state.closed_at);
  }
  if (expected_completion && !is_final(state.status)) out["expectedCompletionDate"] = to_text(*expected_completion);
  Out document = parsed(state.order.document);
  if (!document.is_object()) document = remains_of(state.order);
  for (const auto& [name, value] : document.items()) {
    if (name != "externalId" || !value.is_string()) out[name] = value;
  }
  if (state.priority_changes > 0) out["priority"] = std::to_string(state.order.priority);
  if (state.status == OrderStatus::cancelled) {
    out["cancellationDate"] = to_text(state.closed_at);
    if (!state.reason.empty()) out["cancellationReason"] = state.reason;
  }
  if (auto alerts = jeopardy_alerts(state); !alerts.empty()) out["productOrderJeopardyAlert"] = std::move(alerts);
  overlay_items(out, Items(state), links);
  return text(out);
}

std::string to_tmf(const product::Snapshot& product, const Links& links, const std::set<std::string>& order_items) {
  Out out = {{"id", product.id.value}, {"href", links.product + "/product/" + product.id.value}};
  if (!product.offering.name.empty()) out["name"] = product.offering.name;
  out["status"] = std::string{product::to_text(product.status)};
  out["productOffering"] = {{"id", product.offering.id}};
  if (!product.offering.name.empty()) out["productOffering"]["name"] = product.offering.name;
  out["productCharacteristic"] = characteristics(product.characteristics);
  if (!product.places.empty()) out["place"] = places(product.places);
  out["relatedParty"] = parties(product.parties);
  Out services = Out::array();
  for (const product::ServiceRecord& record : product.services) {
    services.push_back(reference(record.id.value, links.service + "/service", "Service"));
  }
  out["realizingService"] = std::move(services);
  Out touched = Out::array();
  for (const std::string& entry : order_items) {
    const auto slash = entry.find('/');  // order ids hold none
    if (slash == std::string::npos) continue;
    const std::string order = entry.substr(0, slash);
    touched.push_back({{"productOrderId", order},
                       {"orderItemId", entry.substr(slash + 1)},
                       {"productOrderHref", links.order + "/productOrder/" + order}});
  }
  if (!touched.empty()) out["productOrderItem"] = std::move(touched);
  out["@type"] = "Product";
  return text(out);
}

std::string to_tmf(const product::ServiceRecord& record, const ProductId& product, const Links& links,
                   std::string_view operating_status) {
  Out out = {{"id", record.id.value}, {"href", links.service + "/service/" + record.id.value}};
  out["name"] = record.key;
  out["state"] = std::string{product::to_text(record.state)};
  if (!operating_status.empty()) out["operatingStatus"] = std::string{operating_status};  // TMF638 v5's name; v4 has none
  out["isServiceEnabled"] = record.state == product::ServiceState::active && operating_status != "suspended";
  out["serviceSpecification"] = specification_reference(record.specification);
  Values all = record.characteristics;
  for (const auto& [name, value] : record.outputs) all.emplace(name, value);
  out["serviceCharacteristic"] = characteristics(all);
  if (!record.depends_on.empty()) {
    out["serviceRelationship"] = Out::array();
    for (const ServiceId& other : record.depends_on) {
      out["serviceRelationship"].push_back(
          {{"relationshipType", "reliesOn"}, {"service", reference(other.value, links.service + "/service", "Service")}});
    }
  }
  Out entity = reference(product.value, links.product + "/product", "Product");
  entity["role"] = "realizes";
  out["relatedEntity"] = Out::array({std::move(entity)});
  out["@type"] = "Service";
  return text(out);
}

std::string_view to_tmf(service_order::Status status) {
  using service_order::Status;
  switch (status) {
    case Status::absent:
    case Status::waiting:
    case Status::queued:
    case Status::submitted:
    case Status::acknowledged: return "acknowledged";
    case Status::in_progress:
    case Status::in_doubt:
    case Status::retry_waiting: return "inProgress";
    case Status::pending_external:
    case Status::awaiting_person: return "pending";
    case Status::held: return "held";
    case Status::completed: return "completed";
    case Status::partial: return "partial";
    case Status::failed: return "failed";
    case Status::rejected: return "rejected";
    case Status::cancelled: return "cancelled";
  }
  return "acknowledged";
}

std::string_view shown_state(const service_order::State& state) {
  const bool cancelling = state.cancel_wanted && !state.cancel_refused && !is_final(state.status);
  return cancelling ? "pendingCancellation" : to_tmf(state.status);
}

std::string to_tmf(const service_order::State& state, const Links& links, const ServiceOrderDates& dates) {
  const service_order::Spec& spec = state.spec;
  const auto href = [&](const ServiceOrderId& id) { return links.service_order + "/serviceOrder/" + id.value; };
  Out out = {{"id", spec.id.value}, {"href", href(spec.id)}};
  if (!state.reference.empty())
    out["externalReference"] = Out::array({{{"name", state.reference}, {"externalReferenceType", spec.target}}});
  out["state"] = std::string{shown_state(state)};
  out["priority"] = std::to_string(spec.priority);
  if (dates.ordered) out["orderDate"] = to_text(*dates.ordered);
  if (state.requested_completion) out["requestedCompletionDate"] = to_text(*state.requested_completion);
  if (dates.started) out["startDate"] = to_text(*dates.started);
  if (dates.completed) out["completionDate"] = to_text(*dates.completed);
  if (state.expected && !is_final(state.status)) out["expectedCompletionDate"] = to_text(*state.expected);
  if (!state.cancel_reason.empty()) out["cancellationReason"] = state.cancel_reason;

  Out related = Out::array();
  related.push_back({{"id", spec.order.value},
                     {"relationshipType", "cross-ref"},
                     {"href", links.order + "/productOrder/" + spec.order.value},
                     {"@referredType", "ProductOrder"}});
  const auto relate = [&](const ServiceOrderId& id, const char* type) {
    related.push_back({{"id", id.value}, {"relationshipType", type}, {"href", href(id)}, {"@referredType", "ServiceOrder"}});
  };
  for (const ServiceOrderId& id : spec.depends_on) relate(id, "dependency");
  if (!spec.undoes.empty()) relate(spec.undoes, "compensates");
  out["orderRelationship"] = std::move(related);

  Values values = state.inputs.empty() ? spec.characteristics : state.inputs;
  for (const auto& [name, value] : state.outputs) values.emplace(name, value);
  Out service = {{"id", spec.service.value}, {"href", links.service + "/service/" + spec.service.value}};
  service["serviceSpecification"] = specification_reference(spec.specification);
  service["serviceCharacteristic"] = characteristics(values);
  out["serviceOrderItem"] = Out::array(
      {{{"id", "1"}, {"action", std::string{to_text(spec.action)}}, {"state", out["state"]}, {"service", std::move(service)}}});
  if (!state.fault.code.empty() || !state.fault.message.empty()) {
    out["errorMessage"] =
        Out::array({{{"code", state.fault.code.empty() ? std::string{to_text(state.fault.fault_class)} : state.fault.code},
                     {"reason", std::string{to_text(state.fault.fault_class)}},
                     {"message", state.fault.message}}});
  }
  if (auto reached = milestones(state); !reached.empty()) out["milestone"] = std::move(reached);
  if (auto alerts = jeopardy_alerts(state); !alerts.empty()) out["jeopardyAlert"] = std::move(alerts);
  out["@type"] = "ServiceOrder";
  return text(out);
}

}  // namespace comd::tmf
