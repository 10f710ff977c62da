#include "domain/field_put.h"

namespace comd {

void put_intervention(const Put& put, const Intervention& what) {
  put("id", what.id);
  put("remedy", to_text(what.remedy));
  put("by", what.by);
  put("why", what.reason);
  put("assignee", what.assignee);
  put("item", what.item);
  if (what.priority) put("priority", *what.priority);
  put("values", what.values);
  put("force", what.force);
}

namespace {

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

}  // namespace

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
  put("cancelIfAgreed", s.cancel_if_agreed);
  put("refusals", s.refusals);
  put("cancelAttempts", s.cancel_attempts);
  put("cancelNext", s.cancel_next);
  put("cancelReason", s.cancel_reason);
  if (s.amendment) {
    put("amending", s.amendment->revision);
    put("amendInputs", s.amendment->inputs);
    put("amendAttempts", s.amend_attempts);
    put("amendNext", s.amend_next);
  }
  if (s.amend_answer) put(s.amend_answer->accepted ? "amended" : "amendRefused", s.amend_answer->revision);
  if (s.amend_doubt) put("amendDoubt", true);
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

}  // namespace comd
