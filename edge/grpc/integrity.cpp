#include "edge/grpc/integrity.h"

#include "edge/grpc/checkpoint.h"
#include "edge/grpc/words.h"
#include "storage/epoch.h"
#include "storage/verify_chain.h"

namespace comd::north {
namespace {

void fill_epoch(api::Epoch& out, const epoch::State& s) {
  out.set_number(s.number);
  out.set_fenced(s.fenced);
  out.set_after(number(s.after));
  out.set_reason(s.reason);
  if (s.began != Instant{}) fill(*out.mutable_began(), s.began);
  out.set_reconciled_by(s.by);
  out.set_reconciled_why(s.why);
  if (s.reconciled != Instant{}) fill(*out.mutable_reconciled(), s.reconciled);
}

/// Walks a piece of the chain for every message. No one waits for it but its caller.
class Verification final : public grpc::ServerWriteReactor<api::VerifyChainResponse> {
 public:
  Verification(const Core& core, grpc::CallbackServerContext* context, const api::VerifyChainRequest& request)
      : core_(core), log_(core.engine.log()), tail_(log_.tail()), at_{request.after()} {
    const auto caller = caller_of(context->client_metadata());
    if (!caller)
      finish(status_of(caller.error()));
    else if (at_ > tail_)
      finish(status_of(Rejection{RejectionCode::invalid,
                                 "Expected a position of the log, which ends at " + std::to_string(number(tail_)) + ", but got " +
                                     std::to_string(request.after()) + ".",
                                 "after", "Begin at 0, or where an earlier walk ended."}));
    else
      tell();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return finish(grpc::Status::CANCELLED);
    if (message_.done()) return finish(grpc::Status::OK);
    tell();
  }
  void OnDone() override { delete this; }

 private:
  void tell() {
    ChainWalk walk;
    walk.after = at_;
    walk.until = tail_;
    walk.progress = [](Position) { return false; };  // a piece at a time
    const auto verdict = verify_chain(log_, walk);
    at_ = verdict.end.position;
    records_ += verdict.records;
    links_ += verdict.links;
    archived_ += verdict.archived;
    for (const auto& [file, count] : verdict.unread) unread_[file] += count;
    message_.Clear();
    message_.set_position(number(at_));
    message_.set_tail(number(tail_));
    message_.set_records(records_);
    message_.set_links(links_);
    message_.set_archived(archived_);
    for (const auto& [file, count] : unread_) {
      auto& out = *message_.add_unread();
      out.set_file(file);
      out.set_records(count);
    }
    message_.set_hash(to_hex(verdict.end.hash));
    message_.set_done(at_ >= tail_ || verdict.first.has_value());
    if (verdict.first) {
      auto& out = *message_.mutable_first_break();
      out.set_after(number(verdict.first->after));
      out.set_until(number(verdict.first->until));
      out.set_problem(verdict.first->problem);
    }
    StartWrite(&message_);
  }

  void finish(const grpc::Status& status) {
    core_.ended("VerifyChain", status);
    Finish(status);
  }

  const Core& core_;
  const EventLog& log_;
  const Position tail_;
  Position at_;
  std::uint64_t records_ = 0, links_ = 0, archived_ = 0;
  std::map<std::string, std::uint64_t> unread_;
  api::VerifyChainResponse message_;
};

}  // namespace

grpc::Status get_epoch(const Core& core, api::GetEpochResponse& response) {
  fill_epoch(*response.mutable_epoch(), epoch_of(core.engine.log()));
  return grpc::Status::OK;
}

void reconcile_epoch(const Core& core, const Caller& caller, const api::ReconcileEpochRequest& request,
                     api::ReconcileEpochResponse& response, Done done) {
  if (auto refused =
          refused_reason(request.reason(), "Say that the store this one is a copy of is gone for good, and who made sure."))
    return done(status_of(*refused));
  const auto cause = cause_of(caller, "ReconcileEpoch");
  core.engine.execute(
      StreamId{std::string(kEpochStream)}, epoch::Command{epoch::Reconcile{caller.principal.subject, request.reason()}}, cause,
      [&core, &response, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) return done(status_of(*reply.rejection, reply.retry_after));
        fill_epoch(*response.mutable_epoch(), epoch_of(core.engine.log()));
        response.set_position(number(reply.position));
        response.set_changed(reply.changed);
        if (reply.changed)
          log_line(spdlog::level::warn, "The fence of the epoch is down: effects are sent and deadlines pass again",
                   {{"epoch", std::to_string(response.epoch().number())}});
        done(grpc::Status::OK);
      });
}

grpc::Status sign_checkpoint(const Core& core, api::SignCheckpointResponse& response) {
  const EventLog& log = core.engine.log();
  const Checkpoint checkpoint{log.last_link(log.tail()), epoch_of(log).number, core.engine.clock().now()};
  if (core.signing_key.empty())
    return status_of(Rejection{RejectionCode::unavailable,
                               "Expected a key to sign checkpoints with, but none is configured.",
                               {},
                               "Start comd with --signing-key FILE."});
  const auto done = sign(checkpoint, core.signing_key);
  if (!done) return status_of(Rejection{RejectionCode::unavailable, done.error() + ".", {}, {}});
  response.set_text(done->text);
  response.set_signature(done->signature);
  response.set_public_key(done->public_key);
  response.set_position(number(checkpoint.link.position));
  return grpc::Status::OK;
}

grpc::ServerWriteReactor<api::VerifyChainResponse>* start_verify(const Core& core, grpc::CallbackServerContext* context,
                                                                 const api::VerifyChainRequest& request) {
  return new Verification(core, context, request);
}

}  // namespace comd::north
