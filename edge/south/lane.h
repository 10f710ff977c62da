#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_set>

#include "actors/ports.h"
#include "comd/activation/v1/activation.grpc.pb.h"
#include "edge/south/channel.h"
#include "edge/south/outcome.h"

namespace comd::south {

namespace wire = ::comd::activation::v1;

/// Time of this folder: waits and deadlines of calls, never of orders.
using Steady = std::chrono::steady_clock;

/// One call on its way. Whoever holds it owes its `done`.
struct Call {
  ActivationCall call;
  ActivationPort::Done done;
  Steady::time_point connect_by;  ///< not begun by then: not_sent
  Steady::time_point deadline;    ///< not answered by then: unknown
};
using CallPtr = std::unique_ptr<Call>;

class SubmitStream;

/// What an operator wants to know about a target.
struct LaneStatus {
  std::string target, address;
  bool connected = false;
  bool streaming = false;
  std::string system;  ///< as the target calls itself; empty until it answered GetCapabilities
  std::size_t waiting = 0, in_flight = 0;
};

/// The way to one activation system. A call begins only on a connection that is up, so everything that fails before is
/// provably `not_sent`:
///
///   call ── connected? ──yes──▶ begin ──▶ stream or unary ──▶ ok | refused | unknown   (outcome.h)
///             │ no
///             ▼
///          waiting ── connected within connect_wait ──▶ begin
///             └────── connection refused, or too late ──▶ not_sent
///
/// Thread-safe. `tick` runs on the client's worker thread; Done callbacks come from there or from gRPC's threads.
class Lane {
 public:
  /// `wake` makes the worker tick soon.
  Lane(TargetOptions, std::shared_ptr<grpc::Channel>, std::function<void()> wake);

  void call(ActivationCall, ActivationPort::Done);

  /// Begins or gives up what waits, and expires what the stream left unanswered. Returns when it wants to be called next.
  Steady::time_point tick(Steady::time_point now);

  /// Nothing begins from here on; what waits is not_sent, what is under way is cancelled and unknown. Returns when every
  /// Done was called.
  void stop();

  LaneStatus status() const;

  /// Settles a call that was under way. For SubmitStream.
  void finish(CallPtr, service_order::Outcome);
  /// Whoever holds a part of gRPC's (counted in `held_`) has let go of it. If the last part went on one of gRPC's own threads after
  /// `stop` returned, gRPC would join that thread from itself, and end the process.
  void release();

 private:
  struct Capabilities;
  template <class Request, class Response>
  struct Unary;

  bool connected() const;
  bool has_room() const;
  void follow_connection(bool connected);
  void ask_capabilities();
  void pump();
  void give_up_waiting(Steady::time_point now);
  void begin(CallPtr);
  bool begin_on_stream(CallPtr&);
  template <class Request, class Response, class Fill, class Start, class Read>
  void begin_unary(CallPtr, Fill, Start, Read);
  void enlist(grpc::ClientContext*);
  template <class UnaryPtr>
  void let_go(UnaryPtr&);

  const TargetOptions options_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<wire::ActivationService::Stub> stub_;
  const std::function<void()> wake_;

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<CallPtr> waiting_;
  std::unordered_set<grpc::ClientContext*> contexts_;  ///< to cancel at stop
  std::shared_ptr<SubmitStream> stream_;
  std::string system_;
  std::size_t held_ = 0;
  std::size_t in_flight_ = 0;      ///< begun and not settled
  std::size_t max_in_flight_ = 0;  ///< the target's own limit; 0: none
  bool was_connected_ = false, streaming_ = false, stopping_ = false;
};

}  // namespace comd::south
