#include "comd/api/v1/history.grpc.pb.h"
#include "edge/grpc/following.h"
#include "edge/grpc/history.h"
#include "edge/grpc/services.h"
#include "edge/grpc/try_out.h"
#include "edge/grpc/what_if.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

/// The catalogue that is asked about: one that comes with the call, or one that is loaded.
Result<std::shared_ptr<const Catalog>, grpc::Status> catalog_of(const Core& core, const api::WhatIfRequest& request) {
  if (request.has_content()) {
    auto parsed = core.parse_catalog(request.content());
    if (!parsed) return Err(status_of(parsed.error()));
    return *parsed;
  }
  for (const auto& catalog : core.engine.catalogs()->versions)
    if (catalog->version == request.version()) return catalog;
  return Err(status_of(not_found("a catalogue version", request.version())));
}

/// Works in steps, one for each message that the client has taken, so a client that leaves ends it.
class Rehearsing final : public grpc::ServerWriteReactor<api::WhatIfResponse> {
 public:
  Rehearsing(const Core& core, WhatIf what_if) : core_(core), what_if_(std::move(what_if)) { tell(); }

  void OnWriteDone(bool ok) override {
    if (!ok) return finish(grpc::Status::CANCELLED);
    if (message_.done()) return finish(grpc::Status::OK);
    tell();
  }
  void OnDone() override { delete this; }

 private:
  void tell() {
    what_if_.step(message_);
    StartWrite(&message_);
  }
  void finish(const grpc::Status& status) {
    core_.ended("WhatIf", status);
    Finish(status);
  }

  const Core& core_;
  WhatIf what_if_;
  api::WhatIfResponse message_;
};

class HistoryService final : public api::HistoryService::CallbackService {
 public:
  explicit HistoryService(Core& core) : core_(core) {}

  ServerUnaryReactor* Diff(CallbackServerContext* context, const api::DiffRequest* request,
                           api::DiffResponse* response) override {
    return answer_now(core_, context, response, "Diff",
                      [&](const Caller& caller) { return diff(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Replay(CallbackServerContext* context, const api::ReplayRequest* request,
                             api::ReplayResponse* response) override {
    return answer_now(core_, context, response, "Replay",
                      [&](const Caller& caller) { return replay(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* Try(CallbackServerContext* context, const api::TryRequest* request, api::TryResponse* response) override {
    return answer_aside(core_, context, response, "Try",
                        [this, request, response](const Caller& caller, const std::function<bool()>& go_on) {
                          return try_out(core_, caller, *request, *response, go_on);
                        });
  }
  grpc::ServerWriteReactor<api::WhatIfResponse>* WhatIf(CallbackServerContext* context,
                                                        const api::WhatIfRequest* request) override {
    const auto refuse = [&](const grpc::Status& status) {
      core_.ended("WhatIf", status);
      return new Refused<grpc::ServerWriteReactor<api::WhatIfResponse>>(status);
    };
    const auto caller = caller_of(context->client_metadata());
    if (!caller) return refuse(status_of(caller.error()));
    auto catalog = catalog_of(core_, *request);
    if (!catalog) return refuse(catalog.error());
    auto chosen = north::WhatIf::choose(core_.reader.log(), caller->principal.tenant, std::move(*catalog), *request);
    if (!chosen) return refuse(status_of(chosen.error()));
    return new Rehearsing(core_, std::move(*chosen));
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_history_service(Core& core) { return std::make_unique<HistoryService>(core); }

}  // namespace comd::north
