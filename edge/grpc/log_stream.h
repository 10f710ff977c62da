#pragma once
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "actors/engine.h"
#include "edge/grpc/errors.h"

/// Calls that are sent the log. Each reads for itself, page by page, whenever its client has taken the last message: there is no
/// queue, and nothing is kept for anybody. At the end of the log they wait here, and one thread wakes them.
namespace comd::north {

class LogWaiter {
 public:
  virtual ~LogWaiter() = default;
  /// There is more behind where it waited. On the thread of LogWaiters.
  virtual void wake() = 0;
  /// The process stops.
  virtual void stopping() = 0;
};

class LogWaiters {
 public:
  explicit LogWaiters(Engine&);
  ~LogWaiters() { stop(); }
  LogWaiters(const LogWaiters&) = delete;
  LogWaiters& operator=(const LogWaiters&) = delete;

  using Waiter = std::shared_ptr<LogWaiter>;
  /// Wakes it, once, when there is something behind `at`: at once, if there is already.
  void wait(Waiter, Position at);
  /// True: it waited, and does not any more. False: it does not wait; it is awake, or about to be.
  bool leave(const LogWaiter*);

  /// Streams that are open. `enter` says no when there are `most`.
  bool enter(std::size_t most);
  void left() { --open_; }
  std::size_t open() const { return open_; }
  bool stopped() const { return stopped_; }
  /// All that wait are told. Idempotent.
  void stop();

 private:
  void run();

  Engine& engine_;
  std::uint64_t ticket_ = 0;
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::pair<Waiter, Position>> waiting_;
  bool heard_ = false;
  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> open_{0};
  std::thread thread_;
};

/// One such call. It is in one of three states: reading (in `step`), writing, or waiting; whoever ends a state begins the next.
/// Owns itself until gRPC is done with it.
template <class Message>
class LogStream : public grpc::ServerWriteReactor<Message>,
                  public LogWaiter,
                  public std::enable_shared_from_this<LogStream<Message>> {
 public:
  template <class Self>
  static Self* launch(std::shared_ptr<Self> self) {
    self->self_ = self;
    self->step();
    return self.get();
  }

  /// Ends the call as soon as it does not write. Any thread.
  void end(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (!end_) end_ = status;
    }
    if (waiters_.leave(this)) finish();
  }

  // Called by LogWaiters.
  void wake() final { step(); }
  void stopping() final { this->finish_with(stopping_status()); }

  // Called by gRPC.
  void OnWriteDone(bool ok) final { ok ? step() : finish_with(grpc::Status::CANCELLED); }
  void OnCancel() final { end(grpc::Status::CANCELLED); }
  void OnDone() final {
    closed();
    waiters_.left();
    const auto keep = std::move(self_);
  }

 protected:
  /// REQUIRES: waiters.enter() said yes.
  explicit LogStream(LogWaiters& waiters) : waiters_(waiters) {}

  enum class Next { write, wait, end };
  /// One bounded piece of reading. `write`: `out` is to be sent. `wait`: there is nothing behind `at` for now.
  virtual Next next(Message& out, Position& at) = 0;
  /// The call is over.
  virtual void closed() {}

 private:
  void step() {
    if (over()) return finish();
    message_.Clear();
    Position at{};
    switch (next(message_, at)) {
      case Next::end: return finish_with(grpc::Status::OK);
      case Next::write:
        if (over()) return finish();
        this->StartWrite(&message_);
        return;
      case Next::wait: break;
    }
    const auto keep = this->shared_from_this();  // it may be over before this thread has looked again
    waiters_.wait(keep, at);
    // Whoever ended the call before it waited did not find it among the waiting.
    if (over() && waiters_.leave(this)) finish();
  }

  bool over() {
    const std::lock_guard lock(mutex_);
    if (!end_ && waiters_.stopped()) end_ = stopping_status();
    return end_.has_value();
  }

  void finish_with(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (!end_) end_ = status;
    }
    finish();
  }
  /// By whoever holds the call's state, so once.
  void finish() {
    grpc::Status status;
    {
      const std::lock_guard lock(mutex_);
      status = *end_;
    }
    this->Finish(status);
  }

  static grpc::Status stopping_status() {
    return status_of(Rejection{RejectionCode::unavailable,
                               "Expected to go on reading the log, but comd is stopping.",
                               {},
                               "Go on from the last position received."});
  }

  LogWaiters& waiters_;
  std::shared_ptr<LogStream> self_;
  Message message_;
  std::mutex mutex_;
  std::optional<grpc::Status> end_;
};

}  // namespace comd::north
