#include "comd/api/v1/subject.grpc.pb.h"
#include "edge/grpc/services.h"
#include "edge/grpc/subject.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class SubjectService final : public api::SubjectService::CallbackService {
 public:
  explicit SubjectService(Core& core) : core_(core) {}

  ServerUnaryReactor* Show(CallbackServerContext* context, const api::ShowSubjectRequest* request,
                           api::ShowSubjectResponse* response) override {
    return answer_now(core_, context, "ShowSubject",
                      [&](const Caller& caller) { return show_subject(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Forget(CallbackServerContext* context, const api::ForgetSubjectRequest* request,
                             api::ForgetSubjectResponse* response) override {
    return answer_later(core_, context, "ForgetSubject", [&](const Caller& caller, auto done) {
      forget_subject(core_, caller, *request, *response, std::move(done));
    });
  }
  ServerUnaryReactor* Withdraw(CallbackServerContext* context, const api::WithdrawSubjectRequest* request,
                               api::WithdrawSubjectResponse* response) override {
    return answer_later(core_, context, "WithdrawSubject", [&](const Caller& caller, auto done) {
      withdraw_subject(core_, caller, *request, *response, std::move(done));
    });
  }
  ServerUnaryReactor* List(CallbackServerContext* context, const api::ListSubjectsRequest* request,
                           api::ListSubjectsResponse* response) override {
    return answer_now(core_, context, "ListSubjects",
                      [&](const Caller& caller) { return list_subjects(core_, caller, *request, *response); });
  }

 private:
  Core& core_;
};

/// The key file is one for all tenants, so these are an operator's.
class KeyService final : public api::KeyService::CallbackService {
 public:
  explicit KeyService(Core& core) : core_(core) {}

  ServerUnaryReactor* Show(CallbackServerContext* context, const api::ShowKeysRequest*,
                           api::ShowKeysResponse* response) override {
    return with_keys(context, "ShowKeys", [&](crypto::KeyStore& keys) {
      const auto figures = keys.figures();
      response->set_file(figures.file);
      response->set_master_key(figures.master_key);
      response->set_master_number(figures.master_number);
      response->set_slots(figures.slots);
      return grpc::Status::OK;
    });
  }
  ServerUnaryReactor* Rotate(CallbackServerContext* context, const api::RotateKeysRequest* request,
                             api::RotateKeysResponse* response) override {
    return with_keys(context, "RotateKeys", [&](crypto::KeyStore& keys) {
      const auto rotated = keys.rotate(request->master_key_file());
      if (!rotated)
        return status_of(
            Rejection{RejectionCode::precondition, rotated.error(), {}, "Until it is done the old master key stays in force"});
      log_line(spdlog::level::warn, "Wrapped the keys of personal data with another master key",
               {{"number", std::to_string(rotated->master_number)}, {"keys", std::to_string(rotated->keys)}});
      response->set_master_number(rotated->master_number);
      response->set_keys(rotated->keys);
      response->set_unopened(rotated->unopened);
      return grpc::Status::OK;
    });
  }
  ServerUnaryReactor* Copy(CallbackServerContext* context, const api::CopyKeysRequest* request,
                           api::CopyKeysResponse* response) override {
    return with_keys(context, "CopyKeys", [&](crypto::KeyStore& keys) {
      auto piece = keys.read(request->offset());
      response->set_piece(std::move(piece.bytes));
      response->set_total(piece.total);
      response->set_master_number(piece.master_number);
      return grpc::Status::OK;
    });
  }

 private:
  template <class Work>
  ServerUnaryReactor* with_keys(CallbackServerContext* context, std::string_view method, Work work) {
    return answer_now(core_, context, method, [&](const Caller&) {
      if (!core_.sealing.on())
        return status_of(Rejection{RejectionCode::precondition,
                                   "Expected a comd that seals personal data, but this one has no keys", "",
                                   "Start it with keys: docs/personal-data.md"});
      return work(*core_.sealing.keys());
    });
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_subject_service(Core& core) { return std::make_unique<SubjectService>(core); }
std::unique_ptr<grpc::Service> make_key_service(Core& core) { return std::make_unique<KeyService>(core); }

}  // namespace comd::north
