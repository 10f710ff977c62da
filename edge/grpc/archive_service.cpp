#include "actors/archiver.h"
#include "comd/api/v1/archive.grpc.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/long_run.h"
#include "edge/grpc/services.h"
#include "edge/grpc/words.h"

namespace comd::north {
namespace {

void fill_run(api::RunArchiveResponse& out, const ArchiveRun& run) {
  out.set_orders(run.orders);
  out.set_refused(run.refused);
  out.set_first_refusal(run.first_refusal);
  out.set_records(run.moved.records);
  out.set_bytes(run.moved.bytes);
  out.set_files(run.moved.files);
  out.set_took_ms(run.took.count());
}

class ArchiveCall final : public LongRun<api::RunArchiveResponse> {
 public:
  ArchiveCall(const Core& core, std::shared_ptr<Archiver> archiver, const api::RunArchiveRequest& request)
      : LongRun(core, "RunArchive"), archiver_(std::move(archiver)) {
    if (request.has_older_than_ms()) options_.older_than = Millis{static_cast<std::int64_t>(request.older_than_ms())};
    options_.dry_run = request.dry_run();
    options_.reason = request.reason();
    options_.progress = [this](const ArchiveRun& run) { return tell([&](auto& out) { fill_run(out, run); }); };
  }

  void run(const std::string& by) {
    options_.by = by;
    const auto done = archiver_->run(options_);
    if (!done) return end(Err(status_of_failed(done.error())));
    api::RunArchiveResponse response;
    fill_run(response, *done);
    response.set_done(true);
    end(std::move(response));
  }

 private:
  const std::shared_ptr<Archiver> archiver_;
  ArchiveOptions options_;
};

class ArchiveService final : public api::ArchiveService::CallbackService {
 public:
  ArchiveService(Core& core, std::shared_ptr<Archiver> archiver) : core_(core), archiver_(std::move(archiver)) {}

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
    else if (!thread_.start([call, by = caller->principal.subject] { call->run(by); }))
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

  Core& core_;
  const std::shared_ptr<Archiver> archiver_;
  OneAtATime thread_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_archive_service(Core& core, std::shared_ptr<Archiver> archiver) {
  return std::make_unique<ArchiveService>(core, std::move(archiver));
}

}  // namespace comd::north
