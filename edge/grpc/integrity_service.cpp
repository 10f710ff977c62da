#include "comd/api/v1/integrity.grpc.pb.h"
#include "edge/grpc/integrity.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class IntegrityService final : public api::IntegrityService::CallbackService {
 public:
  explicit IntegrityService(Core& core) : core_(core) {}

  grpc::ServerWriteReactor<api::VerifyChainResponse>* VerifyChain(CallbackServerContext* context,
                                                                  const api::VerifyChainRequest* request) override {
    return start_verify(core_, context, *request);
  }
  grpc::ServerWriteReactor<api::RebuildTablesResponse>* RebuildTables(CallbackServerContext* context,
                                                                      const api::RebuildTablesRequest* request) override {
    return start_rebuild(core_, context, *request);
  }
  ServerUnaryReactor* SignCheckpoint(CallbackServerContext* context, const api::SignCheckpointRequest*,
                                     api::SignCheckpointResponse* response) override {
    return answer_now(core_, context, "SignCheckpoint", [&](const Caller&) { return sign_checkpoint(core_, *response); });
  }
  ServerUnaryReactor* GetEpoch(CallbackServerContext* context, const api::GetEpochRequest*,
                               api::GetEpochResponse* response) override {
    return answer_now(core_, context, "GetEpoch", [&](const Caller&) { return get_epoch(core_, *response); });
  }
  ServerUnaryReactor* ReconcileEpoch(CallbackServerContext* context, const api::ReconcileEpochRequest* request,
                                     api::ReconcileEpochResponse* response) override {
    return answer_later(core_, context, "ReconcileEpoch", [&](const Caller& caller, auto done) {
      reconcile_epoch(core_, caller, *request, *response, std::move(done));
    });
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_integrity_service(Core& core) { return std::make_unique<IntegrityService>(core); }

}  // namespace comd::north
