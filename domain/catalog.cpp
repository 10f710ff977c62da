#include "domain/catalog.h"

#include <algorithm>
#include <charconv>

#include "domain/fnv1a.h"

namespace comd {

std::string_view to_text(FailurePolicy policy) {
  switch (policy) {
    case FailurePolicy::rollback: return "rollback";
    case FailurePolicy::keep_partial: return "keepPartial";
    case FailurePolicy::hold: return "hold";
  }
  return "unknown";
}

std::string_view to_text(Scheduling how) {
  return how == Scheduling::by_requested_completion ? "byRequestedCompletion" : "asSoonAsPossible";
}

std::string_view to_text(CancelRefused policy) { return policy == CancelRefused::deny ? "deny" : "compensate"; }

std::string_view to_text(Revisions revisions) {
  switch (revisions) {
    case Revisions::supersede: return "supersede";
    case Revisions::queue: return "queue";
  }
  return "unknown";
}

std::string_view to_text(Claims claims) {
  switch (claims) {
    case Claims::refuse: return "refuse";
    case Claims::queue: return "queue";
  }
  return "unknown";
}

std::string_view to_text(FaultClass fault_class) {
  switch (fault_class) {
    case FaultClass::transient: return "transient";
    case FaultClass::permanent: return "permanent";
    case FaultClass::business: return "business";
    case FaultClass::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_text(Then then) {
  switch (then) {
    case Then::fail: return "fail";
    case Then::fallout: return "fallout";
    case Then::skip: return "skip";
    case Then::compensate: return "compensate";
  }
  return "unknown";
}

std::string_view to_text(MilestoneRule::At at) {
  switch (at) {
    case MilestoneRule::At::report: return "report";
    case MilestoneRule::At::acknowledged: return "acknowledged";
    case MilestoneRule::At::in_progress: return "inProgress";
    case MilestoneRule::At::completed: return "completed";
  }
  return "unknown";
}

namespace {

bool matches(const RetryRule& rule, FaultClass fault_class, std::string_view code) {
  if (rule.fault_class && *rule.fault_class != fault_class) return false;
  if (rule.code.empty()) return true;
  if (rule.code.back() == '*') return code.starts_with(std::string_view(rule.code).substr(0, rule.code.size() - 1));
  return rule.code == code;
}

}  // namespace

const RetryRule* find_retry(const ServiceSpecification& spec, FaultClass fault_class, std::string_view code) {
  auto found = std::ranges::find_if(spec.retry, [&](const RetryRule& rule) { return matches(rule, fault_class, code); });
  return found == spec.retry.end() ? nullptr : &*found;
}

std::string specification_id(const ServiceSpecification& spec) { return spec.name + "@" + spec.version; }

bool holds(const Predicate& p, const Values& values) {
  auto found = values.find(p.characteristic);
  const Value* value = found == values.end() ? nullptr : &found->second;
  switch (p.kind) {
    case Predicate::Kind::always: return true;
    case Predicate::Kind::exists: return value != nullptr && value->json != "null";
    case Predicate::Kind::eq:
    case Predicate::Kind::in:
      return value != nullptr && std::ranges::any_of(p.values, [&](const Value& v) { return same(v, *value); });
    case Predicate::Kind::range: {
      const auto n = value != nullptr ? as_number(*value) : std::nullopt;
      return n && (!p.min || *n >= *p.min) && (!p.max || *n <= *p.max);
    }
    case Predicate::Kind::all: return std::ranges::all_of(p.children, [&](const Predicate& c) { return holds(c, values); });
    case Predicate::Kind::any: return std::ranges::any_of(p.children, [&](const Predicate& c) { return holds(c, values); });
    case Predicate::Kind::negate: return p.children.empty() || !holds(p.children.front(), values);
  }
  return false;
}

namespace {

/// Compares dotted versions part by part, numbers as numbers: 1.10 > 1.9.
int compare_versions(std::string_view a, std::string_view b) {
  auto part = [](std::string_view& rest) {
    const auto dot = rest.find('.');
    const std::string_view out = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    return out;
  };
  while (!a.empty() || !b.empty()) {
    const std::string_view x = part(a), y = part(b);
    long m = 0, n = 0;
    const bool numbers = std::from_chars(x.data(), x.data() + x.size(), m).ptr == x.data() + x.size() &&
                         std::from_chars(y.data(), y.data() + y.size(), n).ptr == y.data() + y.size();
    const int order = numbers ? (m < n ? -1 : m > n ? 1 : 0) : x.compare(y);
    if (order != 0) return order;
  }
  return 0;
}

bool in_range(const Offering& offering, std::string_view version) {
  if (version.empty()) return true;
  return (offering.min_version.empty() || compare_versions(version, offering.min_version) >= 0) &&
         (offering.max_version.empty() || compare_versions(version, offering.max_version) < 0);
}

}  // namespace

const Offering* find_offering(const Catalog& catalog, const OfferingRef& ref) {
  const Offering* best = nullptr;  // without a version in the order, the entry with the highest range is meant
  for (const Offering& offering : catalog.offerings) {
    if (offering.id != ref.id || !in_range(offering, ref.version)) continue;
    if (best == nullptr || compare_versions(offering.min_version, best->min_version) > 0) best = &offering;
  }
  return best;
}

const ServiceRule* find_rule(const Offering& offering, std::string_view key) {
  auto found = std::ranges::find(offering.services, key, &ServiceRule::key);
  return found == offering.services.end() ? nullptr : &*found;
}

const Catalog* CatalogSet::find(std::string_view version) const {
  auto found = std::ranges::find_if(versions, [&](const auto& catalog) { return catalog->version == version; });
  return found == versions.end() ? nullptr : found->get();
}

namespace {

/// 0 to 99, as evenly as may be, the same for ever: what is in a share of ten is in any larger one. With the version in it, so that
/// not the same orders come first every time.
std::uint32_t share_of(std::string_view version, const OrderId& id) {
  std::uint64_t hash = fnv1a(id.value, fnv1a("/", fnv1a(version)));
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;  // every bit of it counts in the upper half
  return static_cast<std::uint32_t>(((hash >> 32) * 100) >> 32);
}

}  // namespace

const Rollout& CatalogSet::rollout(std::string_view version) const {
  static const Rollout everybody;
  const auto found = rollouts.find(version);
  return found == rollouts.end() ? everybody : found->second;
}

const Catalog* CatalogSet::for_order(const TenantId& tenant, const OrderId& id) const {
  for (auto catalog = versions.rbegin(); catalog != versions.rend(); ++catalog) {
    const std::string& version = (*catalog)->version;
    const Rollout& its = rollout(version);
    if (its.withdrawn) continue;
    if (std::ranges::find(its.tenants, tenant) != its.tenants.end() || share_of(version, id) < its.percent) return catalog->get();
  }
  return nullptr;
}

std::optional<Rejection> CatalogSet::withdrawn(std::string_view version) const {
  if (!rollout(version).withdrawn) return std::nullopt;
  return Rejection{RejectionCode::precondition,
                   "Expected a catalogue version that takes orders, but " + std::string(version) + " is withdrawn",
                   "catalogVersion", "Leave the version out, or name another one: comctl catalog list"};
}

namespace {

class Validator {
 public:
  explicit Validator(const Catalog& catalog) : catalog_(catalog) {}

  std::vector<Rejection> run() && {
    if (catalog_.version.empty()) add("version", "Expected a version, but it is empty", "Give the file a version of its own");
    if (catalog_.hold_review <= Millis::zero()) add("holdReview", "Expected a review deadline, but it is not positive", kWait);
    for (std::size_t i = 0; i < catalog_.offerings.size(); ++i) offering(i);
    for (const auto& [id, spec] : catalog_.specifications) specification(id, spec);
    return std::move(out_);
  }

 private:
  static constexpr const char* kWait = "Every wait needs a deadline above zero, or an order could be stuck for ever";

  void add(std::string where, std::string message, std::string hint) {
    out_.push_back({RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)});
  }

  void offering(std::size_t i) {
    const Offering& offering = catalog_.offerings[i];
    const std::string where = "offerings[" + std::to_string(i) + "]";
    if (offering.id.empty())
      add(where + ".id", "Expected an offering id, but it is empty", "Use the id that orders carry in productOffering.id");
    for (std::size_t j = 0; j < i; ++j) overlap(catalog_.offerings[j], offering, where);
    for (std::size_t s = 0; s < offering.services.size(); ++s) rule(offering, s, where + ".services[" + std::to_string(s) + "]");
    if (auto cycle = find_cycle(offering); !cycle.empty())
      add(where + ".services", "Expected dependencies without a cycle, but " + cycle, "Remove one dependsOn of the cycle");
  }

  void overlap(const Offering& a, const Offering& b, const std::string& where) {
    if (a.id != b.id) return;
    const bool below = !a.max_version.empty() && !b.min_version.empty() && compare_versions(a.max_version, b.min_version) <= 0;
    const bool above = !b.max_version.empty() && !a.min_version.empty() && compare_versions(b.max_version, a.min_version) <= 0;
    if (!below && !above)
      add(where + ".versions", "Expected one entry per version of offering '" + a.id + "', but two version ranges overlap",
          "Make the ranges disjoint; the upper end is exclusive");
  }

  void rule(const Offering& offering, std::size_t index, const std::string& where) {
    const ServiceRule& rule = offering.services[index];
    if (rule.key.empty()) add(where + ".key", "Expected a service key, but it is empty", "Name the service within its offering");
    for (std::size_t j = 0; j < index; ++j)
      if (offering.services[j].key == rule.key)
        add(where + ".key", "Expected service keys once each, but '" + rule.key + "' is there twice", "Rename one of them");
    if (!catalog_.specifications.contains(rule.specification))
      add(where + ".specification",
          "Expected a service specification of this catalogue, but there is no '" + rule.specification + "'",
          "Add it under specifications, or correct name@version");
    personal(rule.when, where + ".when");
    for (std::size_t d = 0; d < rule.depends_on.size(); ++d) dependency(offering, rule, d, where);
    for (std::size_t m = 0; m < rule.characteristics.size(); ++m) mapping(offering, rule, m, where);
  }

  bool is_personal(const std::string& name) const {
    return std::ranges::find(catalog_.personal, name) != catalog_.personal.end();
  }

  /// What is sealed before comd decides on anything cannot be decided on: only whether it is there.
  void personal(const Predicate& when, const std::string& where) {
    using Kind = Predicate::Kind;
    const bool reads = when.kind == Kind::eq || when.kind == Kind::in || when.kind == Kind::range;
    if (reads && is_personal(when.characteristic))
      add(where, "Expected a condition on what can be read, but '" + when.characteristic + "' is personal and so sealed",
          "Only exists can be asked of it; use another characteristic, or take it off the list personal");
    for (const Predicate& child : when.children) personal(child, where);
  }

  void dependency(const Offering& offering, const ServiceRule& rule, std::size_t d, const std::string& where) {
    const std::string path = where + ".dependsOn[" + std::to_string(d) + "]";
    const ServiceRule* other = find_rule(offering, rule.depends_on[d]);
    if (other == nullptr)
      add(path, "Expected the key of a service of this offering, but there is no '" + rule.depends_on[d] + "'",
          "Correct the key");
    else if (other->optional && !rule.optional)
      add(path, "Expected a required service to depend on required ones only, but '" + other->key + "' is optional",
          "Make this service optional too, or the other one required");
  }

  void mapping(const Offering& offering, const ServiceRule& rule, std::size_t m, const std::string& where) {
    const Mapping& mapping = rule.characteristics[m];
    if (mapping.source != Mapping::Source::output) return;
    const std::string path = where + ".characteristics[" + std::to_string(m) + "]";
    if (find_rule(offering, mapping.from) == nullptr)
      add(path, "Expected the output of a service of this offering, but there is no '" + mapping.from + "'", "Correct the key");
    else if (!reaches(offering, rule.key, mapping.from))
      add(path, "Expected '" + rule.key + "' to depend on '" + mapping.from + "', whose output it uses, but it does not",
          "Add '" + mapping.from + "' to dependsOn");
  }

  static bool reaches(const Offering& offering, const std::string& from, const std::string& to) {
    std::vector<std::string> open{from}, seen;
    while (!open.empty()) {
      const std::string key = open.back();
      open.pop_back();
      if (std::ranges::find(seen, key) != seen.end()) continue;
      seen.push_back(key);
      const ServiceRule* rule = find_rule(offering, key);
      if (rule == nullptr) continue;
      for (const std::string& next : rule->depends_on) {
        if (next == to) return true;
        open.push_back(next);
      }
    }
    return false;
  }

  static std::string find_cycle(const Offering& offering) {
    for (const ServiceRule& rule : offering.services)
      if (reaches(offering, rule.key, rule.key)) return "'" + rule.key + "' depends on itself";
    return {};
  }

  void specification(const std::string& id, const ServiceSpecification& spec) {
    const std::string where = "specifications[" + id + "]";
    if (spec.target.empty())
      add(where + ".target", "Expected a target system, but it is empty", "Name the activation system that does this work");
    const Timeouts& t = spec.timeouts;
    for (const auto& [name, wait] : {std::pair{"queue", t.queue},
                                     {"call", t.call},
                                     {"acknowledge", t.acknowledge},
                                     {"silence", t.silence},
                                     {"complete", t.complete},
                                     {"pendingExternal", t.pending_external}})
      if (wait <= Millis::zero()) add(where + ".timeouts." + name, "Expected a deadline, but it is not positive", kWait);
    if (spec.settle <= Millis::zero()) add(where + ".settle", "Expected a quiet period, but it is not positive", kWait);
    if (spec.expected_duration <= Millis::zero())
      add(where + ".expectedDuration", "Expected a duration, but it is not positive", "Forecasts are made of it");
    for (std::size_t i = 0; i < spec.retry.size(); ++i) retry(spec.retry[i], where + ".retry[" + std::to_string(i) + "]");
    if (spec.partial_activation == PartialActivation::complete) completion(spec, where + ".partialActivation");
    milestones(spec, where + ".milestones");
  }

  void completion(const ServiceSpecification& spec, const std::string& where) {
    const RetryRule* rule = find_retry(spec, FaultClass::transient, kPartialActivation);
    if (rule == nullptr || rule->attempts < 2)
      add(where,
          "Expected a retry rule with at least 2 attempts that matches " + std::string(kPartialActivation) +
              " first, but there is none",
          "For example retry: [{code: " + std::string(kPartialActivation) + ", attempts: 3, initial: 1m, maximum: 1h}]");
  }

  void milestones(const ServiceSpecification& spec, const std::string& where) {
    const auto& all = spec.milestones;
    if (all.size() > kMilestonesMax)
      add(where,
          "Expected at most " + std::to_string(kMilestonesMax) + " milestones, but there are " + std::to_string(all.size()),
          "Leave out what nobody waits for");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string path = where + "[" + std::to_string(i) + "].name";
      if (all[i].name.empty()) add(path, "Expected the name of a milestone, but it is empty", "Reports name it");
      for (std::size_t j = 0; j < i; ++j)
        if (all[j].name == all[i].name)
          add(path, "Expected milestones once each, but '" + all[i].name + "' is there twice", "Rename one of them");
    }
  }

  void retry(const RetryRule& rule, const std::string& where) {
    if (rule.attempts == 0) add(where + ".attempts", "Expected at least 1 attempt, but it is 0", "1 means: no retry");
    if (rule.attempts > 1 && rule.initial <= Millis::zero())
      add(where + ".initial", "Expected a delay above zero, but it is not", "A retry needs a pause");
    if (rule.maximum < rule.initial)
      add(where + ".maximum", "Expected maximum to be at least initial, but it is less", "Raise maximum");
    if (rule.factor < 1.0)
      add(where + ".factor", "Expected a factor of at least 1, but it is less", "1 keeps the delay constant");
    if (rule.jitter < 0.0 || rule.jitter > 1.0)
      add(where + ".jitter", "Expected a share between 0 and 1, but it is not", "0.1 means 10 percent");
  }

  const Catalog& catalog_;
  std::vector<Rejection> out_;
};

}  // namespace

std::vector<Rejection> validate(const Catalog& catalog) { return Validator{catalog}.run(); }

}  // namespace comd
