#include "edge/grpc/convert.h"

#include "domain/sealed.h"

#include <algorithm>
#include <array>

namespace comd::north {
namespace {

constexpr std::array kOrderStatuses = {
    OrderStatus::acknowledged,
    OrderStatus::pending,
    OrderStatus::in_progress,
    OrderStatus::partially_completed,
    OrderStatus::compensating,
    OrderStatus::held,
    OrderStatus::assessing_cancellation,
    OrderStatus::pending_cancellation,
    OrderStatus::completed,
    OrderStatus::partial,
    OrderStatus::failed,
    OrderStatus::cancelled,
    OrderStatus::rejected,
};

std::optional<OrderStatus> status_of_word(std::string_view word) {
  for (const auto status : kOrderStatuses) {
    if (to_text(status) == word) return status;
  }
  return std::nullopt;
}

void fill_fault(const service_order::Fault& from, api::Fault& to) {
  to.set_fault_class(std::string(to_text(from.fault_class)));
  to.set_code(from.code);
  to.set_message(from.message);
}

void fill_spec(const service_order::Spec& spec, api::ServiceOrderSummary& to) {
  to.set_id(spec.id.value);
  to.set_item(spec.item);
  to.set_service_key(spec.key);
  to.set_service_id(spec.service.value);
  to.set_specification(spec.specification);
  to.set_target(spec.target);
  to.set_action(std::string(to_text(spec.action)));
  to.set_undoes(spec.undoes.value);
  for (const auto& id : spec.depends_on) to.add_depends_on(id.value);
  to.set_optional(spec.optional);
}

void fill_milestone(const service_order::MilestoneReached& from, api::Milestone& to) {
  to.set_name(from.name);
  to.set_description(from.description);
  to.set_message(from.message);
  fill(*to.mutable_reached_at(), from.at);
}

template <class Map>
void fill_values(const Values& from, Map& to) {
  for (const auto& [name, value] : from) to[name] = value.json;
}

std::string_view word_of(Progress progress) {
  switch (progress) {
    case Progress::not_started: return "planned";
    case Progress::running: return "inProgress";
    case Progress::held: return "held";
    case Progress::done: return "completed";
    case Progress::partly_done: return "partial";
    case Progress::failed: return "failed";
    case Progress::skipped: return "skipped";
    case Progress::cancelled: return "cancelled";
  }
  return "unknown";
}

/// An order's node that will never be sent: the product order knows it, its own stream may not say so.
bool ended(Progress progress) {
  return progress != Progress::not_started && progress != Progress::running && progress != Progress::held;
}

}  // namespace

void fill(google::protobuf::Timestamp& to, Instant from) {
  const auto millis = from.time_since_epoch().count();
  auto seconds = millis / 1000;
  auto rest = millis % 1000;
  if (rest < 0) {
    --seconds;
    rest += 1000;
  }
  to.set_seconds(seconds);
  to.set_nanos(static_cast<std::int32_t>(rest) * 1'000'000);
}

Instant instant_of(const google::protobuf::Timestamp& from) {
  return Instant{Millis{from.seconds() * 1000 + from.nanos() / 1'000'000}};
}

api::OrderSummary message_of(const views::OrderSummary& from) {
  api::OrderSummary to;
  to.set_id(from.id.value);
  to.set_tenant(from.tenant.value);
  to.set_external_id(from.external_id);
  to.set_source(from.source);
  to.set_state(from.state);
  if (const auto status = status_of_word(from.state)) {
    to.set_tmf_state(std::string(to_tmf(*status)));
    to.set_terminal(is_final(*status));
  }
  to.set_reason(from.reason);
  for (const auto& offering : from.offerings) to.add_offerings(offering);
  for (const auto& party : from.parties) {
    auto& out = *to.add_related_parties();
    out.set_id(shown_id(party));
    out.set_role(party.role);
  }
  to.set_priority(from.priority);
  fill(*to.mutable_submitted_at(), from.submitted_at);
  if (from.closed_at != Instant{}) fill(*to.mutable_closed_at(), from.closed_at);
  if (from.archived_at != Instant{}) fill(*to.mutable_archived_at(), from.archived_at);
  to.set_service_orders(from.service_orders);
  to.set_service_orders_done(from.service_orders_done);
  to.set_catalog_version(from.catalog_version);
  return to;
}

api::ServiceOrderSummary message_of(const product_order::Node& node, const service_order::State* service_order) {
  api::ServiceOrderSummary to;
  if (service_order != nullptr) {
    to = message_of(*service_order);
  } else {
    fill_spec(node.spec, to);
    fill_values(node.inputs, *to.mutable_inputs());
    fill_values(node.outputs, *to.mutable_outputs());
  }
  // One that was dropped before it began, or whose failure was skipped over, is only so in the order's eyes.
  const bool own_end = service_order != nullptr && service_order::is_final(service_order->status);
  if (service_order == nullptr || (ended(node.progress) && (!own_end || node.progress == Progress::skipped))) {
    to.set_status(std::string(word_of(node.progress)));
    to.set_terminal(ended(node.progress));
  }
  if (to.reason().empty()) to.set_reason(node.reason);
  return to;
}

api::ServiceOrderSummary message_of(const service_order::State& state) {
  api::ServiceOrderSummary to;
  fill_spec(state.spec, to);
  to.set_status(std::string(to_text(state.status)));
  to.set_terminal(service_order::is_final(state.status));
  to.set_attempt(state.attempt);
  fill_values(state.inputs.empty() ? state.spec.characteristics : state.inputs, *to.mutable_inputs());
  fill_values(state.outputs, *to.mutable_outputs());
  if (state.fault != service_order::Fault{}) fill_fault(state.fault, *to.mutable_fault());
  to.set_reference(state.reference);
  if (state.expected && !service_order::is_final(state.status)) fill(*to.mutable_expected(), *state.expected);
  to.set_reason(state.cancel_reason);
  for (const auto& milestone : state.milestones) fill_milestone(milestone, *to.add_milestones());
  if (state.jeopardy) {
    auto& jeopardy = *to.mutable_jeopardy();
    jeopardy.set_kind(std::string(product_order::to_text(product_order::JeopardyKind::overrun)));
    jeopardy.set_cause(state.jeopardy->cause);
    jeopardy.set_service_order(state.spec.id.value);
    fill(*jeopardy.mutable_since(), state.jeopardy->at);
  }
  return to;
}

api::Jeopardy message_of(const product_order::JeopardyRaised& from) {
  api::Jeopardy to;
  to.set_kind(std::string(product_order::to_text(from.kind)));
  to.set_cause(from.cause);
  to.set_service_order(from.service_order.value);
  fill(*to.mutable_since(), from.at);
  return to;
}

api::Explanation message_of(std::string_view id, const Explanation& from) {
  api::Explanation to;
  to.set_id(std::string(id));
  to.set_status(from.status);
  to.set_because(from.because);
  for (const auto& wait : from.waits) {
    auto& out = *to.add_waits();
    out.set_what(wait.what);
    out.set_on(wait.on);
    if (wait.until) fill(*out.mutable_until(), *wait.until);
  }
  for (const auto& next : from.next) to.add_next(next);
  if (from.expected) fill(*to.mutable_expected(), *from.expected);
  to.set_jeopardy(from.jeopardy);
  return to;
}

api::TimelineEntry message_of(const Told& from) {
  api::TimelineEntry to;
  to.set_position(number(from.position));
  fill(*to.mutable_time(), from.time);
  to.set_stream(from.stream.value);
  to.set_version(number(from.version));
  to.set_event(from.line.name);
  to.set_text(from.line.text);
  to.set_reason(from.line.reason);
  auto& cause = *to.mutable_cause();
  cause.set_command(from.cause.command);
  cause.set_subject(from.cause.subject);
  cause.set_correlation_id(from.cause.correlation);
  cause.set_traceparent(from.cause.traceparent);
  return to;
}

api::ProductSummary message_of(const views::ProductSummary& from) {
  api::ProductSummary to;
  to.set_id(from.id.value);
  to.set_tenant(from.tenant.value);
  to.set_status(from.status);
  to.set_offering(from.offering);
  to.set_offering_name(from.offering_name);
  for (const auto& party : from.parties) {
    auto& out = *to.add_related_parties();
    out.set_id(shown_id(party));
    out.set_role(party.role);
  }
  to.set_last_order(from.last_order.value);
  to.set_claimed_by(from.claimed_by.value);
  to.set_services(from.services);
  to.set_writes(from.writes);
  return to;
}

api::ServiceSummary message_of(const views::ServiceSummary& from) {
  api::ServiceSummary to;
  to.set_id(from.id.value);
  to.set_tenant(from.tenant.value);
  to.set_product(from.product.value);
  to.set_specification(from.specification);
  to.set_state(from.state);
  to.set_operating_status(from.operating_status);
  to.set_last_order(from.last_order.value);
  return to;
}

void fill_plan(const product_order::State& order, const std::vector<service_order::State>& states, api::PlanResponse& to) {
  to.set_order_id(order.id.value);
  to.set_state(std::string(to_text(order.status)));
  to.set_catalog_version(order.catalog_version);
  to.set_catalog_digest(order.catalog_digest);
  to.set_decomposed(order.decomposed);
  for (const auto& node : order.nodes) {
    const auto own = std::ranges::find(states, node.spec.id, [](const auto& state) { return state.spec.id; });
    *to.add_nodes() = message_of(node, own == states.end() ? nullptr : &*own);
    for (const auto& binding : node.spec.bindings) {
      auto& flow = *to.add_data_flow();
      flow.set_from(binding.from.value);
      flow.set_output(binding.output);
      flow.set_to(node.spec.id.value);
      flow.set_characteristic(binding.name);
    }
  }
  for (const auto& product : order.products) {
    auto& out = *to.add_products();
    out.set_product_id(product.product.value);
    out.set_item(product.item);
    out.set_action(std::string(to_text(product.action)));
    out.set_offering(product.offering.id);
    for (const auto& id : product.service_orders) out.add_service_orders(id.value);
  }
}

std::vector<std::string> states_named(std::string_view word) {
  std::vector<std::string> out;
  if (const auto own = status_of_word(word)) return {std::string(to_text(*own))};
  for (const auto status : kOrderStatuses) {
    if (to_tmf(status) == word) out.emplace_back(to_text(status));
  }
  return out;
}

}  // namespace comd::north
