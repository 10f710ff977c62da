#pragma once
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "comd/activation/v1/activation.grpc.pb.h"

/// An activation system in this process that does what the test says, and tells what it saw.
namespace comd::south {

namespace wire = ::comd::activation::v1;

class FakePartner : public wire::ActivationService::CallbackService {
 public:
  bool streaming = false;
  std::uint32_t max_in_flight = 0;
  /// By idempotency key: the status to answer with. `hang`: no answer at all. Others: OK.
  std::map<std::string, grpc::Status> answers;
  std::set<std::string> hang;
  std::multimap<std::string, std::string> fault;  ///< trailing metadata of every refusal

  ~FakePartner() override { stop(); }

  /// On a free port, or the one it had before.
  void start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(port_ == 0 ? "127.0.0.1:0" : address(), grpc::InsecureServerCredentials(),
                             port_ == 0 ? &port_ : nullptr);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  /// Breaks every call under way.
  void stop() {
    if (!server_) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_.reset();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Waits until so many submits arrived (on a stream or not).
  bool saw_submits(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return submits_.size() >= count; });
  }
  std::vector<std::string> submits() const {
    const std::lock_guard lock(mutex_);
    return submits_;
  }
  std::size_t streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
  }
  std::map<std::string, std::string> last_metadata() const {
    const std::lock_guard lock(mutex_);
    return metadata_;
  }
  wire::ServiceOrderReport report;  ///< what Get answers with

 private:
  grpc::ServerUnaryReactor* GetCapabilities(grpc::CallbackServerContext* context, const wire::GetCapabilitiesRequest*,
                                            wire::Capabilities* can) override {
    can->set_system("fake");
    can->set_streaming(streaming);
    can->set_max_in_flight(max_in_flight);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  /// Answers, or hangs until the caller gives up.
  struct Hanging : grpc::ServerUnaryReactor {
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }
  };

  grpc::ServerUnaryReactor* answer(grpc::CallbackServerContext* context, const std::string& key) {
    if (hang.contains(key)) return new Hanging;
    auto* reactor = context->DefaultReactor();
    const auto status = status_of(key);
    if (!status.ok())
      for (const auto& [name, value] : fault) context->AddTrailingMetadata(name, value);
    reactor->Finish(status);
    return reactor;
  }

  grpc::Status status_of(const std::string& key) const {
    const auto found = answers.find(key);
    return found == answers.end() ? grpc::Status::OK : found->second;
  }

  void note(const std::string& key) {
    const std::lock_guard lock(mutex_);
    submits_.push_back(key);
    changed_.notify_all();
  }

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context, const wire::SubmitRequest* request,
                                   wire::SubmitResponse* response) override {
    {
      const std::lock_guard lock(mutex_);
      metadata_.clear();
      for (const auto& [name, value] : context->client_metadata())
        metadata_[std::string(name.data(), name.size())] = std::string(value.data(), value.size());
    }
    note(request->call().idempotency_key());
    response->set_reference("ref-" + request->service_order().id());
    return answer(context, request->call().idempotency_key());
  }
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const wire::GetRequest* request,
                                wire::GetResponse* response) override {
    *response->mutable_report() = report;
    return answer(context, request->call().idempotency_key());
  }
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context, const wire::CancelRequest* request,
                                   wire::CancelResponse*) override {
    return answer(context, request->call().idempotency_key());
  }

  grpc::ServerUnaryReactor* Revise(grpc::CallbackServerContext* context, const wire::ReviseRequest* request,
                                   wire::ReviseResponse*) override {
    return answer(context, request->call().idempotency_key());
  }

  /// Answers each request on the stream, one write at a time.
  struct Stream : grpc::ServerBidiReactor<wire::SubmitRequest, wire::SubmitAnswer> {
    explicit Stream(FakePartner& partner) : partner_(partner) { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok) return finish();
      const std::string key = request_.call().idempotency_key();
      partner_.note(key);
      if (!partner_.hang.contains(key)) {
        wire::SubmitAnswer answer;
        answer.set_idempotency_key(key);
        const auto status = partner_.status_of(key);
        answer.set_code(status.error_code());
        answer.set_reference("stream-" + request_.service_order().id());
        if (!status.ok()) answer.mutable_fault()->set_message(status.error_message());
        const std::lock_guard lock(mutex_);
        queue_.push_back(answer);
        if (queue_.size() == 1) StartWrite(&queue_.front());
      }
      StartRead(&request_);
    }
    void OnWriteDone(bool ok) override {
      const std::lock_guard lock(mutex_);
      queue_.pop_front();
      if (ok && !queue_.empty()) StartWrite(&queue_.front());
    }
    void OnCancel() override { finish(); }
    void OnDone() override { delete this; }
    void finish() {
      if (!finished_.exchange(true)) Finish(grpc::Status::OK);
    }
    FakePartner& partner_;
    wire::SubmitRequest request_;
    std::mutex mutex_;
    std::deque<wire::SubmitAnswer> queue_;
    std::atomic<bool> finished_ = false;
  };
  grpc::ServerBidiReactor<wire::SubmitRequest, wire::SubmitAnswer>* SubmitStream(grpc::CallbackServerContext*) override {
    const std::lock_guard lock(mutex_);
    ++streams_;
    return new Stream(*this);
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> submits_;
  std::size_t streams_ = 0;
  std::map<std::string, std::string> metadata_;
};

}  // namespace comd::south
