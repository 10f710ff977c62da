#include "edge/grpc/doctor_stream.h"

#include "edge/grpc/doctor.h"

namespace comd::north {
namespace {

class Examination final : public grpc::ServerWriteReactor<api::DoctorResponse> {
 public:
  Examination(const Core& core, grpc::CallbackServerContext* context) : core_(core), doctor_(core.reader.log()) {
    const auto caller = caller_of(context->client_metadata());
    if (!caller) {
      finish(status_of(caller.error()));
    } else if (busy().exchange(true)) {
      finish(status_of(Rejection{
          RejectionCode::limit, "Expected no other examination, but one is under way.", {}, "Wait for it, or end it."}));
    } else {
      mine_ = true;
      tell();
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return finish(grpc::Status::CANCELLED);
    if (message_.done()) return finish(grpc::Status::OK);
    tell();
  }
  void OnDone() override { delete this; }

 private:
  static std::atomic<bool>& busy() {
    static std::atomic<bool> flag{false};
    return flag;
  }

  void tell() {
    const bool more = doctor_.step();
    message_.Clear();
    message_.set_done(!more);
    const auto& figures = doctor_.figures();
    auto& out = *message_.mutable_figures();
    out.set_unfinished(figures.unfinished);
    out.set_orders(figures.orders);
    out.set_service_orders(figures.service_orders);
    out.set_wakeups(figures.wakeups);
    out.set_effects(figures.effects);
    out.set_findings(figures.findings);
    out.set_moving(figures.moving);
    out.set_unchecked(figures.unchecked);
    for (const auto& finding : doctor_.take_findings()) {
      auto& told = *message_.add_findings();
      told.set_id(finding.id);
      told.set_order_id(finding.order);
      told.set_problem(finding.problem);
      told.set_remedy(finding.remedy);
      told.set_kind(finding.kind);
    }
    StartWrite(&message_);
  }

  void finish(const grpc::Status& status) {
    if (mine_) busy() = false;
    core_.ended("Doctor", status);
    Finish(status);
  }

  const Core& core_;
  Doctor doctor_;
  api::DoctorResponse message_;
  bool mine_ = false;
};

}  // namespace

grpc::ServerWriteReactor<api::DoctorResponse>* start_doctor(const Core& core, grpc::CallbackServerContext* context) {
  return new Examination(core, context);
}

}  // namespace comd::north
