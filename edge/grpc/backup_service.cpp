#include <atomic>
#include <mutex>
#include <thread>

#include "comd/api/v1/backup.grpc.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/core.h"
#include "edge/grpc/services.h"
#include "storage/backup.h"

namespace comd::north {
namespace {

constexpr std::chrono::milliseconds kTellEvery{200};

/// One backup; what it says to the client goes out while the client takes it, and is dropped if not.
class BackupRun final : public grpc::ServerWriteReactor<api::CreateBackupResponse> {
 public:
  BackupRun(const Core& core, std::shared_ptr<BackupDesk> desk, const api::CreateBackupRequest& request)
      : core_(core), desk_(std::move(desk)) {
    options_.directory = request.directory();
    options_.bytes_per_second = request.bytes_per_second();
    options_.progress = [this](std::uint64_t copied) { return tell(copied); };
  }

  /// Until it is done; the last thing is that the call ends, and then this is gone.
  void run() {
    auto made = desk_->make(options_);
    std::unique_lock lock(mutex_);
    made_ = std::move(made);
    if (!writing_) end(lock);  // otherwise OnWriteDone does
  }
  void finish(const grpc::Status& status) {
    core_.ended("CreateBackup", status);
    Finish(status);
  }

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }
  void OnWriteDone(bool) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!made_) return;
    if (!ended_) return end(lock);
    lock.unlock();
    finish(grpc::Status::OK);
  }

 private:
  /// With the last message, or the reason why there is none.
  void end(std::unique_lock<std::mutex>& lock) {
    ended_ = true;
    if (!*made_) {
      const auto& error = made_->error();
      const auto status =
          error.given_up ? grpc::Status::CANCELLED : status_of(Rejection{RejectionCode::precondition, error.message, {}, {}});
      lock.unlock();
      return finish(status);
    }
    const BackupMade& made = **made_;
    message_.Clear();
    message_.set_bytes_copied(made.copied);
    auto& out = *message_.mutable_done();
    out.set_id(made.info.id);
    out.set_directory(made.directory);
    fill(*out.mutable_made_at(), made.info.made);
    out.set_position(number(made.info.position));
    out.set_bytes(made.info.bytes);
    out.set_bytes_copied(made.copied);
    out.set_took_ms(made.took.count());
    writing_ = true;
    StartWrite(&message_);
  }

  bool tell(std::uint64_t copied) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (writing_ || now - told_ < kTellEvery) return !cancelled_;
    told_ = now;
    message_.Clear();
    message_.set_bytes_copied(copied);
    writing_ = true;
    StartWrite(&message_);
    return !cancelled_;
  }

  const Core& core_;
  const std::shared_ptr<BackupDesk> desk_;
  BackupOptions options_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  api::CreateBackupResponse message_;
  std::chrono::steady_clock::time_point told_{};
  bool writing_ = false;
  bool ended_ = false;  ///< the last message is on its way
  std::optional<Result<BackupMade, BackupError>> made_;
};

class BackupService final : public api::BackupService::CallbackService {
 public:
  BackupService(Core& core, std::shared_ptr<BackupDesk> desk) : core_(core), desk_(std::move(desk)) {}
  ~BackupService() override {
    if (thread_.joinable()) thread_.join();
  }

  grpc::ServerWriteReactor<api::CreateBackupResponse>* Create(grpc::CallbackServerContext* context,
                                                              const api::CreateBackupRequest* request) override {
    auto* run = new BackupRun(core_, desk_, *request);
    const auto caller = caller_of(context->client_metadata());
    const auto refuse = [&](const char* why, const char* hint) {
      run->finish(status_of(Rejection{RejectionCode::precondition, why, {}, hint}));
    };
    if (!caller)
      run->finish(status_of(caller.error()));
    else if (desk_ == nullptr)
      refuse("Expected a store on disk, but there is none.", "");
    else if (!start(run))
      refuse("Expected no other backup to be under way, but there is one.", "Wait until it is done.");
    return run;
  }

 private:
  bool start(BackupRun* run) {
    const std::lock_guard lock(mutex_);
    if (running_.exchange(true)) return false;
    if (thread_.joinable()) thread_.join();  // it has done its work
    thread_ = std::thread([this, run] {
      run->run();
      running_ = false;
    });
    return true;
  }

  Core& core_;
  const std::shared_ptr<BackupDesk> desk_;
  std::mutex mutex_;
  std::atomic<bool> running_{false};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_backup_service(Core& core, std::shared_ptr<BackupDesk> desk) {
  return std::make_unique<BackupService>(core, std::move(desk));
}

}  // namespace comd::north
