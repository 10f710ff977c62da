#include "edge/catalog/catalog.h"

#include <openssl/evp.h>

#include <algorithm>
#include <set>

#include "domain/check.h"
#include "edge/catalog/yaml_reader.h"

namespace comd::catalog {
namespace {

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  unsigned char digest[32];
  unsigned int length = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) == 1 && length == sizeof digest);
  std::string out;
  for (const unsigned char b : digest) {
    out.push_back(kDigits[b >> 4]);
    out.push_back(kDigits[b & 0xF]);
  }
  return out;
}

/// Keys become parts of ids.
bool is_key(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class CatalogReader {
 public:
  Result<std::shared_ptr<const Catalog>, std::vector<Rejection>> read(const YAML::Node& root, std::string_view bytes) {
    const Entry file{root, ""};
    if (yaml_.mapping(file, {"catalog", "version", "failurePolicy", "claims", "revisions", "holdReview", "scheduling", "personal",
                             "specifications", "offerings"})) {
      catalog_.name = yaml_.required_text_at(file, "catalog");
      catalog_.version = yaml_.required_text_at(file, "version");
      catalog_.digest = sha256_hex(bytes);
      if (const auto policy = yaml_.child(file, "failurePolicy")) {
        catalog_.failure_policy = failure_policy(*policy).value_or(catalog_.failure_policy);
      }
      if (const auto policy = yaml_.child(file, "claims")) catalog_.claims = claims(*policy).value_or(catalog_.claims);
      if (const auto policy = yaml_.child(file, "revisions"))
        catalog_.revisions = revisions(*policy).value_or(catalog_.revisions);
      yaml_.read(file, "holdReview", catalog_.hold_review);
      if (const auto how = yaml_.child(file, "scheduling")) catalog_.scheduling = scheduling(*how).value_or(catalog_.scheduling);
      for (const Entry& name : yaml_.list_at(file, "personal")) {
        if (const auto text = yaml_.text(name)) catalog_.personal.push_back(*text);
      }
      if (const auto specs = yaml_.required(file, "specifications")) specifications(*specs);
      if (const auto offerings = yaml_.required(file, "offerings")) {
        for (const Entry& entry : yaml_.list(*offerings)) catalog_.offerings.push_back(offering(entry));
        if (offerings->node.IsSequence() && offerings->node.size() == 0) {
          yaml_.invalid(*offerings, "Expected at least one offering, but the list is empty");
        }
      }
    }
    // Rules across entries are judged only when each entry was read: otherwise they report consequences.
    if (yaml_.ok()) {
      for (Rejection& rejection : validate(catalog_)) yaml_.invalid(std::move(rejection));
    }
    if (!yaml_.ok()) return Err(std::move(yaml_).findings());
    return std::make_shared<const Catalog>(std::move(catalog_));
  }

 private:
  std::optional<FailurePolicy> failure_policy(const Entry& entry) {
    return yaml_.choice<FailurePolicy>(
        entry,
        {{"rollback", FailurePolicy::rollback}, {"keepPartial", FailurePolicy::keep_partial}, {"hold", FailurePolicy::hold}});
  }

  std::optional<Scheduling> scheduling(const Entry& entry) {
    return yaml_.choice<Scheduling>(entry, {{"asSoonAsPossible", Scheduling::as_soon_as_possible},
                                            {"byRequestedCompletion", Scheduling::by_requested_completion}});
  }

  std::optional<Claims> claims(const Entry& entry) {
    return yaml_.choice<Claims>(entry, {{"refuse", Claims::refuse}, {"queue", Claims::queue}});
  }

  std::optional<Revisions> revisions(const Entry& entry) {
    return yaml_.choice<Revisions>(entry, {{"supersede", Revisions::supersede}, {"queue", Revisions::queue}});
  }

  // ── specifications ───────────────────────────────────────────────────────────────────────────────────────────────

  void specifications(const Entry& all) {
    if (!all.node.IsMap()) return yaml_.invalid(all, "Expected a mapping of name@version to specification, but it is none");
    for (const auto& pair : all.node) {
      const std::string id = pair.first.IsScalar() ? pair.first.Scalar() : "";
      const Entry entry{pair.second, "specifications[" + id + "]"};
      const auto at = id.find('@');
      if (at == std::string::npos || !is_key(id.substr(0, at)) || at + 1 == id.size()) {
        yaml_.invalid(pair.first.Mark(), entry.path, "Expected name@version, but got '" + id + "'",
                      "Names are letters, digits, '-' and '_'; for example fiber-access@1");
      }
      ServiceSpecification spec = specification(entry);
      spec.name = id.substr(0, at);
      spec.version = at == std::string::npos ? "" : id.substr(at + 1);
      if (!catalog_.specifications.emplace(id, std::move(spec)).second) {
        yaml_.invalid(pair.first.Mark(), entry.path, "Expected each specification once, but '" + id + "' is there twice",
                      "Remove one of them");
      }
    }
  }

  ServiceSpecification specification(const Entry& entry) {
    ServiceSpecification spec;
    if (!yaml_.mapping(entry, {"target", "delivery", "settle", "timeouts", "retry", "pointOfNoReturn", "compensate",
                               "expectedDuration", "milestones", "partialActivation", "cancelRefused", "modifyInFlight"}))
      return spec;
    spec.target = yaml_.required_text_at(entry, "target");
    // Nothing is called where a person does the work, so nothing can be in doubt.
    if (const auto delivery = spec.target == kManualTarget ? yaml_.child(entry, "delivery") : yaml_.required(entry, "delivery")) {
      spec.delivery = yaml_
                          .choice<Delivery>(*delivery, {{"idempotent", Delivery::idempotent},
                                                        {"queryable", Delivery::queryable},
                                                        {"neither", Delivery::neither}})
                          .value_or(spec.delivery);
    }
    yaml_.read(entry, "settle", spec.settle);
    yaml_.read(entry, "expectedDuration", spec.expected_duration);
    yaml_.read<PointOfNoReturn>(
        entry, "pointOfNoReturn", spec.ponr,
        {{"none", PointOfNoReturn::none}, {"soft", PointOfNoReturn::soft}, {"hard", PointOfNoReturn::hard}});
    yaml_.read<PartialActivation>(
        entry, "partialActivation", spec.partial_activation,
        {{"keep", PartialActivation::keep}, {"complete", PartialActivation::complete}, {"undo", PartialActivation::undo}});
    yaml_.read<CancelRefused>(entry, "cancelRefused", spec.cancel_refused,
                              {{"compensate", CancelRefused::compensate}, {"deny", CancelRefused::deny}});
    yaml_.read(entry, "modifyInFlight", spec.modify_in_flight);
    if (const auto timeouts = yaml_.child(entry, "timeouts");
        timeouts && yaml_.mapping(*timeouts, {"queue", "call", "acknowledge", "silence", "complete", "pendingExternal"})) {
      Timeouts& t = spec.timeouts;
      yaml_.read(*timeouts, "queue", t.queue);
      yaml_.read(*timeouts, "call", t.call);
      yaml_.read(*timeouts, "acknowledge", t.acknowledge);
      yaml_.read(*timeouts, "silence", t.silence);
      yaml_.read(*timeouts, "complete", t.complete);
      yaml_.read(*timeouts, "pendingExternal", t.pending_external);
    }
    if (const auto compensate = yaml_.child(entry, "compensate");
        compensate && yaml_.mapping(*compensate, {"add", "modify", "delete"})) {
      yaml_.read(*compensate, "add", spec.compensate_add);
      yaml_.read(*compensate, "modify", spec.compensate_modify);
      yaml_.read(*compensate, "delete", spec.compensate_delete);
    }
    for (const Entry& rule : yaml_.list_at(entry, "retry")) spec.retry.push_back(retry_rule(rule));
    for (const Entry& rule : yaml_.list_at(entry, "milestones")) spec.milestones.push_back(milestone(rule));
    return spec;
  }

  MilestoneRule milestone(const Entry& entry) {
    using At = MilestoneRule::At;
    MilestoneRule rule;
    if (!yaml_.mapping(entry, {"name", "description", "at"})) return rule;
    rule.name = yaml_.required_text_at(entry, "name");
    rule.description = yaml_.text_at(entry, "description");
    yaml_.read<At>(entry, "at", rule.at,
                   {{"report", At::report},
                    {"acknowledged", At::acknowledged},
                    {"inProgress", At::in_progress},
                    {"completed", At::completed}});
    return rule;
  }

  RetryRule retry_rule(const Entry& entry) {
    RetryRule rule;
    if (!yaml_.mapping(entry, {"code", "class", "attempts", "initial", "factor", "maximum", "jitter", "then"})) return rule;
    rule.code = yaml_.text_at(entry, "code");
    if (const auto star = rule.code.find('*'); star != std::string::npos && star + 1 != rule.code.size()) {
      yaml_.invalid(entry, "Expected '*' only at the end of a code, but got '" + rule.code + "'");
    }
    if (const auto fault_class = yaml_.child(entry, "class")) {
      rule.fault_class = yaml_.choice<FaultClass>(*fault_class, {{"transient", FaultClass::transient},
                                                                 {"permanent", FaultClass::permanent},
                                                                 {"business", FaultClass::business},
                                                                 {"unknown", FaultClass::unknown}});
    }
    if (const auto attempts = yaml_.child(entry, "attempts")) rule.attempts = yaml_.whole(*attempts, 1).value_or(1);
    yaml_.read(entry, "initial", rule.initial);
    yaml_.read(entry, "factor", rule.factor);
    yaml_.read(entry, "maximum", rule.maximum);
    yaml_.read(entry, "jitter", rule.jitter);
    yaml_.read<Then>(entry, "then", rule.then,
                     {{"fail", Then::fail}, {"fallout", Then::fallout}, {"skip", Then::skip}, {"compensate", Then::compensate}});
    return rule;
  }

  // ── offerings ────────────────────────────────────────────────────────────────────────────────────────────────────

  Offering offering(const Entry& entry) {
    Offering offering;
    if (!yaml_.mapping(entry, {"id", "name", "versions", "failurePolicy", "claims", "scheduling", "characteristics", "services"}))
      return offering;
    offering.id = yaml_.required_text_at(entry, "id");
    offering.name = yaml_.text_at(entry, "name");
    if (const auto versions = yaml_.child(entry, "versions"); versions && yaml_.mapping(*versions, {"min", "max"})) {
      offering.min_version = yaml_.text_at(*versions, "min");
      offering.max_version = yaml_.text_at(*versions, "max");
    }
    if (const auto policy = yaml_.child(entry, "failurePolicy")) offering.failure_policy = failure_policy(*policy);
    if (const auto how = yaml_.child(entry, "scheduling")) offering.scheduling = scheduling(*how);
    if (const auto policy = yaml_.child(entry, "claims")) offering.claims = claims(*policy);
    for (const Entry& rule : yaml_.list_at(entry, "characteristics"))
      offering.characteristics.push_back(characteristic_rule(rule));
    for (const Entry& rule : yaml_.list_at(entry, "services")) offering.services.push_back(service_rule(rule));
    return offering;
  }

  CharacteristicRule characteristic_rule(const Entry& entry) {
    CharacteristicRule rule;
    if (!yaml_.mapping(entry, {"name", "required", "type", "allowed", "min", "max"})) return rule;
    rule.name = yaml_.required_text_at(entry, "name");
    yaml_.read(entry, "required", rule.required);
    if (const auto type = yaml_.child(entry, "type")) {
      rule.type =
          yaml_
              .choice<std::string_view>(
                  *type,
                  {{"string", "string"}, {"number", "number"}, {"boolean", "boolean"}, {"object", "object"}, {"array", "array"}})
              .value_or("");
    }
    rule.allowed = values(yaml_.list_at(entry, "allowed"));
    range(entry, rule.min, rule.max);
    return rule;
  }

  ServiceRule service_rule(const Entry& entry) {
    ServiceRule rule;
    if (!yaml_.mapping(entry, {"key", "specification", "when", "per", "dependsOn", "optional", "characteristics"})) return rule;
    rule.key = yaml_.required_text_at(entry, "key");
    if (!rule.key.empty() && !is_key(rule.key)) {
      yaml_.invalid(entry, "Expected a key of letters, digits, '-' and '_', but got '" + rule.key + "'",
                    "It becomes part of ids");
    }
    rule.specification = yaml_.required_text_at(entry, "specification");
    if (const auto when = yaml_.child(entry, "when")) rule.when = predicate(*when, 0);
    yaml_.read<Per>(entry, "per", rule.per, {{"item", Per::item}, {"quantity", Per::quantity}, {"site", Per::site}});
    for (const Entry& key : yaml_.list_at(entry, "dependsOn")) {
      if (const auto text = yaml_.text(key)) rule.depends_on.push_back(*text);
    }
    yaml_.read(entry, "optional", rule.optional);
    std::set<std::string> names;
    for (const Entry& item : yaml_.list_at(entry, "characteristics")) {
      rule.characteristics.push_back(mapping(item));
      if (const std::string& name = rule.characteristics.back().name; !name.empty() && !names.insert(name).second) {
        yaml_.invalid(item, "Expected each characteristic once, but '" + name + "' is there twice", "Remove one of them");
      }
    }
    return rule;
  }

  Mapping mapping(const Entry& entry) {
    Mapping mapping;
    if (!yaml_.mapping(entry, {"name", "value", "product", "output", "place", "required"})) return mapping;
    mapping.name = yaml_.required_text_at(entry, "name");
    yaml_.read(entry, "required", mapping.required);
    int sources = 0;
    if (const auto constant = yaml_.child(entry, "value")) {
      ++sources;
      mapping.source = Mapping::Source::constant;
      mapping.constant = yaml_.value(*constant).value_or(Value{});
    }
    if (const auto product = yaml_.child(entry, "product")) {
      ++sources;
      mapping.source = Mapping::Source::product;
      mapping.from = yaml_.text(*product).value_or("");
    }
    if (const auto output = yaml_.child(entry, "output")) {
      ++sources;
      mapping.source = Mapping::Source::output;
      const std::string text = yaml_.text(*output).value_or("");
      const auto dot = text.find('.');
      mapping.from = text.substr(0, dot);
      mapping.output = dot == std::string::npos ? "" : text.substr(dot + 1);
      if (!text.empty() && (mapping.from.empty() || mapping.output.empty())) {
        yaml_.invalid(*output, "Expected service.output, but got '" + text + "'", "For example access.portId");
      }
    }
    if (const auto place = yaml_.child(entry, "place")) {
      ++sources;
      mapping.source = Mapping::Source::place;
      mapping.from = yaml_.choice<std::string_view>(*place, {{"id", "id"}, {"name", "name"}}).value_or("id");
    }
    if (sources != 1) {
      yaml_.invalid(entry, "Expected exactly one of value, product, output, place, but got " + std::to_string(sources),
                    "Say where '" + mapping.name + "' comes from");
    }
    return mapping;
  }

  // ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

  static constexpr int kMaxPredicateDepth = 16;

  Predicate predicate(const Entry& entry, int depth) {
    Predicate out;
    if (depth > kMaxPredicateDepth) {
      yaml_.invalid(entry, "Expected at most " + std::to_string(kMaxPredicateDepth) + " nested conditions, but there are more");
      return out;
    }
    if (!yaml_.mapping(entry, {"eq", "in", "range", "exists", "all", "any", "not"})) return out;
    if (entry.node.size() != 1) {
      yaml_.invalid(entry, "Expected one condition, but got " + std::to_string(entry.node.size()),
                    "Join them with all: [ … ] or any: [ … ]");
      return out;
    }
    using Kind = Predicate::Kind;
    if (const auto eq = yaml_.child(entry, "eq"); eq && yaml_.mapping(*eq, {"characteristic", "value"})) {
      out.kind = Kind::eq;
      out.characteristic = yaml_.required_text_at(*eq, "characteristic");
      if (const auto value = yaml_.required(*eq, "value")) out.values = values({*value});
    }
    if (const auto in = yaml_.child(entry, "in"); in && yaml_.mapping(*in, {"characteristic", "values"})) {
      out.kind = Kind::in;
      out.characteristic = yaml_.required_text_at(*in, "characteristic");
      if (const auto list = yaml_.required(*in, "values")) out.values = values(yaml_.list(*list));
    }
    if (const auto between = yaml_.child(entry, "range"); between && yaml_.mapping(*between, {"characteristic", "min", "max"})) {
      out.kind = Kind::range;
      out.characteristic = yaml_.required_text_at(*between, "characteristic");
      range(*between, out.min, out.max);
      if (!out.min && !out.max) yaml_.invalid(*between, "Expected min, max or both, but got neither");
    }
    if (const auto exists = yaml_.child(entry, "exists")) {
      out.kind = Kind::exists;
      out.characteristic = yaml_.text(*exists).value_or("");
    }
    if (const auto all = yaml_.child(entry, "all")) children(*all, Kind::all, out, depth);
    if (const auto any = yaml_.child(entry, "any")) children(*any, Kind::any, out, depth);
    if (const auto inner = yaml_.child(entry, "not")) {
      out.kind = Kind::negate;
      out.children.push_back(predicate(*inner, depth + 1));
    }
    return out;
  }

  void children(const Entry& entry, Predicate::Kind kind, Predicate& out, int depth) {
    out.kind = kind;
    for (const Entry& child : yaml_.list(entry)) out.children.push_back(predicate(child, depth + 1));
    if (entry.node.IsSequence() && out.children.empty())
      yaml_.invalid(entry, "Expected at least one condition, but the list is empty");
  }

  std::vector<Value> values(const std::vector<Entry>& entries) {
    std::vector<Value> out;
    for (const Entry& entry : entries) {
      if (auto value = yaml_.value(entry)) out.push_back(std::move(*value));
    }
    return out;
  }

  void range(const Entry& entry, std::optional<double>& min, std::optional<double>& max) {
    yaml_.read(entry, "min", min);
    yaml_.read(entry, "max", max);
    if (min && max && *min > *max) yaml_.invalid(entry, "Expected min to be at most max, but it is greater");
  }

  YamlReader yaml_;
  Catalog catalog_;
};

std::vector<Rejection> one(const YAML::Mark& mark, const std::string& message, std::string hint) {
  YamlReader reader;
  reader.invalid(mark, "", message, std::move(hint));
  return std::move(reader).findings();
}

}  // namespace

Result<std::shared_ptr<const Catalog>, std::vector<Rejection>> parse_catalog(std::string_view bytes) {
  if (bytes.size() > kMaxCatalogBytes) {
    return Err(std::vector<Rejection>{{RejectionCode::limit,
                                       "Expected a catalogue of at most " + std::to_string(kMaxCatalogBytes) +
                                           " bytes (max_catalog_bytes), but got " + std::to_string(bytes.size()),
                                       "the file", "Split it into several catalogue versions"}});
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string{bytes});
    if (documents.size() != 1) {
      return Err(
          one(YAML::Mark{}, "Expected one YAML document, but got " + std::to_string(documents.size()), "See docs/catalog.md"));
    }
    return CatalogReader{}.read(documents.front(), bytes);
  } catch (const YAML::Exception& error) {
    return Err(one(error.mark, "Expected YAML, but " + error.msg, "Correct the text there"));
  } catch (const std::exception& error) {
    return Err(one(YAML::Mark{}, std::string{"Expected a catalogue, but "} + error.what(), ""));
  }
}

}  // namespace comd::catalog
