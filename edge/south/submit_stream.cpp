#include "edge/south/submit_stream.h"

#include <spdlog/spdlog.h>

#include "edge/south/wire.h"

namespace comd::south {
namespace {

/// Outcomes are told after the lock is given back: `done` may lead to anything.
using Settled = std::vector<std::pair<CallPtr, service_order::Outcome>>;

void tell(Lane& lane, Settled&& settled) {
  for (auto& [call, outcome] : settled) lane.finish(std::move(call), std::move(outcome));
}

CallEnd end_of(const wire::SubmitAnswer& answer) {
  const bool known = answer.code() >= 0 && answer.code() <= static_cast<int>(grpc::StatusCode::UNAUTHENTICATED);
  return {known ? static_cast<grpc::StatusCode>(answer.code()) : grpc::StatusCode::UNKNOWN, answer.fault().message(),
          fault_class_of(answer.fault().fault_class()), answer.fault().code()};
}

}  // namespace

void SubmitStream::open(wire::ActivationService::Stub& stub) {
  self_ = shared_from_this();
  stub.async()->SubmitStream(&context_, this);
  AddHold();  // writes are started from outside of the reactions
  StartRead(&answer_);
  StartCall();
}

bool SubmitStream::send(CallPtr& call) {
  const std::lock_guard lock(mutex_);
  const std::string& key = call->call.effect.key;
  if (broken_ || pending_.contains(key) || queued_keys_.contains(key)) return false;
  queued_keys_.insert(key);
  queue_.push_back(std::move(call));
  if (!writing_) write_next();
  return true;
}

void SubmitStream::write_next() {
  if (queue_.empty() || broken_) return;
  CallPtr call = std::move(queue_.front());
  queue_.pop_front();
  queued_keys_.erase(call->call.effect.key);
  request_.Clear();
  fill_submit(call->call, request_);
  std::string key = call->call.effect.key;
  pending_.emplace(std::move(key), Pending{std::move(call), Steady::now()});
  writing_ = true;
  grpc::WriteOptions options;
  if (!queue_.empty()) options.set_buffer_hint();
  StartWrite(&request_, options);
}

void SubmitStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (ok)
    write_next();
  else
    mark_broken();
}

void SubmitStream::OnReadDone(bool ok) {
  Settled settled;
  {
    const std::lock_guard lock(mutex_);
    if (!ok) {
      mark_broken();
      return;
    }
    last_answer_ = Steady::now();
    // No such key: the answer came after its deadline. The order asked or sent again by then.
    if (auto found = pending_.find(answer_.idempotency_key()); found != pending_.end()) {
      auto outcome = outcome_of(EffectKind::submit, end_of(answer_));
      outcome.reference = answer_.reference();
      settled.emplace_back(std::move(found->second.call), std::move(outcome));
      pending_.erase(found);
    }
  }
  StartRead(&answer_);
  tell(lane_, std::move(settled));
}

void SubmitStream::mark_broken() {
  if (broken_) return;
  broken_ = true;
  context_.TryCancel();  // whichever direction failed first, the other one ends too
  RemoveHold();
}

void SubmitStream::OnDone(const grpc::Status& status) {
  Settled settled;
  {
    const std::lock_guard lock(mutex_);
    const std::string why =
        "The stream to the activation system ended (" + status_name(status.error_code()) + ": " + status.error_message() + ")";
    for (auto& [key, pending] : pending_)
      settled.emplace_back(std::move(pending.call), unknown("STREAM_BROKEN", why + " before this request was answered."));
    for (auto& call : queue_)
      settled.emplace_back(std::move(call), not_sent("STREAM_BROKEN", why + " before this request was written."));
    pending_.clear();
    queue_.clear();
    queued_keys_.clear();
  }
  Lane& lane = lane_;
  tell(lane, std::move(settled));
  std::shared_ptr<SubmitStream> self = std::move(self_);
  self.reset();  // this may be gone from here on
  lane.release();
}

void SubmitStream::expire(Steady::time_point now) {
  Settled settled;
  bool swallowed = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = pending_.begin(); it != pending_.end();) {
      if (it->second.call->deadline > now) {
        ++it;
        continue;
      }
      swallowed = swallowed || last_answer_ < it->second.written;
      settled.emplace_back(
          std::move(it->second.call),
          unknown("DEADLINE_EXCEEDED", "Expected an answer on the stream within the call timeout, but there was none."));
      it = pending_.erase(it);
    }
    std::erase_if(queue_, [&](CallPtr& call) {
      if (call->deadline > now) return false;
      queued_keys_.erase(call->call.effect.key);
      settled.emplace_back(
          std::move(call),
          not_sent("DEADLINE_EXCEEDED", "Expected to write this request within the call timeout, but the stream is backed up."));
      return true;
    });
    if (swallowed) mark_broken();
  }
  tell(lane_, std::move(settled));
}

bool SubmitStream::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

bool SubmitStream::idle() const {
  const std::lock_guard lock(mutex_);
  return queue_.empty() && pending_.empty();
}

}  // namespace comd::south
