#pragma once
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "edge/grpc/core.h"

/// A call that does its work in a thread of its own and says how far it is.
namespace comd::north {

/// What it says goes out while the client takes it, and is dropped if not; only the last message always goes out.
template <class Response>
class LongRun : public grpc::ServerWriteReactor<Response> {
 public:
  LongRun(const Core& core, std::string_view method) : core_(core), method_(method) {}

  /// Instead of running.
  void finish(const grpc::Status& status) {
    core_.ended(method_, status);
    this->Finish(status);
  }

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }
  void OnWriteDone(bool) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!last_) return;
    if (!ended_) return send_last(lock);
    lock.unlock();
    finish(grpc::Status::OK);
  }

 protected:
  /// False: nobody listens any more.
  template <class Fill>
  bool tell(Fill fill) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (writing_ || now - told_ < kTellEvery) return !cancelled_;
    told_ = now;
    message_.Clear();
    fill(message_);
    writing_ = true;
    this->StartWrite(&message_);
    return !cancelled_;
  }

  /// The work is over: its last message, or why there is none. The last thing that is done with this object.
  void end(Result<Response, grpc::Status> last) {
    std::unique_lock lock(mutex_);
    last_ = std::move(last);
    if (!writing_) send_last(lock);  // otherwise OnWriteDone does
  }

  /// Of work that its client gave up, or that failed.
  template <class Error>
  static grpc::Status status_of_failed(const Error& error) {
    return error.given_up ? grpc::Status::CANCELLED : status_of(Rejection{RejectionCode::precondition, error.message, {}, {}});
  }

 private:
  static constexpr std::chrono::milliseconds kTellEvery{200};

  void send_last(std::unique_lock<std::mutex>& lock) {
    ended_ = true;
    if (!*last_) {
      const auto status = last_->error();
      lock.unlock();
      return finish(status);
    }
    message_ = std::move(**last_);
    writing_ = true;
    this->StartWrite(&message_);
  }

  const Core& core_;
  const std::string_view method_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  Response message_;
  std::chrono::steady_clock::time_point told_{};
  bool writing_ = false;
  bool ended_ = false;  ///< the last message is on its way
  std::optional<Result<Response, grpc::Status>> last_;
};

/// A thread for work of which one piece is under way at a time.
class OneAtATime {
 public:
  ~OneAtATime() {
    if (thread_.joinable()) thread_.join();
  }
  /// False: there is one under way.
  template <class Work>
  bool start(Work work) {
    const std::lock_guard lock(mutex_);
    if (running_.exchange(true)) return false;
    if (thread_.joinable()) thread_.join();  // it has done its work
    thread_ = std::thread([this, work = std::move(work)] {
      work();
      running_ = false;
    });
    return true;
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> running_{false};
  std::thread thread_;
};

}  // namespace comd::north
