#include "edge/grpc/integrity.h"
#include "storage/table_rebuild.h"

/// Derived tables made afresh, and compared with those in use.
namespace comd::north {
namespace {

/// A piece of work for every message that the client has taken: one that leaves interrupts it, and the next one goes on with it.
class Rebuild final : public grpc::ServerWriteReactor<api::RebuildTablesResponse> {
 public:
  Rebuild(const Core& core, grpc::CallbackServerContext* context, const api::RebuildTablesRequest& request)
      : core_(core), log_(core.engine.log()), swap_(request.swap()) {
    const auto caller = caller_of(context->client_metadata());
    if (!caller) {
      finish(status_of(caller.error()));
    } else if (rebuild_ = log_.rebuild_tables(core.build); rebuild_ == nullptr) {
      finish(status_of(Rejection{RejectionCode::limit,
                                 "Expected tables on disk that nobody is making afresh, but there are none, or somebody is.",
                                 {},
                                 "Wait until the other rebuild or check has ended."}));
    } else {
      by_ = caller->principal.subject;
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
  void tell() {
    message_.Clear();
    if (folding_) {
      message_.set_step("folding");
      folding_ = rebuild_->fold();
    } else if (!rebuild_->compare()) {
      message_.set_step("done");
      message_.set_done(true);
      end();
    } else {
      message_.set_step("comparing");
    }
    message_.set_position(number(rebuild_->position()));
    message_.set_tail(number(log_.tail()));
    message_.set_events(rebuild_->events());
    message_.set_rows(rebuild_->comparison().rows);
    message_.set_differing(rebuild_->comparison().differing);
    StartWrite(&message_);
  }

  void end() {
    const auto& comparison = rebuild_->comparison();
    message_.set_compared_at(number(comparison.at));
    for (const auto& line : comparison.differences) message_.add_differences(line);
    message_.set_swapped(swap_);
    if (!swap_) return rebuild_->drop();
    rebuild_->swap();
    log_line(comparison.differing == 0 ? spdlog::level::info : spdlog::level::warn, "The tables that were made afresh are in use",
             {{"by", by_}, {"rows", std::to_string(comparison.rows)}, {"differed", std::to_string(comparison.differing)}});
  }

  void finish(const grpc::Status& status) {
    rebuild_.reset();
    core_.ended("RebuildTables", status);
    Finish(status);
  }

  const Core& core_;
  const EventLog& log_;
  const bool swap_;
  std::string by_;
  std::unique_ptr<TableRebuild> rebuild_;
  bool folding_ = true;
  api::RebuildTablesResponse message_;
};

}  // namespace

grpc::ServerWriteReactor<api::RebuildTablesResponse>* start_rebuild(const Core& core, grpc::CallbackServerContext* context,
                                                                    const api::RebuildTablesRequest& request) {
  return new Rebuild(core, context, request);
}

}  // namespace comd::north
