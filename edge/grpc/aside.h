#pragma once
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "domain/result.h"

namespace comd::north {

/// Few threads for calls that take long, so that they hold up nobody else's. Thread-safe.
class Aside {
 public:
  using Work = std::function<void(const std::atomic<bool>& stopped)>;
  ~Aside() { stop(); }

  /// Begins the work at once; false: too many are under way, or the process stops.
  bool run(Work work) const {
    const std::lock_guard lock(mutex_);
    threads_.remove_if([](Running& running) {
      if (!running.done) return false;
      running.thread.join();
      return true;
    });
    if (stopped_ || threads_.size() >= kThreads) return false;
    auto& running = threads_.emplace_back();
    running.thread = std::thread([this, &running, work = std::move(work)] {
      work(stopped_);
      running.done = true;
    });
    return true;
  }
  /// Tells all to stop and waits until they have. Idempotent.
  void stop() {
    std::list<Running> last;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      last.swap(threads_);
    }
    for (auto& running : last) running.thread.join();
  }

  static Rejection busy() {
    return {RejectionCode::limit,
            "Expected fewer than " + std::to_string(kThreads) + " long reads at once, but there are as many.",
            {},
            "Try again when one has ended."};
  }

 private:
  static constexpr std::size_t kThreads = 2;
  struct Running {
    std::thread thread;
    std::atomic<bool> done{false};
  };
  mutable std::mutex mutex_;
  mutable std::list<Running> threads_;
  std::atomic<bool> stopped_{false};
};

}  // namespace comd::north
