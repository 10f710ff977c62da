#include "comd/api/v1/log.grpc.pb.h"
#include "edge/grpc/consumers.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/following.h"
#include "edge/grpc/log_calls.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

grpc::Status acknowledge(const Core& core, const api::AcknowledgeRequest& request, api::AcknowledgeResponse& response) {
  const auto at = core.consumers->acknowledge(request.consumer(), request.token(), Position{request.position()},
                                              core.reader.log().tail(), request.release());
  if (!at) return status_of(at.error());
  response.set_position(number(*at));
  return grpc::Status::OK;
}

grpc::Status list(const Core& core, api::ListConsumersResponse& response) {
  const auto tail = core.reader.log().tail();
  for (const auto& [record, connected, leased_until] : core.consumers->list()) {
    auto& out = *response.add_consumers();
    out.set_name(record.name);
    out.set_position(number(record.position));
    out.set_behind(tail > record.position ? number(tail) - number(record.position) : 0);
    out.set_holder(record.holder);
    out.set_token(record.token);
    out.set_connected(connected);
    if (leased_until) fill(*out.mutable_leased_until(), *leased_until);
    if (record.acknowledged != Instant{}) fill(*out.mutable_acknowledged(), record.acknowledged);
    fill(*out.mutable_created(), record.created);
  }
  return grpc::Status::OK;
}

/// The log is for operators: of all tenants, as Doctor is.
class LogService final : public api::LogService::CallbackService {
 public:
  explicit LogService(Core& core) : core_(core) {}

  grpc::ServerWriteReactor<api::ReadLogResponse>* Read(CallbackServerContext* context,
                                                       const api::ReadLogRequest* request) override {
    return for_caller<api::ReadLogResponse>(context, "Read", [&] { return start_log_read(core_, *request); });
  }
  grpc::ServerWriteReactor<api::LogStatsResponse>* Stats(CallbackServerContext* context,
                                                         const api::LogStatsRequest* request) override {
    return for_caller<api::LogStatsResponse>(context, "Stats", [&] { return start_log_stats(core_, *request); });
  }
  grpc::ServerWriteReactor<api::ConsumeResponse>* Consume(CallbackServerContext* context,
                                                          const api::ConsumeRequest* request) override {
    return for_caller<api::ConsumeResponse>(context, "Consume", [&] { return start_consume(core_, *request); });
  }
  ServerUnaryReactor* Acknowledge(CallbackServerContext* context, const api::AcknowledgeRequest* request,
                                  api::AcknowledgeResponse* response) override {
    return with_consumers(context, "Acknowledge", [&] { return acknowledge(core_, *request, *response); });
  }
  ServerUnaryReactor* ListConsumers(CallbackServerContext* context, const api::ListConsumersRequest*,
                                    api::ListConsumersResponse* response) override {
    return with_consumers(context, "ListConsumers", [&] { return list(core_, *response); });
  }
  ServerUnaryReactor* ForgetConsumer(CallbackServerContext* context, const api::ForgetConsumerRequest* request,
                                     api::ForgetConsumerResponse*) override {
    return with_consumers(context, "ForgetConsumer", [&] {
      const auto forgotten = core_.consumers->forget(request->consumer());
      return forgotten ? grpc::Status::OK : status_of(forgotten.error());
    });
  }

 private:
  template <class Response, class Start>
  grpc::ServerWriteReactor<Response>* for_caller(CallbackServerContext* context, std::string_view method, Start start) {
    const auto caller = caller_of(context->client_metadata());
    if (caller) return start();
    core_.ended(method, status_of(caller.error()));
    return new Refused<grpc::ServerWriteReactor<Response>>(status_of(caller.error()));
  }
  template <class Work>
  ServerUnaryReactor* with_consumers(CallbackServerContext* context, std::string_view method, Work work) {
    return answer_now(core_, context, method, [&](const Caller&) {
      if (core_.consumers != nullptr) return work();
      return status_of(Rejection{
          RejectionCode::unavailable, "Expected to keep consumers, but this comd was given no place for them.", {}, {}});
    });
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_log_service(Core& core) { return std::make_unique<LogService>(core); }

}  // namespace comd::north
