#include "comd/api/v1/fallout.grpc.pb.h"
#include "edge/grpc/fallout.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class FalloutService final : public api::FalloutService::CallbackService {
 public:
  explicit FalloutService(Core& core) : core_(core) {}

  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListFalloutRequest* request,
                           api::ListFalloutResponse* response) override {
    const auto list = [this, request, response](const Caller& caller, const std::function<bool()>& go_on) {
      return list_fallout(core_, caller, *request, *response, go_on);
    };
    if (request->has_as_of()) return answer_aside(core_, context, response, "ListFallout", list);
    return answer_now(core_, context, response, "ListFallout",
                      [&](const Caller& caller) { return list(caller, [] { return true; }); });
  }
  ServerUnaryReactor* Get(CallbackServerContext* context, const api::GetFalloutRequest* request,
                          api::GetFalloutResponse* response) override {
    return answer_now(core_, context, response, "GetFallout",
                      [&](const Caller& caller) { return get_fallout(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Act(CallbackServerContext* context, const api::ActRequest* request, api::ActResponse* response) override {
    return answer_later(core_, context, "Act",
                        [&](const Caller& caller, auto done) { act(core_, caller, *request, *response, std::move(done)); });
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_fallout_service(Core& core) { return std::make_unique<FalloutService>(core); }

}  // namespace comd::north
