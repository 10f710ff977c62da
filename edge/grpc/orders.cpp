#include "edge/grpc/orders.h"

#include <algorithm>

#include "domain/forecast.h"
#include "edge/grpc/cancel.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/holds.h"
#include "edge/grpc/quarantine.h"
#include "edge/grpc/view.h"
#include "edge/tmf/render.h"

namespace comd::north {
namespace {

std::vector<StreamId> streams_of(const product_order::State& order) {
  std::vector<StreamId> out{stream_of(order.id)};
  for (const auto& node : order.nodes) out.push_back(stream_of(node.spec.id));
  return out;
}

const service_order::State* find(const std::vector<service_order::State>& states, const ServiceOrderId& id) {
  const auto found = std::ranges::find(states, id, [](const auto& state) { return state.spec.id; });
  return found == states.end() ? nullptr : &*found;
}

/// Also with what activation systems said they expect, which an order without a date is not told.
std::optional<product_order::Forecast> forecast_of(const Core& core, Instant now, const product_order::State& order,
                                                   const std::vector<service_order::State>& service_orders) {
  auto told = order;
  for (auto& node : told.nodes) {
    const auto* own = find(service_orders, node.spec.id);
    if (own != nullptr && own->expected) node.expected = own->expected;
  }
  return product_order::forecast(told, *core.engine.catalogs(), now);
}

std::optional<views::QuarantineSummary> quarantined(const Reader& reader, const Caller& caller, const StreamId& stream) {
  auto found = reader.quarantine(stream);
  if (found && (!found->open || found->tenant != caller.principal.tenant)) found.reset();
  return found;
}

}  // namespace

grpc::Status get_order(const Core& core, const Caller& caller, const api::GetOrderRequest& request,
                       api::GetOrderResponse& response) {
  const auto view = view_of(core, caller, request, request.order_id());
  if (!view) return status_of(view.error());
  view->tell_position(response);
  const auto order = view->reader.order(OrderId{request.order_id()}, caller.principal.tenant);
  if (!order) return status_of(order.error());
  if (order->state.archived() && !request.archived())
    return status_of(Rejection{RejectionCode::precondition,
                               "Expected an order that is not archived, but " + order->state.id.value + " was archived at " +
                                   comd::to_text(order->state.archived_at) + ".",
                               "archived",
                               "It can be read all the same: comctl order get " + order->state.id.value + " --archived"});
  const auto service_orders = view->reader.service_orders(order->state);
  const auto forecast = forecast_of(core, view->now, order->state, service_orders);
  response.set_tmf622_json(tmf::to_tmf(order->state, {}, forecast ? std::optional(forecast->completion) : std::nullopt));
  if (forecast) fill(*response.mutable_expected_completion(), forecast->completion);
  if (order->state.jeopardy) *response.mutable_jeopardy() = message_of(*order->state.jeopardy);
  response.set_version(number(order->version));
  response.set_revision(order->state.revision);
  for (const auto& task : cancel_tasks_of(order->state)) *response.add_cancellations() = task;
  for (const auto& one : order->state.queued) {
    auto& queued = *response.add_queued_revisions();
    queued.set_revision(one.revision);
    queued.set_requested_by(one.requested_by);
    queued.set_reason(one.reason);
    fill(*queued.mutable_at(), one.at);
  }
  if (order->state.archived()) {
    *response.mutable_summary() = message_of(views::summary_of(order->state));
  } else if (const auto row = view->reader.log().row(Table::order, order->state.id.value)) {
    if (const auto summary = views::decode_order(*row)) *response.mutable_summary() = message_of(*summary);
  }
  for (std::size_t i = 0; i < order->state.nodes.size(); ++i) {
    const auto& node = order->state.nodes[i];
    const auto* own = find(service_orders, node.spec.id);
    auto& summary = *response.add_service_orders();
    summary = message_of(node, own);
    const bool ended = own != nullptr && is_final(own->status);  // the order is told a moment later
    if (!ended && forecast && forecast->ends[i] != Instant{}) fill(*summary.mutable_expected(), forecast->ends[i]);
  }
  return grpc::Status::OK;
}

Result<std::vector<StreamId>, Rejection> streams_about(const Reader& reader, const TenantId& tenant, const std::string& id) {
  switch (kind_of(id)) {
    case StreamKind::service_order: {
      const auto loaded = reader.service_order(ServiceOrderId{id}, tenant);
      if (!loaded) return Err(loaded.error());
      return std::vector{StreamId{id}};
    }
    case StreamKind::product: {
      const auto loaded = reader.product(ProductId{id}, tenant);
      if (!loaded) return Err(loaded.error());
      std::vector<StreamId> out{StreamId{id}};
      for (const auto& record : loaded->state.product.services) out.push_back(stream_of(record.id));
      return out;
    }
    case StreamKind::service: {
      const auto loaded = reader.service(ServiceId{id}, tenant);
      if (!loaded) return Err(loaded.error());
      return std::vector{StreamId{id}};
    }
    default: {
      const auto loaded = reader.order(OrderId{id}, tenant);
      if (!loaded) return Err(loaded.error());
      return streams_of(loaded->state);
    }
  }
}

grpc::Status timeline(const Core& core, const Caller& caller, const api::TimelineRequest& request,
                      api::TimelineResponse& response) {
  auto streams = streams_about(core.reader, caller.principal.tenant, request.order_id());
  if (!streams && quarantined(core.reader, caller, StreamId{request.order_id()})) streams = {StreamId{request.order_id()}};
  if (!streams) return status_of(streams.error());
  for (std::size_t i = streams->size(); i > 0; --i)  // who set aside what, and who took it up again
    if (const StreamId& stream = (*streams)[i - 1]; core.reader.quarantine(stream)) streams->push_back(quarantine_of(stream));
  const auto history = core.reader.history(*streams, core.limits.timeline_max);
  if (!history) return status_of(history.error());
  for (const auto& entry : history->entries) *response.add_entries() = message_of(entry);
  response.set_truncated(history->truncated);
  return grpc::Status::OK;
}

grpc::Status explain_order(const Core& core, const Caller& caller, const api::ExplainRequest& request,
                           api::ExplainResponse& response) {
  const auto& id = request.order_id();
  const auto view = view_of(core, caller, request, id);
  if (!view) return status_of(view.error());
  view->tell_position(response);
  const auto& reader = view->reader;
  if (const auto aside = quarantined(reader, caller, StreamId{id})) {
    *response.mutable_order() = message_of(id, explain_quarantine(*aside));
    return grpc::Status::OK;
  }
  if (kind_of(id) == StreamKind::service_order) {
    const auto loaded = reader.service_order(ServiceOrderId{id}, caller.principal.tenant);
    if (!loaded) return status_of(loaded.error());
    auto explanation = explain(loaded->state);
    hold::explain(holds_in(*view), loaded->state, explanation);
    *response.mutable_order() = message_of(id, explanation);
    return grpc::Status::OK;
  }
  const auto order = reader.order(OrderId{id}, caller.principal.tenant);
  if (!order) return status_of(order.error());
  const auto service_orders = reader.service_orders(order->state);
  auto explanation = explain(order->state);
  const auto held = holds_in(*view);
  hold::explain(held, order->state, explanation);
  if (const auto forecast = forecast_of(core, view->now, order->state, service_orders))
    explanation.expected = forecast->completion;
  *response.mutable_order() = message_of(id, explanation);
  for (const auto& node : order->state.nodes)
    if (const auto aside = quarantined(reader, caller, stream_of(node.spec.id)))
      *response.add_service_orders() = message_of(node.spec.id.value, explain_quarantine(*aside));
  for (const auto& state : service_orders) {
    if (quarantined(reader, caller, stream_of(state.spec.id))) continue;
    if (service_order::is_final(state.status) && state.contradictions == 0) continue;
    auto of_one = explain(state);
    hold::explain(held, state, of_one);
    *response.add_service_orders() = message_of(state.spec.id.value, of_one);
  }
  return grpc::Status::OK;
}

grpc::Status plan(const Core& core, const Caller& caller, const api::PlanRequest& request, api::PlanResponse& response) {
  const auto view = view_of(core, caller, request, request.order_id());
  if (!view) return status_of(view.error());
  view->tell_position(response);
  const auto order = view->reader.order(OrderId{request.order_id()}, caller.principal.tenant);
  if (!order) return status_of(order.error());
  fill_plan(order->state, view->reader.service_orders(order->state), response);
  return grpc::Status::OK;
}

}  // namespace comd::north
