#include "comd/api/v1/quarantine.grpc.pb.h"
#include "edge/grpc/quarantine.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class QuarantineService final : public api::QuarantineService::CallbackService {
 public:
  explicit QuarantineService(Core& core) : core_(core) {}

  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListQuarantinesRequest* request,
                           api::ListQuarantinesResponse* response) override {
    return answer_now(core_, context, response, "ListQuarantines",
                      [&](const Caller& caller) { return list_quarantines(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Get(CallbackServerContext* context, const api::GetQuarantineRequest* request,
                          api::GetQuarantineResponse* response) override {
    return answer_now(core_, context, response, "GetQuarantine",
                      [&](const Caller& caller) { return get_quarantine(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Resolve(CallbackServerContext* context, const api::ResolveQuarantineRequest* request,
                              api::ResolveQuarantineResponse* response) override {
    return answer_later(core_, context, "ResolveQuarantine", [&](const Caller& caller, auto done) {
      resolve_quarantine(core_, caller, *request, *response, std::move(done));
    });
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_quarantine_service(Core& core) { return std::make_unique<QuarantineService>(core); }

}  // namespace comd::north
