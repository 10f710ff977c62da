#include "comd/api/v1/hold.grpc.pb.h"
#include "edge/grpc/holds.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class HoldService final : public api::HoldService::CallbackService {
 public:
  explicit HoldService(Core& core) : core_(core) {}

  ServerUnaryReactor* Place(CallbackServerContext* context, const api::PlaceHoldRequest* request,
                            api::PlaceHoldResponse* response) override {
    return answer_later(core_, context, "PlaceHold", [&](const Caller& caller, auto done) {
      place_hold(core_, caller, *request, *response, std::move(done));
    });
  }
  ServerUnaryReactor* Lift(CallbackServerContext* context, const api::LiftHoldRequest* request,
                           api::LiftHoldResponse* response) override {
    return answer_later(core_, context, "LiftHold",
                        [&](const Caller& caller, auto done) { lift_hold(core_, caller, *request, *response, std::move(done)); });
  }
  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListHoldsRequest* request,
                           api::ListHoldsResponse* response) override {
    return answer_now(core_, context, "ListHolds",
                      [&](const Caller& caller) { return list_holds(core_, caller, *request, *response); });
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_hold_service(Core& core) { return std::make_unique<HoldService>(core); }

}  // namespace comd::north
