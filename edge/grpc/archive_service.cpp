#include <atomic>
#include <mutex>
#include <thread>

#include "actors/archiver.h"
#include "comd/api/v1/archive.grpc.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/core.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

constexpr std::chrono::milliseconds kTellEvery{200};
constexpr std::size_t kReasonMax = 1'000;

void fill_run(api::RunArchiveResponse& out, const ArchiveRun& run) {
  out.Clear();
  out.set_orders(run.orders);
  out.set_refused(run.refused);
  out.set_first_refusal(run.first_refusal);
  out.set_records(run.moved.records);
  out.set_bytes(run.moved.bytes);
  out.set_files(run.moved.files);
  out.set_took_ms(run.took.count());
}

/// One run; what it says to the client goes out while the client takes it, and is dropped if not.
class ArchiveCall final : public grpc::ServerWriteReactor<api::RunArchiveResponse> {
 public:
  ArchiveCall(const Core& core, std::shared_ptr<Archiver> archiver, const api::RunArchiveRequest& request)
      : core_(core), archiver_(std::move(archiver)) {
    if (request.has_older_than_ms()) options_.older_than = Millis{static_cast<std::int64_t>(request.older_than_ms())};
    options_.dry_run = request.dry_run();
    options_.reason = request.reason();
    options_.progress = [this](const ArchiveRun& run) { return tell(run); };
  }

  /// Until it is done; the last thing is that the call ends, and then this is gone.
  void run(const std::string& by) {
    options_.by = by;
    auto done = archiver_->run(options_);
    std::unique_lock lock(mutex_);
    done_ = std::move(done);
    if (!writing_) end(lock);  // otherwise OnWriteDone does
  }
  void finish(const grpc::Status& status) {
    core_.ended("RunArchive", status);
    Finish(status);
  }

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }
  void OnWriteDone(bool) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!done_) return;
    if (!ended_) return end(lock);
    lock.unlock();
    finish(grpc::Status::OK);
  }

 private:
  /// With the last message, or the reason why there is none.
  void end(std::unique_lock<std::mutex>& lock) {
    ended_ = true;
    if (!*done_) {
      const auto& error = done_->error();
      const auto status =
          error.given_up ? grpc::Status::CANCELLED : status_of(Rejection{RejectionCode::precondition, error.message, {}, {}});
      lock.unlock();
      return finish(status);
    }
    fill_run(message_, **done_);
    message_.set_done(true);
    writing_ = true;
    StartWrite(&message_);
  }

  bool tell(const ArchiveRun& run) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (writing_ || now - told_ < kTellEvery) return !cancelled_;
    told_ = now;
    fill_run(message_, run);
    writing_ = true;
    StartWrite(&message_);
    return !cancelled_;
  }

  const Core& core_;
  const std::shared_ptr<Archiver> archiver_;
  ArchiveOptions options_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  api::RunArchiveResponse message_;
  std::chrono::steady_clock::time_point told_{};
  bool writing_ = false;
  bool ended_ = false;  ///< the last message is on its way
  std::optional<Result<ArchiveRun, ArchiveError>> done_;
};

class ArchiveService final : public api::ArchiveService::CallbackService {
 public:
  ArchiveService(Core& core, std::shared_ptr<Archiver> archiver) : core_(core), archiver_(std::move(archiver)) {}
  ~ArchiveService() override {
    if (thread_.joinable()) thread_.join();
  }

  grpc::ServerWriteReactor<api::RunArchiveResponse>* Run(grpc::CallbackServerContext* context,
                                                         const api::RunArchiveRequest* request) override {
    auto* call = new ArchiveCall(core_, archiver_, *request);
    const auto caller = caller_of(context->client_metadata());
    const auto refuse = [&](RejectionCode code, const char* why, const char* hint) {
      call->finish(status_of(Rejection{code, why, {}, hint}));
    };
    if (!caller)
      call->finish(status_of(caller.error()));
    else if (archiver_ == nullptr)
      refuse(RejectionCode::precondition, "Expected a comd that archives, but this one does not.", "");
    else if (request->reason().size() > kReasonMax)
      refuse(RejectionCode::limit, "Expected a reason of at most 1000 bytes, but it is longer.", "Send a shorter one.");
    else if (!start(call, caller->principal.subject))
      refuse(RejectionCode::precondition, "Expected no other archiving to be under way, but there is one.",
             "Wait until it is done.");
    return call;
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const api::ListArchiveRequest*,
                                 api::ListArchiveResponse* response) override {
    return answer_now(core_, context, "ListArchive", [&](const Caller&) {
      const auto view = view_archive(core_.engine.log());
      if (!view) return status_of(Rejection{RejectionCode::precondition, "Expected a store on disk, but there is none.", {}, {}});
      fill_view(*view, *response);
      return grpc::Status::OK;
    });
  }

 private:
  static void fill_view(const ArchiveView& view, api::ListArchiveResponse& response) {
    response.set_directory(view.directory);
    response.set_log_bytes(view.log_bytes);
    for (const auto& file : view.files) {
      auto& out = *response.add_files();
      out.set_name(file.name);
      out.set_records(file.records);
      out.set_bytes(file.bytes);
      out.set_first_position(number(file.first));
      out.set_last_position(number(file.last));
      out.set_file_bytes(file.file_bytes);
      fill(*out.mutable_made_at(), file.made);
      response.set_records(response.records() + file.records);
      response.set_bytes(response.bytes() + file.bytes);
    }
  }

  bool start(ArchiveCall* call, const std::string& by) {
    const std::lock_guard lock(mutex_);
    if (running_.exchange(true)) return false;
    if (thread_.joinable()) thread_.join();  // it has done its work
    thread_ = std::thread([this, call, by] {
      call->run(by);
      running_ = false;
    });
    return true;
  }

  Core& core_;
  const std::shared_ptr<Archiver> archiver_;
  std::mutex mutex_;
  std::atomic<bool> running_{false};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_archive_service(Core& core, std::shared_ptr<Archiver> archiver) {
  return std::make_unique<ArchiveService>(core, std::move(archiver));
}

}  // namespace comd::north
