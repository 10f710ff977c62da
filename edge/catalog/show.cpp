#include <nlohmann/json.hpp>

#include "edge/catalog/catalog.h"
#include "edge/catalog/durations.h"

namespace comd::catalog {
namespace {

using Out = nlohmann::ordered_json;

Out json_of(const Value& value) {
  Out out = Out::parse(value.json, nullptr, false);
  return out.is_discarded() ? Out{} : out;
}

Out json_of(const std::vector<Value>& values) {
  Out out = Out::array();
  for (const Value& value : values) out.push_back(json_of(value));
  return out;
}

void put_range(Out& out, const std::optional<double>& min, const std::optional<double>& max) {
  if (min) out["min"] = *min;
  if (max) out["max"] = *max;
}

Out json_of(const Predicate& predicate) {
  using Kind = Predicate::Kind;
  Out inner = {{"characteristic", predicate.characteristic}};
  Out children = Out::array();
  for (const Predicate& child : predicate.children) children.push_back(json_of(child));
  switch (predicate.kind) {
    case Kind::always: return Out::object();
    case Kind::eq: inner["value"] = predicate.values.empty() ? Out{} : json_of(predicate.values.front()); return {{"eq", inner}};
    case Kind::in: inner["values"] = json_of(predicate.values); return {{"in", inner}};
    case Kind::range: put_range(inner, predicate.min, predicate.max); return {{"range", inner}};
    case Kind::exists: return {{"exists", predicate.characteristic}};
    case Kind::all: return {{"all", children}};
    case Kind::any: return {{"any", children}};
    case Kind::negate: return {{"not", children.empty() ? Out{} : children.front()}};
  }
  return Out::object();
}

Out json_of(const Mapping& mapping) {
  Out out = {{"name", mapping.name}};
  switch (mapping.source) {
    case Mapping::Source::constant: out["value"] = json_of(mapping.constant); break;
    case Mapping::Source::product: out["product"] = mapping.from; break;
    case Mapping::Source::output: out["output"] = mapping.from + "." + mapping.output; break;
    case Mapping::Source::place: out["place"] = mapping.from; break;
  }
  if (!mapping.required) out["required"] = false;
  return out;
}

std::string_view name_of(Per per) {
  switch (per) {
    case Per::item: return "item";
    case Per::quantity: return "quantity";
    case Per::site: return "site";
  }
  return "quantity";
}

std::string_view name_of(Delivery delivery) {
  switch (delivery) {
    case Delivery::idempotent: return "idempotent";
    case Delivery::queryable: return "queryable";
    case Delivery::neither: return "neither";
  }
  return "neither";
}

std::string_view name_of(PointOfNoReturn ponr) {
  switch (ponr) {
    case PointOfNoReturn::none: return "none";
    case PointOfNoReturn::soft: return "soft";
    case PointOfNoReturn::hard: return "hard";
  }
  return "none";
}

std::string_view name_of(PartialActivation policy) {
  switch (policy) {
    case PartialActivation::keep: return "keep";
    case PartialActivation::complete: return "complete";
    case PartialActivation::undo: return "undo";
  }
  return "keep";
}

Out json_of(const ServiceRule& rule) {
  Out out = {{"key", rule.key}, {"specification", rule.specification}};
  if (rule.when.kind != Predicate::Kind::always) out["when"] = json_of(rule.when);
  out["per"] = std::string{name_of(rule.per)};
  out["dependsOn"] = rule.depends_on;
  out["optional"] = rule.optional;
  out["characteristics"] = Out::array();
  for (const Mapping& mapping : rule.characteristics) out["characteristics"].push_back(json_of(mapping));
  return out;
}

Out json_of(const CharacteristicRule& rule) {
  Out out = {{"name", rule.name}, {"required", rule.required}};
  if (!rule.type.empty()) out["type"] = rule.type;
  if (!rule.allowed.empty()) out["allowed"] = json_of(rule.allowed);
  put_range(out, rule.min, rule.max);
  return out;
}

Out json_of(const Offering& offering) {
  Out out = {{"id", offering.id}};
  if (!offering.name.empty()) out["name"] = offering.name;
  if (!offering.min_version.empty()) out["versions"]["min"] = offering.min_version;
  if (!offering.max_version.empty()) out["versions"]["max"] = offering.max_version;
  if (offering.failure_policy) out["failurePolicy"] = std::string{to_text(*offering.failure_policy)};
  if (offering.scheduling) out["scheduling"] = std::string{to_text(*offering.scheduling)};
  if (offering.claims) out["claims"] = std::string{to_text(*offering.claims)};
  out["characteristics"] = Out::array();
  for (const CharacteristicRule& rule : offering.characteristics) out["characteristics"].push_back(json_of(rule));
  out["services"] = Out::array();
  for (const ServiceRule& rule : offering.services) out["services"].push_back(json_of(rule));
  return out;
}

Out json_of(const RetryRule& rule) {
  Out out = Out::object();
  if (!rule.code.empty()) out["code"] = rule.code;
  if (rule.fault_class) out["class"] = std::string{to_text(*rule.fault_class)};
  out["attempts"] = rule.attempts;
  out["initial"] = duration_text(rule.initial);
  out["factor"] = rule.factor;
  out["maximum"] = duration_text(rule.maximum);
  out["jitter"] = rule.jitter;
  out["then"] = std::string{to_text(rule.then)};
  return out;
}

Out json_of(const MilestoneRule& rule) {
  Out out = {{"name", rule.name}};
  if (!rule.description.empty()) out["description"] = rule.description;
  out["at"] = std::string{to_text(rule.at)};
  return out;
}

Out json_of(const ServiceSpecification& spec) {
  const Timeouts& t = spec.timeouts;
  Out out = {{"target", spec.target},
             {"delivery", std::string{name_of(spec.delivery)}},
             {"settle", duration_text(spec.settle)},
             {"expectedDuration", duration_text(spec.expected_duration)},
             {"pointOfNoReturn", std::string{name_of(spec.ponr)}},
             {"partialActivation", std::string{name_of(spec.partial_activation)}},
             {"cancelRefused", std::string{to_text(spec.cancel_refused)}},
             {"modifyInFlight", spec.modify_in_flight}};
  out["timeouts"] = {{"queue", duration_text(t.queue)},
                     {"call", duration_text(t.call)},
                     {"acknowledge", duration_text(t.acknowledge)},
                     {"silence", duration_text(t.silence)},
                     {"complete", duration_text(t.complete)},
                     {"pendingExternal", duration_text(t.pending_external)}};
  out["compensate"] = {{"add", spec.compensate_add}, {"modify", spec.compensate_modify}, {"delete", spec.compensate_delete}};
  out["retry"] = Out::array();
  for (const RetryRule& rule : spec.retry) out["retry"].push_back(json_of(rule));
  if (!spec.milestones.empty()) {
    out["milestones"] = Out::array();
    for (const MilestoneRule& rule : spec.milestones) out["milestones"].push_back(json_of(rule));
  }
  return out;
}

}  // namespace

std::string to_json(const Catalog& catalog) {
  Out out = {{"catalog", catalog.name},
             {"version", catalog.version},
             {"failurePolicy", std::string{to_text(catalog.failure_policy)}},
             {"claims", std::string{to_text(catalog.claims)}},
             {"revisions", std::string{to_text(catalog.revisions)}},
             {"holdReview", duration_text(catalog.hold_review)},
             {"scheduling", std::string{to_text(catalog.scheduling)}},
             {"personal", catalog.personal}};
  out["specifications"] = Out::object();
  for (const auto& [id, spec] : catalog.specifications) out["specifications"][id] = json_of(spec);
  out["offerings"] = Out::array();
  for (const Offering& offering : catalog.offerings) out["offerings"].push_back(json_of(offering));
  return out.dump(2, ' ', false, Out::error_handler_t::replace);
}

}  // namespace comd::catalog
