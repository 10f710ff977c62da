#pragma once
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "actors/log.h"
#include "edge/grpc/api_limits.h"
#include "edge/grpc/aside.h"
#include "edge/grpc/consumers.h"
#include "edge/grpc/errors.h"
#include "edge/grpc/feed.h"
#include "edge/grpc/log_stream.h"
#include "edge/grpc/opening.h"
#include "edge/grpc/outward_desk.h"
#include "edge/grpc/past_logs.h"
#include "edge/grpc/pipeline.h"
#include "edge/grpc/principal.h"
#include "edge/grpc/reader.h"

namespace comd::north {

/// What every service needs. Lives as long as the server.
struct Core {
  Engine& engine;
  CatalogParser parse_catalog;
  ApiLimits limits;
  std::string version, build;
  CallObserver* observer = nullptr;  ///< may be absent
  Instant started{};
  std::shared_ptr<outward::WebhookDesk> webhooks = nullptr;  ///< may be absent
  std::shared_ptr<Consumers> consumers = nullptr;            ///< may be absent
  std::string signing_key = {};                              ///< file of the key that signs checkpoints
  crypto::Sealing sealing{};                                 ///< off: nothing is sealed
  Reader reader{engine.log(), sealing};
  OrderFeed feed{engine};
  EventFeed events{engine};
  LogWaiters log_waiters{engine};
  OpenStreams streams{};
  PastLogs past{};
  Aside aside{};

  void ended(std::string_view method, const grpc::Status& status) const {
    if (observer != nullptr) observer->ended(method, status.error_code());
    if (status.error_code() == grpc::StatusCode::INTERNAL) {
      log_line(spdlog::level::err, "A call failed inside comd",
               {{"method", std::string(method)}, {"error", status.error_message()}});
    }
  }
};

/// A call that is answered by reading. `work(caller)` returns the status.
template <class Work>
grpc::ServerUnaryReactor* answer_now(const Core& core, grpc::CallbackServerContext* context, std::string_view method, Work work) {
  auto* reactor = context->DefaultReactor();
  const auto caller = caller_of(context->client_metadata());
  const auto status = caller ? work(*caller) : status_of(caller.error());
  core.ended(method, status);
  reactor->Finish(status);
  return reactor;
}

/// A call that is answered by reading for long: on a thread of its own, of which there are few. `work(caller, go_on)` returns the
/// status; it stops soon after `go_on()` is false: nobody waits for the answer any more.
template <class Work>
grpc::ServerUnaryReactor* answer_aside(const Core& core, grpc::CallbackServerContext* context, std::string_view method,
                                       Work work) {
  auto* reactor = context->DefaultReactor();
  const auto finish = [&core, reactor, method](const grpc::Status& status) {
    core.ended(method, status);
    reactor->Finish(status);
  };
  const auto caller = caller_of(context->client_metadata());
  if (!caller) {
    finish(status_of(caller.error()));
  } else if (!core.aside.run([context, finish, caller = *caller, work = std::move(work)](const std::atomic<bool>& stopped) {
               finish(work(caller, [&] { return !stopped && !context->IsCancelled(); }));
             })) {
    finish(status_of(Aside::busy()));
  }
  return reactor;
}

/// The same, with its answer opened: what is sealed in it is shown to the caller.
template <class Response, class Work>
grpc::ServerUnaryReactor* answer_now(const Core& core, grpc::CallbackServerContext* context, Response* response,
                                     std::string_view method, Work work) {
  return answer_now(core, context, method, [&](const Caller& caller) {
    auto status = work(caller);
    open(core.sealing, caller.principal.tenant, *response);
    return status;
  });
}

template <class Response, class Work>
grpc::ServerUnaryReactor* answer_aside(const Core& core, grpc::CallbackServerContext* context, Response* response,
                                       std::string_view method, Work work) {
  return answer_aside(core, context, method, [&core, response, work = std::move(work)](const Caller& caller, const auto& go_on) {
    auto status = work(caller, go_on);
    open(core.sealing, caller.principal.tenant, *response);
    return status;
  });
}

/// A call that is answered when a command is durable. `work(caller, done)` calls done(status) once, from any thread.
template <class Work>
grpc::ServerUnaryReactor* answer_later(const Core& core, grpc::CallbackServerContext* context, std::string_view method,
                                       Work work) {
  auto* reactor = context->DefaultReactor();
  auto done = [&core, reactor, method](const grpc::Status& status) {
    core.ended(method, status);
    reactor->Finish(status);
  };
  if (const auto caller = caller_of(context->client_metadata())) {
    work(*caller, std::move(done));
  } else {
    done(status_of(caller.error()));
  }
  return reactor;
}

using Done = std::function<void(const grpc::Status&)>;

/// The characteristics and outputs that are personal data in any catalogue version that is live.
std::vector<std::string> personal_names(const Core&);
/// Seals what is personal of values that come in for an order that is there. `order` may be empty: nobody knows whose they are.
void seal_values(const Core&, Values&, const TenantId&, const OrderId& order);

}  // namespace comd::north
