#include "comd/api/v1/product_order.grpc.pb.h"
#include "edge/grpc/cancel.h"
#include "edge/grpc/following.h"
#include "edge/grpc/lists.h"
#include "edge/grpc/orders.h"
#include "edge/grpc/revise.h"
#include "edge/grpc/services.h"
#include "edge/grpc/submit.h"
#include "edge/grpc/watch.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class ProductOrderService final : public api::ProductOrderService::CallbackService {
 public:
  explicit ProductOrderService(Core& core) : core_(core) {}

  ServerUnaryReactor* Submit(CallbackServerContext* context, const api::SubmitRequest* request,
                             api::SubmitResponse* response) override {
    return answer_later(core_, context, "Submit", [&](const Caller& caller, auto done) {
      submit(core_, caller, *request, [response, done = std::move(done)](Result<api::SubmitResponse, grpc::Status> result) {
        if (!result) return done(result.error());
        *response = std::move(*result);
        done(grpc::Status::OK);
      });
    });
  }

  grpc::ServerBidiReactor<api::SubmitStreamRequest, api::SubmitStreamResponse>* SubmitStream(
      CallbackServerContext* context) override {
    using Stream = Pipeline<api::SubmitStreamRequest, api::SubmitStreamResponse>;
    const auto caller = caller_of(context->client_metadata());
    if (!caller)
      return new Refused<grpc::ServerBidiReactor<api::SubmitStreamRequest, api::SubmitStreamResponse>>(status_of(caller.error()));
    return Stream::start(
        core_.streams,
        [this, caller = *caller](const api::SubmitStreamRequest& request, Stream::Answer answer) {
          // One correlation per order: one for the whole stream would make all of them one story.
          auto own = caller;
          own.correlation.clear();
          own.traceparent.clear();
          submit(core_, own, request.order(), [this, sequence = request.sequence(), answer = std::move(answer)](auto result) {
            core_.ended("SubmitStream", result ? grpc::Status::OK : result.error());
            api::SubmitStreamResponse response;
            response.set_sequence(sequence);
            if (result) {
              *response.mutable_accepted() = std::move(*result);
            } else {
              *response.mutable_error() = error_of(result.error());
            }
            answer(std::move(response));
          });
        },
        core_.limits.stream_window);
  }

  ServerUnaryReactor* Get(CallbackServerContext* context, const api::GetOrderRequest* request,
                          api::GetOrderResponse* response) override {
    return answer_now(core_, context, response, "Get",
                      [&](const Caller& caller) { return get_order(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListOrdersRequest* request,
                           api::ListOrdersResponse* response) override {
    return answer_now(core_, context, response, "List",
                      [&](const Caller& caller) { return list_orders(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Timeline(CallbackServerContext* context, const api::TimelineRequest* request,
                               api::TimelineResponse* response) override {
    return answer_now(core_, context, response, "Timeline",
                      [&](const Caller& caller) { return timeline(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Explain(CallbackServerContext* context, const api::ExplainRequest* request,
                              api::ExplainResponse* response) override {
    return answer_now(core_, context, response, "Explain",
                      [&](const Caller& caller) { return explain_order(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Plan(CallbackServerContext* context, const api::PlanRequest* request,
                           api::PlanResponse* response) override {
    return answer_now(core_, context, response, "Plan",
                      [&](const Caller& caller) { return plan(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Cancel(CallbackServerContext* context, const api::CancelOrderRequest* request,
                             api::CancelOrderResponse* response) override {
    return answer_later(core_, context, "Cancel", [&](const Caller& caller, auto done) {
      cancel_order(core_, caller, *request, *response, std::move(done));
    });
  }

  ServerUnaryReactor* Revise(CallbackServerContext* context, const api::ReviseOrderRequest* request,
                             api::ReviseOrderResponse* response) override {
    return answer_later(core_, context, "Revise", [&](const Caller& caller, auto done) {
      revise_order(core_, caller, *request, *response, std::move(done));
    });
  }

  grpc::ServerWriteReactor<api::WatchResponse>* Watch(CallbackServerContext* context, const api::WatchRequest* request) override {
    const auto options = watch_options(context, *request);
    core_.ended("Watch", options ? grpc::Status::OK : options.error());
    if (!options) return new Refused<grpc::ServerWriteReactor<api::WatchResponse>>(options.error());
    return start_watch(core_.feed, core_.reader, *options);
  }

 private:
  Result<WatchOptions, grpc::Status> watch_options(CallbackServerContext* context, const api::WatchRequest& request) const {
    const auto caller = caller_of(context->client_metadata());
    if (!caller) return Err(status_of(caller.error()));
    const auto& limits = core_.limits;
    const auto orders = static_cast<std::size_t>(request.order_ids_size());
    if (request.until_terminal() && orders == 0) {
      return Err(
          status_of(Rejection{RejectionCode::invalid, "Expected order_ids together with until_terminal, but there are none.",
                              "order_ids", "Name the orders to wait for, or watch without until_terminal."}));
    }
    if (orders > limits.watch_orders_max) {
      return Err(status_of(Rejection{
          RejectionCode::limit,
          "Expected at most " + std::to_string(limits.watch_orders_max) + " order_ids, but got " + std::to_string(orders) + ".",
          "order_ids", "Watch all orders, or split them over several watches."}));
    }
    if (core_.feed.watchers() >= limits.watchers_max) {
      return Err(status_of(
          Rejection{RejectionCode::limit,
                    "Expected fewer than " + std::to_string(limits.watchers_max) + " watches at once, but there are as many.",
                    "limits.watchers_max", "End one, or try again later."}));
    }
    const auto tail = number(core_.reader.log().tail());
    if (request.has_from_position() && request.from_position() > tail) {
      return Err(status_of(Rejection{RejectionCode::invalid,
                                     "Expected a from_position up to " + std::to_string(tail) + ", the end of the log, but got " +
                                         std::to_string(request.from_position()) + ".",
                                     "from_position", "Is it from another store? Leave it out to begin now."}));
    }
    WatchOptions out;
    out.tenant = caller->principal.tenant;
    for (const auto& id : request.order_ids()) out.orders.push_back(OrderId{id});
    if (request.has_from_position()) out.from = Position{request.from_position()};
    out.until_terminal = request.until_terminal();
    return out;
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_product_order_service(Core& core) { return std::make_unique<ProductOrderService>(core); }

}  // namespace comd::north
