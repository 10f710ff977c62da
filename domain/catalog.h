#pragma once
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/order.h"
#include "domain/result.h"

/// The catalogue: decomposition rules and fulfilment policies, as values. A version never changes. Read from YAML by
/// edge/catalog, which reports every error with its line; `validate` finds what is wrong across entries.
namespace comd {

/// A structured condition on an item's characteristics. No expression language: what a rule means can be read, drawn, diffed.
struct Predicate {
  enum class Kind : std::uint8_t { always, eq, in, range, exists, all, any, negate };
  Kind kind = Kind::always;
  std::string characteristic;       ///< eq, in, range, exists
  std::vector<Value> values;        ///< eq (one), in
  std::optional<double> min, max;   ///< range, both inclusive
  std::vector<Predicate> children;  ///< all, any, negate (one)
  bool operator==(const Predicate&) const = default;
};
bool holds(const Predicate&, const Values&);

/// Where a service characteristic's value comes from.
struct Mapping {
  enum class Source : std::uint8_t { constant, product, output, place };
  std::string name;  ///< the service characteristic
  Source source = Source::constant;
  Value constant;
  std::string from;    ///< product: characteristic name; output: key of the earlier service; place: "id" or "name" of the site
  std::string output;  ///< output: name of that service's output
  bool required = true;
  bool operator==(const Mapping&) const = default;
};

enum class Per : std::uint8_t { item, quantity, site };

/// One service of an offering.
struct ServiceRule {
  std::string key;            ///< names the service within the product; stable across catalogue versions
  std::string specification;  ///< "name@version" of a ServiceSpecification
  Predicate when;
  Per per = Per::quantity;  ///< item: once per item; quantity: once per product; site: once per place of the item
  std::vector<Mapping> characteristics;
  std::vector<std::string> depends_on;  ///< keys of services of the same offering
  bool optional = false;
  bool operator==(const ServiceRule&) const = default;
};

/// What an item's characteristics must look like, checked at submission.
struct CharacteristicRule {
  std::string name;
  bool required = false;
  std::string type;            ///< "", "string", "number", "boolean", "object", "array"
  std::vector<Value> allowed;  ///< empty: anything
  std::optional<double> min, max;
  bool operator==(const CharacteristicRule&) const = default;
};

enum class FailurePolicy : std::uint8_t { rollback = 1, keep_partial = 2, hold = 3 };  // on disk
std::string_view to_text(FailurePolicy);

/// When a service order that waits for nothing else begins.
enum class Scheduling : std::uint8_t {
  as_soon_as_possible,
  by_requested_completion,  ///< as late as the order's date allows, by the expected durations and a quarter of them to spare
};

std::string_view to_text(Scheduling);
/// What an order meets that wants to change a product while another order is changing it.
enum class Claims : std::uint8_t { refuse = 1, queue = 2 };
std::string_view to_text(Claims);

struct Offering {
  std::string id;
  std::string name;
  std::string min_version, max_version;  ///< of the product specification; empty: unbounded. max is exclusive
  std::vector<CharacteristicRule> characteristics;
  std::vector<ServiceRule> services;  ///< empty for a bundle: its children carry the services
  std::optional<FailurePolicy> failure_policy;
  std::optional<Scheduling> scheduling;
  std::optional<Claims> claims;
  bool operator==(const Offering&) const = default;
};

/// What a partner's failure means for the next step. Class as the partner gives it; code is the partner's own.
enum class FaultClass : std::uint8_t { transient = 1, permanent = 2, business = 3, unknown = 4 };  // on disk
std::string_view to_text(FaultClass);

/// What follows when the attempts of a retry rule are used up. On disk.
enum class Then : std::uint8_t { fail = 1, fallout = 2, skip = 3, compensate = 4 };
std::string_view to_text(Then);

/// First rule that matches applies. `code` may end in '*'. attempts counts all tries, so 1 means no retry.
struct RetryRule {
  std::string code;                       ///< empty: any
  std::optional<FaultClass> fault_class;  ///< absent: any
  std::uint32_t attempts = 1;
  Millis initial{1000};
  double factor = 2.0;
  Millis maximum{60'000};
  double jitter = 0.1;  ///< share of the delay, drawn once and recorded
  Then then = Then::fail;
  bool operator==(const RetryRule&) const = default;
};

/// Every wait has a deadline; none can be left out (law 7). All counted by comd's clock.
struct Timeouts {
  Millis queue{3'600'000};               ///< intent to send
  Millis call{10'000};                   ///< one gRPC call
  Millis acknowledge{60'000};            ///< send to first sign of life
  Millis silence{3'600'000};             ///< between two signs of life
  Millis complete{86'400'000};           ///< send to end
  Millis pending_external{604'800'000};  ///< while the partner says it waits for somebody else
  bool operator==(const Timeouts&) const = default;
};

enum class Delivery : std::uint8_t {
  idempotent = 1,  ///< the same key again is answered again: an unknown outcome is sent again
  queryable = 2,   ///< an unknown outcome is asked for after `settle`; NOT_FOUND then means it never arrived
  neither = 3,     ///< an unknown outcome goes to a person
};

enum class PointOfNoReturn : std::uint8_t { none = 1, soft = 2, hard = 3 };

/// What follows when a partner says that a service is there in part.
enum class PartialActivation : std::uint8_t {
  keep,      ///< it ends so, and the order's failure policy decides
  complete,  ///< the rest is asked for, as the retry table says for kPartialActivation; then as `keep`
  undo,      ///< what is there is undone by a service order of its own; for the order it failed
};
/// What follows when an activation system refuses to cancel what it works on, and the whole order was to be cancelled.
enum class CancelRefused : std::uint8_t {
  compensate,  ///< the order is cancelled all the same: what completes is undone
  deny,        ///< it is asked first, and its refusal denies the cancellation: the order goes on
};
std::string_view to_text(CancelRefused);
/// The code by which the retry table knows a partial activation. Its class is `transient`.
inline constexpr std::string_view kPartialActivation = "PARTIAL_ACTIVATION";

/// A point on the way to the end of a service order that somebody wants to hear of (TMF641 milestone).
struct MilestoneRule {
  enum class At : std::uint8_t { report, acknowledged, in_progress, completed };
  std::string name;
  std::string description;
  At at = At::report;  ///< report: when a report names it; otherwise when the work has come so far
  bool operator==(const MilestoneRule&) const = default;
};
std::string_view to_text(MilestoneRule::At);
inline constexpr std::size_t kMilestonesMax = 32;  ///< of one specification

/// The target of work that a person does.
inline constexpr std::string_view kManualTarget = "manual";

struct ServiceSpecification {
  std::string name;
  std::string version;
  std::string target;  ///< lane: name of an activation system in comd's configuration
  Delivery delivery = Delivery::idempotent;
  Millis settle{5'000};  ///< how long after a lost call the target's NOT_FOUND can be believed
  Timeouts timeouts;
  std::vector<RetryRule> retry;
  PointOfNoReturn ponr = PointOfNoReturn::none;
  bool compensate_add = true, compensate_modify = true, compensate_delete = true;
  Millis expected_duration{60'000};  ///< start to end, as it usually takes: what forecasts are made of
  std::vector<MilestoneRule> milestones;
  PartialActivation partial_activation = PartialActivation::keep;
  CancelRefused cancel_refused = CancelRefused::compensate;
  bool modify_in_flight = false;  ///< what its target works on can be given other characteristics
  bool operator==(const ServiceSpecification&) const = default;
};
std::string specification_id(const ServiceSpecification&);  ///< "name@version"
/// The first rule that matches; nullptr: none does.
const RetryRule* find_retry(const ServiceSpecification&, FaultClass, std::string_view code);

/// What a revision does that comes while what an earlier one does away with is not gone yet.
enum class Revisions : std::uint8_t { supersede, queue };
std::string_view to_text(Revisions);

struct Catalog {
  std::string name;
  std::string version;
  std::string digest;                                          ///< sha-256 of the file's bytes, hex; filled by the loader
  std::vector<Offering> offerings;                             ///< in file order
  std::map<std::string, ServiceSpecification> specifications;  ///< by "name@version"
  FailurePolicy failure_policy = FailurePolicy::rollback;
  Scheduling scheduling = Scheduling::as_soon_as_possible;
  Millis hold_review{86'400'000};     ///< review deadline of a held order
  std::vector<std::string> personal;  ///< names of characteristics and outputs that are personal data: sealed by the edge
  Claims claims = Claims::refuse;
  Revisions revisions = Revisions::supersede;
};

/// The offering entry for this reference, honouring version ranges; nullptr when there is none.
const Offering* find_offering(const Catalog&, const OfferingRef&);
const ServiceRule* find_rule(const Offering&, std::string_view key);

/// Errors across entries: unknown specification, dependency cycle or unknown key, output of a service not depended on, a
/// required service depending on an optional one, overlapping version ranges, a zero timeout, a condition on a personal
/// value. Empty: valid.
/// `where` is a path such as "offerings[2].services[1].dependsOn[0]".
std::vector<Rejection> validate(const Catalog&);

/// Which new orders take a catalogue version.
struct Rollout {
  std::uint32_t percent = 100;    ///< a share of all; an order is in it or not by its id, and stays in it while the share grows
  std::vector<TenantId> tenants;  ///< all orders of these
  bool withdrawn = false;         ///< none, for ever
  bool operator==(const Rollout&) const = default;
};

/// All versions that are live, immutable, shared between threads.
struct CatalogSet {
  std::vector<std::shared_ptr<const Catalog>> versions;       ///< in load order
  std::map<std::string, Rollout, std::less<>> rollouts = {};  ///< by version; one that is not here takes every order
  const Catalog* find(std::string_view version) const;
  const Catalog* newest() const { return versions.empty() ? nullptr : versions.back().get(); }
  const Rollout& rollout(std::string_view version) const;
  /// What a new order takes that names no version: the newest whose rollout takes it. nullptr: none is loaded, or can be read.
  const Catalog* for_order(const TenantId&, const OrderId&) const;
  /// Why nobody takes this version any more.
  std::optional<Rejection> withdrawn(std::string_view version) const;
};

}  // namespace comd
