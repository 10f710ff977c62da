#pragma once
#include <unordered_map>

#include "edge/south/lane.h"

namespace comd::south {

/// One long-lived SubmitStream of a lane: a queue of requests, one write at a time, answers in any order by idempotency key.
///
///   queue_ ──(handed to gRPC)──▶ pending_ ──answer──▶ settled
///
/// When the stream breaks, what is in `queue_` was never handed over: not_sent. What is in `pending_` may have arrived: unknown.
/// Thread-safe. Keeps itself alive until gRPC is done with it.
class SubmitStream : public grpc::ClientBidiReactor<wire::SubmitRequest, wire::SubmitAnswer>,
                     public std::enable_shared_from_this<SubmitStream> {
 public:
  /// The lane outlives it: Lane::stop waits for what is held.
  explicit SubmitStream(Lane& lane) : lane_(lane) {}
  void open(wire::ActivationService::Stub&);

  /// Takes the call, or leaves it with the caller: the stream is broken, or a request with the same key is under way on it.
  bool send(CallPtr&);

  /// Settles what nobody answered in time. A stream that swallowed a request and gave no answer since is replaced.
  void expire(Steady::time_point now);

  void cancel() { context_.TryCancel(); }
  bool broken() const;
  bool idle() const;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status&) override;

 private:
  struct Pending {
    CallPtr call;
    Steady::time_point written;
  };

  void write_next();   // mutex_ held
  void mark_broken();  // mutex_ held

  Lane& lane_;
  std::shared_ptr<SubmitStream> self_;  ///< until OnDone
  grpc::ClientContext context_;
  wire::SubmitRequest request_;  ///< the one being written
  wire::SubmitAnswer answer_;    ///< the one being read

  mutable std::mutex mutex_;
  std::deque<CallPtr> queue_;
  std::unordered_map<std::string, Pending> pending_;
  std::unordered_set<std::string> queued_keys_;
  Steady::time_point last_answer_{};
  bool writing_ = false, broken_ = false;
};

}  // namespace comd::south
