#pragma once
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "comd/inventory/v1/product_inventory.grpc.pb.h"
#include "test/support/certificates.h"

/// A product inventory in this process that does what the test says, and tells what it saw.
namespace comd::south {

class FakeInventory : public inventory::v1::ProductInventory::CallbackService {
 public:
  std::optional<test::Identity> identity;  ///< TLS with this certificate
  /// By idempotency key: the status to answer with. `hang`: no answer at all. Others: OK.
  std::map<std::string, grpc::Status> answers;
  std::set<std::string> hang;

  ~FakeInventory() override { stop(); }

  /// On a free port, or the one it had before.
  void start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(port_ == 0 ? "127.0.0.1:0" : address(), credentials(), port_ == 0 ? &port_ : nullptr);
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

  /// Waits until so many pushes arrived.
  bool saw_pushes(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return pushes_.size() >= count; });
  }
  std::vector<inventory::v1::PushRequest> pushes() const {
    const std::lock_guard lock(mutex_);
    return pushes_;
  }
  std::map<std::string, std::string> last_metadata() const {
    const std::lock_guard lock(mutex_);
    return metadata_;
  }

 private:
  /// Hangs until the caller gives up.
  struct Hanging : grpc::ServerUnaryReactor {
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }
  };

  std::shared_ptr<grpc::ServerCredentials> credentials() const {
    if (!identity) return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({identity->key, identity->certificate});
    return grpc::SslServerCredentials(tls);
  }

  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* context, const inventory::v1::PushRequest* request,
                                 inventory::v1::PushResponse*) override {
    {
      const std::lock_guard lock(mutex_);
      pushes_.push_back(*request);
      metadata_.clear();
      for (const auto& [name, value] : context->client_metadata())
        metadata_[std::string(name.data(), name.size())] = std::string(value.data(), value.size());
      changed_.notify_all();
    }
    if (hang.contains(request->idempotency_key())) return new Hanging;
    const auto found = answers.find(request->idempotency_key());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(found == answers.end() ? grpc::Status::OK : found->second);
    return reactor;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<inventory::v1::PushRequest> pushes_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace comd::south
