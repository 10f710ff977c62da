#include "comd/api/v1/events.grpc.pb.h"
#include "edge/grpc/outward_subscription.h"
#include "edge/grpc/outward_webhooks.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class EventsService final : public api::EventsService::CallbackService {
 public:
  explicit EventsService(Core& core) : core_(core) {}

  grpc::ServerWriteReactor<api::SubscribeResponse>* Subscribe(CallbackServerContext* context,
                                                              const api::SubscribeRequest* request) override {
    auto options = options_of(context, *request);
    core_.ended("Subscribe", options ? grpc::Status::OK : status_of(options.error()));
    if (!options) return new Refused<grpc::ServerWriteReactor<api::SubscribeResponse>>(status_of(options.error()));
    return start_subscription(core_.events, core_.reader.log(), std::move(*options));
  }

  ServerUnaryReactor* ListWebhooks(CallbackServerContext* context, const api::ListWebhooksRequest*,
                                   api::ListWebhooksResponse* response) override {
    return answer_now(core_, context, response, "ListWebhooks",
                      [&](const Caller& caller) { return list_webhooks(core_, caller, *response); });
  }
  ServerUnaryReactor* ListDeadLetters(CallbackServerContext* context, const api::ListDeadLettersRequest* request,
                                      api::ListDeadLettersResponse* response) override {
    return answer_now(core_, context, response, "ListDeadLetters",
                      [&](const Caller& caller) { return list_dead_letters(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Redeliver(CallbackServerContext* context, const api::RedeliverRequest* request,
                                api::RedeliverResponse* response) override {
    return answer_now(core_, context, response, "Redeliver",
                      [&](const Caller& caller) { return redeliver(core_, caller, *request, *response); });
  }

 private:
  Result<SubscribeOptions, Rejection> options_of(CallbackServerContext* context, const api::SubscribeRequest& request) const {
    const auto caller = caller_of(context->client_metadata());
    if (!caller) return Err(caller.error());
    const auto& limits = core_.limits;
    SubscribeOptions out;
    out.tenant = caller->principal.tenant;
    const auto filter = outward::Filter::make({request.types().begin(), request.types().end()});
    if (!filter) return Err(Rejection{RejectionCode::invalid, filter.error(), "types", "docs/events.md has them all."});
    out.filter = *filter;
    const auto orders = static_cast<std::size_t>(request.order_ids_size());
    if (orders > limits.watch_orders_max) {
      return Err(Rejection{
          RejectionCode::limit,
          "Expected at most " + std::to_string(limits.watch_orders_max) + " order_ids, but got " + std::to_string(orders) + ".",
          "order_ids", "Subscribe to all orders, or split them over several calls."});
    }
    if (core_.events.watchers() >= limits.watchers_max) {
      return Err(Rejection{
          RejectionCode::limit,
          "Expected fewer than " + std::to_string(limits.watchers_max) + " subscriptions at once, but there are as many.",
          "limits.watchers_max", "End one, or try again later."});
    }
    for (const auto& id : request.order_ids()) out.orders.push_back(OrderId{id});
    const auto tail = number(core_.reader.log().tail());
    if (request.has_after_position() && request.after_position() > tail) {
      return Err(Rejection{RejectionCode::invalid,
                           "Expected an after_position up to " + std::to_string(tail) + ", the end of the log, but got " +
                               std::to_string(request.after_position()) + ".",
                           "after_position", "Is it from another store? Leave it out to begin now."});
    }
    out.after = Position{request.has_after_position() ? request.after_position() : tail};
    return out;
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_events_service(Core& core) { return std::make_unique<EventsService>(core); }

}  // namespace comd::north
