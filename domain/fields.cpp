#include "domain/fields.h"

#include <concepts>

namespace comd {
namespace {

/// Collects fields under a prefix.
class Put {
 public:
  Put(Fields& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}

  Put in(const std::string& name) const { return {out_, prefix_ + name + "."}; }

  void operator()(const std::string& name, std::string_view text) const {
    if (!text.empty()) out_[prefix_ + name] = text;
  }
  void operator()(const std::string& name, const std::string& text) const { (*this)(name, std::string_view(text)); }
  void operator()(const std::string& name, const char* text) const { (*this)(name, std::string_view(text)); }
  void operator()(const std::string& name, bool set) const {
    if (set) out_[prefix_ + name] = "true";
  }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) void operator()(const std::string& name, Number value) const {
    if (value != 0) out_[prefix_ + name] = std::to_string(value);
  }
  void operator()(const std::string& name, Instant at) const {
    if (at != Instant{}) out_[prefix_ + name] = to_text(at);
  }
  void operator()(const std::string& name, const std::optional<Instant>& at) const {
    if (at) out_[prefix_ + name] = to_text(*at);
  }
  void operator()(const std::string& name, Millis value) const {
    if (value != Millis{}) out_[prefix_ + name] = std::to_string(value.count()) + "ms";
  }
  template <class Tag>
  void operator()(const std::string& name, const Id<Tag>& id) const {
    (*this)(name, id.value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void operator()(const std::string& name, E value) const {
    if constexpr (requires { to_text(value); })
      (*this)(name, to_text(value));
    else
      (*this)(name, static_cast<unsigned>(value));
  }
  void operator()(const std::string& name, const Values& values) const {
    for (const auto& [key, value] : values) out_[prefix_ + name + "." + key] = value.json;
  }
  void operator()(const std::string& name, const service_order::Fault& fault) const {
    if (fault == service_order::Fault{}) return;
    const auto put = in(name);
    put("class", to_text(fault.fault_class));
    put("code", fault.code);
    put("message", fault.message);
  }
  template <class Map>
  void timers(const Map& timers) const {
    for (const auto& [name, due] : timers) out_[prefix_ + "timers." + name] = to_text(due);
  }
  template <class T>
  void list(const std::string& name, const std::vector<Id<T>>& ids) const {
    std::string all;
    for (const auto& id : ids) all += (all.empty() ? "" : " ") + id.value;
    (*this)(name, all);
  }
  /// All of them are told in one field: they are looked for, not read.
  template <class Set>
  void set(const std::string& name, const Set& texts) const {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
    (*this)(name, all);
  }
  void places(const std::vector<PlaceRef>& places) const {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto put = in("places." + std::to_string(i + 1));
      put("id", places[i].id);
      put("role", places[i].role);
      put("name", places[i].name);
    }
  }
  void parties(const std::vector<PartyRef>& parties) const {
    for (std::size_t i = 0; i < parties.size(); ++i) {
      const auto put = in("parties." + std::to_string(i + 1));
      put("id", parties[i].sealed.empty() ? parties[i].id : parties[i].sealed);
      put("role", parties[i].role);
    }
  }
  void offering(const OfferingRef& offering) const {
    (*this)("offering", offering.id);
    (*this)("offering.name", offering.name);
    (*this)("offering.version", offering.version);
  }

 private:
  Fields& out_;
  const std::string prefix_;
};

std::string_view text_of(Progress progress) {
  switch (progress) {
    case Progress::not_started: return "notStarted";
    case Progress::running: return "running";
    case Progress::held: return "held";
    case Progress::done: return "done";
    case Progress::partly_done: return "partlyDone";
    case Progress::failed: return "failed";
    case Progress::skipped: return "skipped";
    case Progress::cancelled: return "cancelled";
  }
  return {};
}

void put_intervention(const Put& put, const Intervention& what) {
  put("id", what.id);
  put("remedy", to_text(what.remedy));
  put("by", what.by);
  put("why", what.reason);
  put("assignee", what.assignee);
  put("values", what.values);
  put("force", what.force);
}

void put_spec(const Put& put, const service_order::Spec& spec) {
  put("item", spec.item);
  put("unit", spec.unit);
  put("site", spec.site);
  put("key", spec.key);
  put("service", spec.service);
  put("specification", spec.specification);
  put("target", spec.target);
  put("action", to_text(spec.action));
  put("revision", spec.revision);
  put("optional", spec.optional);
  put("priority", spec.priority);
  put("undoes", spec.undoes);
  put("replaces", spec.replaces);
  put("characteristics", spec.characteristics);
  put("previous", spec.previous);
  for (const auto& binding : spec.bindings)
    put("bindings." + binding.name, binding.output + " of " + binding.from.value + (binding.required ? "" : ", if it is there"));
  put.list("dependsOn", spec.depends_on);
}

void put_record(const Put& put, const product::ServiceRecord& record) {
  put("id", record.id);
  put("key", record.key);
  put("site", record.site);
  put("specification", record.specification);
  put("target", record.target);
  put("state", to_text(record.state));
  put("characteristics", record.characteristics);
  put("outputs", record.outputs);
  put.list("dependsOn", record.depends_on);
}

void put_snapshot(const Put& put, const product::Snapshot& product) {
  put("id", product.id);
  put("tenant", product.tenant);
  put("status", to_text(product.status));
  put.offering(product.offering);
  put("characteristics", product.characteristics);
  put.places(product.places);
  put.parties(product.parties);
  for (const auto& service : product.services) put_record(put.in("services." + service.id.value), service);
  put("claimedBy", product.claimed_by);
  put("catalogVersion", product.catalog_version);
}

void put_item(const Put& put, const OrderItem& item) {
  put("action", to_text(item.action));
  put("quantity", item.quantity);
  for (const auto& relation : item.relations)
    put("relations." + relation.item, relation.kind == RelationKind::bundles ? "bundles" : "reliesOn");
  if (item.offering) put.offering(*item.offering);
  put("product", item.product);
  put("characteristics", item.characteristics);
  put.places(item.places);
}

void put_order(const Put& put, const Order& order) {
  put("tenant", order.tenant);
  put("source", order.source);
  put("externalId", order.external_id);
  put("category", order.category);
  put("priority", order.priority);
  put("requestedStart", order.requested_start);
  put("requestedCompletion", order.requested_completion);
  put.parties(order.parties);
  put.set("qualifications", order.qualifications);
  for (const auto& item : order.items) put_item(put.in("items." + item.id), item);
}

void put_node(const Put& put, const product_order::Node& node) {
  put("progress", text_of(node.progress));
  put("specification", node.spec.specification);
  put("inputs", node.inputs);
  put("outputs", node.outputs);
  put("fault", node.fault);
  put("deadline", node.deadline);
  put("startedAt", node.started_at);
  put("expected", node.expected);
  put("pointOfNoReturn", node.ponr_reached);
  put("released", node.released);
  put("cancelTold", node.cancel_told);
  put("superseded", node.superseded);
  put("nudges", node.nudges);
  put("reopens", node.reopens);
  if (!(node.reopening == Intervention{})) put_intervention(put.in("reopening"), node.reopening);
  put("reason", node.reason);
}

void put_jeopardy(const Put& put, const product_order::JeopardyRaised& jeopardy) {
  put("serviceOrder", jeopardy.service_order);
  put("kind", to_text(jeopardy.kind));
  put("cause", jeopardy.cause);
  put("expected", jeopardy.expected);
  put("at", jeopardy.at);
}

void put_product_plan(const Put& put, const ProductPlan& plan) {
  put("item", plan.item);
  put("unit", plan.unit);
  put("action", to_text(plan.action));
  put.offering(plan.offering);
  put("characteristics", plan.characteristics);
  put.places(plan.places);
  put.list("serviceOrders", plan.service_orders);
  put("withdrawn", plan.withdrawn);
}

}  // namespace

Fields fields_of(const product_order::State& s) {
  Fields out;
  const Put put(out, "");
  if (s.status == OrderStatus::absent) return out;
  put("status", to_text(s.status));
  put("reason", s.reason);
  put_order(put.in("order"), s.order);
  if (s.revision > 1) put("revision", s.revision);
  put("digest", s.digest);
  put("catalogVersion", s.catalog_version);
  put("catalogDigest", s.catalog_digest);
  put("failurePolicy", to_text(s.policy));
  put("holdReview", s.hold_review);
  put("submittedAt", s.submitted_at);
  put("closedAt", s.closed_at);
  if (s.archived()) put("archivedAt", s.archived_at);
  for (const auto& [product, claim] : s.claims) {
    const auto one = put.in("claims." + product.value);
    one("item", claim.item);
    one("state", !claim.settled ? "asked" : claim.granted ? "granted" : "refused");
    one("reason", claim.reason);
    if (claim.place > 0) one("claimedBy", claim.claimed_by), one("placeInLine", claim.place);
    if (claim.settled) put_snapshot(one.in("product"), claim.snapshot);
  }
  for (const auto& plan : s.products) put_product_plan(put.in("products." + plan.product.value), plan);
  for (const auto& node : s.nodes) put_node(put.in("serviceOrders." + node.spec.id.value), node);
  put("decomposed", s.decomposed);
  if (s.unwinding) put("unwinding", s.unwind_cause == product_order::UnwindCause::failure ? "failure" : "cancellation");
  put("compensationPlanned", s.compensation_planned);
  for (const auto& [id, why] : s.remainder) put("notUndone." + id.value, why.empty() ? "true" : why);
  for (const auto& [product, write] : s.writes) {
    const auto one = put.in("writes." + product.value);
    one("outcome", to_text(write.outcome));
    one("state", !write.settled ? "asked" : std::string(to_text(write.status)));
  }
  put.timers(s.timers);
  put("overdue", s.overdue);
  put("effectsOverdue", s.effects_overdue);
  put("reviews", s.reviews);
  put("onHold", s.on_hold);
  put("heldByHand", s.held_by_hand);
  put("accepted", s.accepted);
  put("heldAt", s.held_at);
  put("assignee", s.assignee);
  put("cancelRequested", s.cancel_requested);
  put("cancelReason", s.cancel_reason);
  for (const auto& task : s.cancel_tasks) {
    const auto one = put.in("cancellations." + std::to_string(task.number));
    one("state", task.state);
    one("reason", task.reason);
    one("requestedBy", task.requested_by);
    one("requestedAt", task.requested_at);
    one("endedAt", task.ended_at);
    for (const auto& obstacle : task.obstacles) one("obstacles." + obstacle.service_order.value, obstacle.why);
  }
  if (s.jeopardy) put_jeopardy(put.in("jeopardy"), *s.jeopardy);
  put("expected", s.expected);
  return out;
}

Fields fields_of(const service_order::State& s) {
  Fields out;
  const Put put(out, "");
  if (s.status == service_order::Status::absent) return out;
  put("status", to_text(s.status));
  put("note", s.note);
  put_spec(put.in("spec"), s.spec);
  put("spec.id", s.spec.id);
  put("spec.order", s.spec.order);
  put("spec.catalogVersion", s.spec.catalog_version);
  put("attempt", s.attempt);
  put("failures", s.failures);
  put("doubts", s.doubts);
  put("asks", s.asks);
  put("inputs", s.inputs);
  put("outputs", s.outputs);
  put("reference", s.reference);
  put.timers(s.timers);
  put("fault", s.fault);
  if (s.then != Then::fail) put("then", to_text(s.then));
  put("callTimeout", s.call_timeout);
  put("sentAt", s.sent_at);
  put("sent", s.sent);
  put("ask", s.ask);
  put("nextStep", s.next_step);
  put("cancelWanted", s.cancel_wanted);
  put("cancelCalling", s.cancel_calling);
  put("cancelRefused", s.cancel_refused);
  put("cancelAttempts", s.cancel_attempts);
  put("cancelNext", s.cancel_next);
  put("cancelReason", s.cancel_reason);
  put("holds", s.holds);
  put("nudges", s.nudges);
  put("reviews", s.reviews);
  put("overdue", s.overdue);
  put("reopens", s.reopens);
  put("skippedByHand", s.skipped_by_hand);
  put("partly", s.partly);
  put("personSince", s.person_since);
  put("assignee", s.assignee);
  put("pointOfNoReturn", s.ponr_reached);
  put("requestedCompletion", s.requested_completion);
  put("expected", s.expected);
  put("expectations", s.expectations);
  if (s.jeopardy) {
    put("jeopardy.cause", s.jeopardy->cause);
    put("jeopardy.expected", s.jeopardy->expected);
    put("jeopardy.at", s.jeopardy->at);
  }
  for (const auto& milestone : s.milestones) {
    const auto one = put.in("milestones." + milestone.name);
    one("description", milestone.description);
    one("message", milestone.message);
    one("at", milestone.at);
  }
  put.set("reports", s.reports);
  put("reportsTaken", s.reports_taken);
  put("contradictions", s.contradictions);
  return out;
}

Fields fields_of(const product::State& s) {
  Fields out;
  const Put put(out, "");
  if (s.product.status == product::Status::absent) return out;
  put_snapshot(put, s.product);
  put("claimedItem", s.claimed_item);
  if (!s.claimed_item.empty()) put("claimedAction", to_text(s.claimed_action)), put("beforeClaim", to_text(s.before_claim));
  put("lastOrder", s.last_order);
  put.set("orders", s.orders);
  put("writes", s.writes);
  put("pushed", s.pushed);
  put("pushAttempts", s.push_attempts);
  put("pushAt", s.push_at);
  put("pushWanted", s.push_wanted);
  for (const auto& one : s.queue) put("claimsWaiting." + one.order.value, to_text(one.action));
  return out;
}

Fields fields_of(const service::State& s) {
  Fields out;
  const Put put(out, "");
  if (s.record.id.empty()) return out;
  put("tenant", s.tenant);
  put("product", s.product);
  put("lastOrder", s.last_order);
  put_record(put, s.record);
  put("operatingStatus", s.operating_status);
  put.set("news", s.news);
  return out;
}

Fields fields_of(const service_order::Spec& spec) {
  Fields out;
  put_spec(Put(out, ""), spec);
  return out;
}

Fields fields_of(const ProductPlan& plan) {
  Fields out;
  put_product_plan(Put(out, ""), plan);
  return out;
}

}  // namespace comd
