#include "cmd/activation-sim/service.h"

namespace comd::sim {
namespace {

grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext* context, const grpc::Status& status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

const char* class_name(wire::FaultClass fault_class) {
  switch (fault_class) {
    case wire::FAULT_CLASS_TRANSIENT: return "transient";
    case wire::FAULT_CLASS_PERMANENT: return "permanent";
    case wire::FAULT_CLASS_BUSINESS: return "business";
    default: return "";
  }
}

grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext* context, const Sim::Verdict& verdict) {
  if (verdict.status == 0) return finish(context, grpc::Status::OK);
  if (*class_name(verdict.fault.fault_class()) != 0)
    context->AddTrailingMetadata("comd-fault-class", class_name(verdict.fault.fault_class()));
  if (!verdict.fault.code().empty()) context->AddTrailingMetadata("comd-fault-code", verdict.fault.code());
  return finish(context, grpc::Status(static_cast<grpc::StatusCode>(verdict.status), verdict.fault.message()));
}

/// A call that is never answered: it ends when the caller gives up, or the server stops.
struct Hanging : grpc::ServerUnaryReactor {
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }
};

/// Requests in, answers out, one read and one write at a time.
class SubmitReactor : public grpc::ServerBidiReactor<wire::SubmitRequest, wire::SubmitAnswer> {
 public:
  explicit SubmitReactor(Sim& sim) : sim_(sim) { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (!ok) return half_closed();
    const Sim::Verdict verdict = sim_.submit(request_);
    if (!verdict.hang) {
      wire::SubmitAnswer answer;
      answer.set_idempotency_key(request_.call().idempotency_key());
      answer.set_code(verdict.status);
      answer.set_reference(verdict.reference);
      if (verdict.status != 0) *answer.mutable_fault() = verdict.fault;
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(answer));
      if (queue_.size() == 1) StartWrite(&queue_.front());
    }
    StartRead(&request_);
  }
  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    if (ok)
      queue_.pop_front();
    else
      queue_.clear();
    if (!queue_.empty())
      StartWrite(&queue_.front());
    else if (ending_)
      finish_once();
  }
  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    finish_once();
  }
  void OnDone() override { delete this; }

 private:
  /// The caller sends no more: finish when what is queued is written.
  void half_closed() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    if (queue_.empty()) finish_once();
  }
  void finish_once() {
    if (!std::exchange(finished_, true)) Finish(grpc::Status::OK);
  }

  Sim& sim_;
  wire::SubmitRequest request_;
  std::mutex mutex_;
  std::deque<wire::SubmitAnswer> queue_;
  bool ending_ = false, finished_ = false;
};

}  // namespace

grpc::ServerUnaryReactor* ActivationService::GetCapabilities(grpc::CallbackServerContext* context,
                                                             const wire::GetCapabilitiesRequest* request,
                                                             wire::Capabilities* response) {
  *response = sim_.capabilities(request->target());
  return finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* ActivationService::Submit(grpc::CallbackServerContext* context, const wire::SubmitRequest* request,
                                                    wire::SubmitResponse* response) {
  const Sim::Verdict verdict = sim_.submit(*request);
  if (verdict.hang) return new Hanging;
  response->set_reference(verdict.reference);
  return finish(context, verdict);
}

grpc::ServerBidiReactor<wire::SubmitRequest, wire::SubmitAnswer>* ActivationService::SubmitStream(grpc::CallbackServerContext*) {
  return new SubmitReactor(sim_);
}

grpc::ServerUnaryReactor* ActivationService::Get(grpc::CallbackServerContext* context, const wire::GetRequest* request,
                                                 wire::GetResponse* response) {
  auto found = sim_.get(*request);
  if (!found) return finish(context, grpc::Status(grpc::StatusCode::NOT_FOUND, found.error()));
  *response = std::move(*found);
  return finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* ActivationService::Cancel(grpc::CallbackServerContext* context, const wire::CancelRequest* request,
                                                    wire::CancelResponse*) {
  return finish(context, sim_.cancel(*request));
}

grpc::ServerUnaryReactor* ActivationService::Revise(grpc::CallbackServerContext* context, const wire::ReviseRequest* request,
                                                    wire::ReviseResponse*) {
  return finish(context, sim_.revise(*request));
}

grpc::ServerUnaryReactor* Control::GetRecord(grpc::CallbackServerContext* context, const v1::GetRecordRequest* request,
                                             v1::GetRecordResponse* response) {
  sim_.fill(*request, *response);
  return finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* Control::SetConfig(grpc::CallbackServerContext* context, const v1::SetConfigRequest* request,
                                             v1::SetConfigResponse*) {
  auto config = read_config(request->yaml());
  if (!config) return finish(context, grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, config.error()));
  sim_.set_config(std::move(*config));
  return finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* Control::Reset(grpc::CallbackServerContext* context, const v1::ResetRequest*, v1::ResetResponse*) {
  sim_.reset();
  products_.clear();
  return finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* Control::SendNews(grpc::CallbackServerContext* context, const v1::SendNewsRequest* request,
                                            v1::SendNewsResponse* response) {
  static const std::map<std::string, wire::NewsKind> kKinds{
      {"suspended", wire::NEWS_KIND_SUSPENDED},   {"resumed", wire::NEWS_KIND_RESUMED},
      {"degraded", wire::NEWS_KIND_DEGRADED},     {"restored", wire::NEWS_KIND_RESTORED},
      {"terminated", wire::NEWS_KIND_TERMINATED}, {"changed", wire::NEWS_KIND_CHANGED}};
  const auto kind = kKinds.find(request->kind());
  if (kind == kKinds.end() || request->service_id().empty())
    return finish(
        context,
        grpc::Status(
            grpc::StatusCode::INVALID_ARGUMENT,
            "Expected a service id and a kind (suspended, resumed, degraded, restored, terminated, changed), but got \"" +
                request->service_id() + "\" and \"" + request->kind() + "\"."));
  wire::ServiceNews news;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  news.set_news_id("news-" + std::to_string(now) + "-" + std::to_string(++news_));
  news.set_service_id(request->service_id());
  news.set_kind(kind->second);
  news.set_message(request->message());
  *news.mutable_characteristics() = request->characteristics();
  response->set_news_id(news.news_id());
  reporter_.send(std::move(news));
  return finish(context, grpc::Status::OK);
}

}  // namespace comd::sim
