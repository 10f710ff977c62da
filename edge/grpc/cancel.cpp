#include "edge/grpc/cancel.h"

#include "domain/forecast.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/words.h"

namespace comd::north {
namespace {

using Found = Loaded<product_order::State>;

api::Obstacle message_of(const product_order::Obstacle& obstacle) {
  api::Obstacle out;
  out.set_service_order(obstacle.service_order.value);
  out.set_item(obstacle.item);
  out.set_why(obstacle.why);
  return out;
}

/// Every item that cannot be cancelled, with why.
grpc::Status denied(const product_order::CancelTask& task) {
  std::vector<Rejection> out;
  for (const auto& one : task.obstacles)
    out.push_back({RejectionCode::precondition,
                   "Expected every service order before its point of no return, but " + one.service_order.value + ": " + one.why,
                   "productOrderItem[id=" + one.item + "]", "Revise the order so that this item stays, or let it complete"});
  return status_of(out);
}

/// The decision itself, of which nothing is recorded.
grpc::Status rehearse(const Core& core, const Found& known, const product_order::Cancel& command,
                      api::CancelOrderResponse& response) {
  const auto catalogs = core.engine.catalogs();
  const auto obstacles = product_order::obstacles_to_cancelling(known.state, *catalogs);
  const auto costs = product_order::costs_of_cancelling(known.state, *catalogs);
  auto asked = command;
  asked.accept_cost = true;  // it is told below
  const auto decision =
      product_order::decide(known.state.id, known.state, asked, {core.engine.clock().now(), catalogs.get(), {}});
  if (!decision) return status_of(decision.error());
  auto after = known.state;
  for (const auto& event : decision->events) product_order::evolve(after, event);
  for (const auto& one : obstacles) *response.add_obstacles() = message_of(one);
  for (const auto& one : costs) *response.add_costs() = message_of(one);
  if (obstacles.empty() && !decision->events.empty())
    for (const auto& step : steps_of_cancelling(known.state, *catalogs)) fill_step(*response.add_steps(), step);
  if (after.assessment)
    for (const auto& id : after.assessment->asked)
      *response.add_asked() = message_of({id, after.nodes[after.index.at(id)].spec.item, "its activation system may refuse"});
  if (!response.steps().empty())
    fill(*response.mutable_expected_completion(),
         core.engine.clock().now() + product_order::time_to_undo(known.state, *catalogs));
  response.set_state(std::string(to_text(after.status)));
  response.set_version(number(known.version));
  return grpc::Status::OK;
}

}  // namespace

void fill_step(api::ChangeStep& to, const product_order::ChangeStep& step) {
  to.set_kind(std::string(to_text(step.kind)));
  to.set_service_order(step.spec.id.value);
  to.set_item(step.spec.item);
  to.set_service_key(step.spec.key);
  to.set_specification(step.spec.specification);
  to.set_action(std::string(to_text(step.spec.action)));
  to.set_replaces(step.spec.replaces.value);
  to.set_why(step.why);
}

std::vector<api::CancelTask> cancel_tasks_of(const product_order::State& order) {
  std::vector<api::CancelTask> out;
  for (const auto& task : order.cancel_tasks) {
    auto& to = out.emplace_back();
    to.set_id(order.id.value + ".cancel." + std::to_string(task.number));
    to.set_state(std::string(to_text(task.state)));
    to.set_reason(task.reason);
    to.set_requested_by(task.requested_by);
    if (task.requested_at != Instant{}) fill(*to.mutable_requested_at(), task.requested_at);
    if (task.ended_at != Instant{}) fill(*to.mutable_ended_at(), task.ended_at);
    for (const auto& one : task.obstacles) *to.add_obstacles() = message_of(one);
  }
  return out;
}

void cancel_order(const Core& core, const Caller& caller, const api::CancelOrderRequest& request,
                  api::CancelOrderResponse& response, Done done) {
  const OrderId id{request.order_id()};
  if (request.reason().size() > kReasonMax) {
    return done(status_of(Rejection{RejectionCode::limit,
                                    "Expected the reason to be at most " + std::to_string(kReasonMax) + " bytes, but it has " +
                                        std::to_string(request.reason().size()) + ".",
                                    "reason", "Send a shorter one."}));
  }
  // Another tenant's order must look as if it were not there; and a command to nowhere need not wake an actor.
  const auto known = core.reader.order(id, caller.principal.tenant);
  if (!known) return done(status_of(known.error()));
  product_order::Cancel command{
      request.reason(), caller.principal.subject, request.accept_remainder(), request.accept_cost(), {}};
  if (request.has_if_version()) command.if_version = Version{request.if_version()};
  if (request.dry_run()) return done(rehearse(core, *known, command, response));
  const auto cause = cause_of(caller, "Cancel");
  core.engine.execute(
      stream_of(id), product_order::Command{std::move(command)}, cause,
      [&core, &response, id, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) {
          log_order(spdlog::level::info, "Refused a cancellation", cause, id.value, {{"why", reply.rejection->message}});
          return done(status_of(*reply.rejection, reply.retry_after));
        }
        const auto order = core.reader.order(id, cause.tenant);
        const auto* tasks = order ? &order->state.cancel_tasks : nullptr;
        const bool task_failed =
            tasks && !tasks->empty() && tasks->back().state == product_order::TaskState::terminated_with_error;
        if (task_failed && !order->state.cancel_requested) {
          log_order(spdlog::level::info, "Denied a cancellation", cause, id.value);
          return done(denied(order->state.cancel_tasks.back()));
        }
        log_order(spdlog::level::info, "Took a cancellation", cause, id.value);
        response.set_position(number(reply.position));
        if (order) {
          response.set_state(std::string(to_text(order->state.status)));
          for (auto& task : cancel_tasks_of(order->state)) *response.mutable_task() = std::move(task);  // the last one
        }
        done(grpc::Status::OK);
      });
}

}  // namespace comd::north
