#pragma once
#include "cmd/activation-sim/products.h"
#include "cmd/activation-sim/sim.h"
#include "comd/sim/v1/sim_control.grpc.pb.h"

namespace comd::sim {

/// The contract towards comd, on gRPC's callback API: nothing here blocks.
class ActivationService final : public wire::ActivationService::CallbackService {
 public:
  explicit ActivationService(Sim& sim) : sim_(sim) {}

 private:
  grpc::ServerUnaryReactor* GetCapabilities(grpc::CallbackServerContext*, const wire::GetCapabilitiesRequest*,
                                            wire::Capabilities*) override;
  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext*, const wire::SubmitRequest*, wire::SubmitResponse*) override;
  grpc::ServerBidiReactor<wire::SubmitRequest, wire::SubmitAnswer>* SubmitStream(grpc::CallbackServerContext*) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext*, const wire::GetRequest*, wire::GetResponse*) override;
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext*, const wire::CancelRequest*, wire::CancelResponse*) override;
  grpc::ServerUnaryReactor* Revise(grpc::CallbackServerContext*, const wire::ReviseRequest*, wire::ReviseResponse*) override;

  Sim& sim_;
};

/// The levers for tests.
class Control final : public v1::SimControl::CallbackService {
 public:
  Control(Sim& sim, Products& products, Reporter& reporter) : sim_(sim), products_(products), reporter_(reporter) {}

 private:
  grpc::ServerUnaryReactor* GetRecord(grpc::CallbackServerContext*, const v1::GetRecordRequest*, v1::GetRecordResponse*) override;
  grpc::ServerUnaryReactor* SetConfig(grpc::CallbackServerContext*, const v1::SetConfigRequest*, v1::SetConfigResponse*) override;
  grpc::ServerUnaryReactor* Reset(grpc::CallbackServerContext*, const v1::ResetRequest*, v1::ResetResponse*) override;
  grpc::ServerUnaryReactor* SendNews(grpc::CallbackServerContext*, const v1::SendNewsRequest*, v1::SendNewsResponse*) override;

  Sim& sim_;
  Products& products_;
  Reporter& reporter_;
  std::atomic<std::uint64_t> news_ = 0;
};

}  // namespace comd::sim
