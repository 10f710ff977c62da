#pragma once
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "actors/log.h"
#include "edge/grpc/errors.h"
#include "edge/grpc/feed.h"
#include "edge/grpc/principal.h"
#include "edge/grpc/reader.h"
#include "edge/tmf/limits.h"

namespace comd::north {

/// What one call, stream or page may be at most.
struct ApiLimits {
  tmf::Limits order;
  std::size_t message_bytes = 8u << 20;   ///< of one gRPC message; one that is larger ends its call or stream
  std::size_t stream_window = 1'024;      ///< of one stream: requests read and not yet answered
  std::size_t streams_max = 1'024;        ///< calls under way on one connection
  std::size_t watchers_max = 256;
  std::size_t watch_orders_max = 1'000;
  std::size_t list_scan_max = 20'000;     ///< index rows looked at for one page
  std::size_t timeline_max = 10'000;      ///< entries of one timeline
};

/// Hears how every call ended; counts them as metrics. Thread-safe.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void ended(std::string_view method, grpc::StatusCode) = 0;
};

/// What every service needs. Lives as long as the server.
struct Core {
  Engine& engine;
  CatalogParser parse_catalog;
  ApiLimits limits;
  std::string version;
  CallObserver* observer = nullptr;  ///< may be absent
  Instant started{};
  Reader reader{engine.log()};
  Feed feed{engine};

  void ended(std::string_view method, const grpc::Status& status) const {
    if (observer != nullptr) observer->ended(method, status.error_code());
    if (status.error_code() == grpc::StatusCode::INTERNAL) {
      log_line(spdlog::level::err, "A call failed inside comd", {{"method", std::string(method)}, {"error", status.error_message()}});
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

/// A call that is answered when a command is durable. `work(caller, done)` calls done(status) once, from any thread.
template <class Work>
grpc::ServerUnaryReactor* answer_later(const Core& core, grpc::CallbackServerContext* context, std::string_view method, Work work) {
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

}  // namespace comd::north
