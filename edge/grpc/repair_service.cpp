#include "comd/api/v1/repair.grpc.pb.h"
#include "edge/grpc/repair.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class RepairService final : public api::RepairService::CallbackService {
 public:
  explicit RepairService(Core& core) : core_(core) {}

  ServerUnaryReactor* Start(CallbackServerContext* context, const api::StartRepairRequest* request,
                            api::StartRepairResponse* response) override {
    return answer_later(core_, context, "StartRepair", [&](const Caller& caller, auto done) {
      start_repair(core_, caller, *request, *response, std::move(done));
    });
  }
  ServerUnaryReactor* Get(CallbackServerContext* context, const api::GetRepairRequest* request,
                          api::GetRepairResponse* response) override {
    return answer_now(core_, context, response, "GetRepair",
                      [&](const Caller& caller) { return get_repair(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListRepairsRequest* request,
                           api::ListRepairsResponse* response) override {
    return answer_now(core_, context, response, "ListRepairs",
                      [&](const Caller& caller) { return list_repairs(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Steer(CallbackServerContext* context, const api::SteerRepairRequest* request,
                            api::SteerRepairResponse* response) override {
    return answer_later(core_, context, "SteerRepair", [&](const Caller& caller, auto done) {
      steer_repair(core_, caller, *request, *response, std::move(done));
    });
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_repair_service(Core& core) { return std::make_unique<RepairService>(core); }

}  // namespace comd::north
