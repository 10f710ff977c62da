#include "domain/field_put.h"

/// The fields of a product order.
namespace comd {
namespace {

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

void put_item(const Put& put, const OrderItem& item) {
  put("action", to_text(item.action));
  put("quantity", item.quantity);
  for (const auto& relation : item.relations)
    put("relations." + relation.item, relation.kind == RelationKind::bundles ? "bundles" : "reliesOn");
  if (item.offering) put.offering(*item.offering);
  put("product", item.product);
  put("characteristics", item.characteristics);
  put.places(item.places);
  put("requestedStart", item.requested_start);
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
  for (const auto& relation : order.relations)
    put("relations." + relation.order.value, relation.kind == OrderRelationKind::start_after ? "startAfter" : "cancelWith");
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
  put("waited", node.waited);
  put("asked", node.asked);
  put("notBefore", node.not_before);
  put("cancelsDenied", node.cancels_denied);
  put("priorityTold", node.priority_told);
  put("nudges", node.nudges);
  put("reopens", node.reopens);
  if (!(node.reopening == Intervention{})) put_intervention(put.in("reopening"), node.reopening);
  if (node.amending) {
    put("amending", node.amending->revision);
    put("amendInputs", node.amending->inputs);
  }
  if (!node.amend_refused.empty()) put("amendRefused", node.amend_refused);
  if (node.amend_doubt) put("amendDoubt", true);
  if (node.unwanted) put("unwanted", true);
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
  for (const auto& queued : s.queued) {
    const auto one = put.in("queuedRevisions." + std::to_string(queued.revision));
    one("requestedBy", queued.requested_by);
    one("reason", queued.reason);
    one("catalogVersion", queued.catalog_version);
    one("acceptCost", queued.accept_cost);
    one("at", queued.at);
    put_order(one.in("order"), queued.order);
  }
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
  for (const auto& [item, held] : s.held_items) {
    const auto one = put.in("heldItems." + item);
    one("reason", held.reason);
    one("since", held.since);
    one("reviewAt", held.review_at);
    one("reviews", held.reviews);
    one.set("covers", held.covers);
  }
  put.list("awaited", s.awaited);
  put("relatedChecks", s.related_checks);
  put("priorityChanges", s.priority_changes);
  if (s.assessment) {
    const auto one = put.in("assessment");
    one("reason", s.assessment->reason);
    one("requestedBy", s.assessment->requested_by);
    one.list("asked", s.assessment->asked);
    one("acceptCost", s.assessment->accept_cost);
    one("at", s.assessment->at);
  }
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

Fields fields_of(const ProductPlan& plan) {
  Fields out;
  put_product_plan(Put(out, ""), plan);
  return out;
}

}  // namespace comd
