#include "comd/api/v1/backup.grpc.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/long_run.h"
#include "edge/grpc/services.h"
#include "storage/backup.h"

namespace comd::north {
namespace {

api::CreateBackupResponse response_of(const BackupMade& made) {
  api::CreateBackupResponse response;
  response.set_bytes_copied(made.copied);
  auto& out = *response.mutable_done();
  out.set_id(made.info.id);
  out.set_directory(made.directory);
  fill(*out.mutable_made_at(), made.info.made);
  out.set_position(number(made.info.position));
  out.set_bytes(made.info.bytes);
  out.set_bytes_copied(made.copied);
  out.set_took_ms(made.took.count());
  return response;
}

class BackupRun final : public LongRun<api::CreateBackupResponse> {
 public:
  BackupRun(const Core& core, std::shared_ptr<BackupDesk> desk, const api::CreateBackupRequest& request)
      : LongRun(core, "CreateBackup"), desk_(std::move(desk)) {
    options_.directory = request.directory();
    options_.bytes_per_second = request.bytes_per_second();
    options_.progress = [this](std::uint64_t copied) { return tell([&](auto& out) { out.set_bytes_copied(copied); }); };
  }

  void run() {
    const auto made = desk_->make(options_);
    if (made)
      end(response_of(*made));
    else
      end(Err(status_of_failed(made.error())));
  }

 private:
  const std::shared_ptr<BackupDesk> desk_;
  BackupOptions options_;
};

class BackupService final : public api::BackupService::CallbackService {
 public:
  BackupService(Core& core, std::shared_ptr<BackupDesk> desk) : core_(core), desk_(std::move(desk)) {}

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
    else if (!thread_.start([run] { run->run(); }))
      refuse("Expected no other backup to be under way, but there is one.", "Wait until it is done.");
    return run;
  }

 private:
  Core& core_;
  const std::shared_ptr<BackupDesk> desk_;
  OneAtATime thread_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_backup_service(Core& core, std::shared_ptr<BackupDesk> desk) {
  return std::make_unique<BackupService>(core, std::move(desk));
}

}  // namespace comd::north
