#include "edge/grpc/revise.h"

#include "domain/forecast.h"
#include "domain/revision.h"
#include "edge/grpc/cancel.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/submit.h"
#include "edge/grpc/words.h"
#include "edge/tmf/tmf622.h"

namespace comd::north {
namespace {

using Found = Loaded<product_order::State>;

/// Dates that have passed are no mistake where they are what they were.
bool dates_stay(const Order& order, const Order& before) {
  return order.requested_start == before.requested_start && order.requested_completion == before.requested_completion;
}

Result<product_order::Revise, grpc::Status> command_of(const Core& core, const Caller& caller, const Found& known,
                                                       const api::ReviseOrderRequest& request) {
  if (auto refused = refused_reason(request.reason(), "Say why; it is kept with the order.")) return Err(status_of(*refused));
  const Order& before = known.state.order;
  auto submission = tmf::parse_submission(request.tmf622_json(),
                                          {caller.principal.tenant, before.source, core.limits.order, core.engine.clock().now()});
  if (!submission) return Err(status_of(submission.error()));
  Order& order = submission->order;
  if (!submission->untimely.empty() && !dates_stay(order, before)) return Err(status_of(submission->untimely));
  auto digest = core.sealing.digest(order);
  const auto& version = request.catalog_version().empty() ? known.state.catalog_version : request.catalog_version();
  if (auto refused = seal_order(core, order, known.state.id, version)) return Err(status_of(*refused));
  core.sealing.keep_tokens(order, before);
  product_order::Revise out;
  out.order = std::move(order);
  out.digest = std::move(digest);
  out.revision = request.revision();
  out.catalog_version = request.catalog_version();
  out.requested_by = caller.principal.subject;
  out.reason = request.reason();
  out.accept_cost = request.accept_cost();
  if (request.has_if_version()) out.if_version = Version{request.if_version()};
  return out;
}

bool waits(const product_order::State& order, std::uint32_t revision) {
  return std::ranges::find(order.queued, revision, &product_order::RevisionQueued::revision) != order.queued.end();
}

}  // namespace

grpc::Status rehearse_revision(const Core& core, const Caller& caller, const Found& known, const product_order::Revise& command,
                               api::ReviseOrderResponse& response) {
  const auto catalogs = core.engine.catalogs();
  product_order::Context context{core.engine.clock().now(), catalogs.get(), {}};
  for (const OrderItem& item : command.order.items)
    if (!item.product.empty())
      if (const auto product = core.reader.product(item.product, caller.principal.tenant))
        context.inventory[item.product] = product->state.product;
  auto related = product_order::related_to(
      command.order, true, [&](const OrderId& id) -> Result<std::optional<product_order::Related>, Rejection> {
        const auto found = core.reader.order(id, caller.principal.tenant);
        if (!found) return std::nullopt;
        return product_order::Related{found->state.order.tenant, found->state.status, found->state.order.relations};
      });
  if (!related) return status_of(related.error());
  context.related = *std::move(related);
  const auto decision = product_order::decide(known.state.id, known.state, command, context);
  if (!decision) return status_of(decision.error());
  auto after = known.state;
  for (const auto& event : decision->events) {
    if (const auto* revised = std::get_if<product_order::Revised>(&event))
      for (const auto& step : steps_of(known.state, *revised)) fill_step(*response.add_steps(), step);
    product_order::evolve(after, event);
  }
  response.set_revision(command.revision);
  response.set_queued(waits(after, command.revision));
  response.set_changed(!decision->events.empty());
  response.set_version(number(known.version));
  if (const auto expected = product_order::forecast(after, *catalogs, context.now))
    fill(*response.mutable_expected_completion(), expected->completion);
  return grpc::Status::OK;
}

void revise_order(const Core& core, const Caller& caller, const api::ReviseOrderRequest& request,
                  api::ReviseOrderResponse& response, Done done) {
  const OrderId id{request.order_id()};
  const auto known = core.reader.order(id, caller.principal.tenant);
  if (!known) return done(status_of(known.error()));
  auto command = command_of(core, caller, *known, request);
  if (!command) return done(command.error());
  if (request.dry_run()) return done(rehearse_revision(core, caller, *known, *command, response));
  response.set_revision(request.revision());
  const TenantId tenant = caller.principal.tenant;
  const auto cause = cause_of(caller, "Revise");
  core.engine.execute(
      stream_of(id), product_order::Command{*std::move(command)}, cause,
      [&core, &response, id, tenant, revision = request.revision(), cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) {
          log_order(spdlog::level::info, "Refused a revision", cause, id.value, {{"why", reply.rejection->message}});
          return done(status_of(*reply.rejection, reply.retry_after));
        }
        log_order(spdlog::level::info, "Took a revision", cause, id.value);
        if (const auto now = core.reader.order(id, tenant)) response.set_queued(waits(now->state, revision));
        response.set_changed(reply.changed);
        if (reply.changed) response.set_position(number(reply.position));
        done(grpc::Status::OK);
      });
}

}  // namespace comd::north
