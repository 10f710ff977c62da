#include "bench/load/accepts.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "bench/load/order_text.h"

namespace comd::bench {
namespace {

/// Keeps a number of calls under way: each answer starts the next call until the time is over.
class Loop {
 public:
  Loop(const Client& client, std::string run, double seconds) : client_(client), run_(std::move(run)), seconds_(seconds) {}

  void go(std::size_t in_flight) {
    {
      const std::lock_guard lock(mutex_);
      open_ = in_flight;
    }
    for (std::size_t i = 0; i < in_flight; ++i) next();
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [&] { return open_ == 0; });
  }

  std::vector<double>& latencies_ms() { return latencies_ms_; }
  std::uint64_t failed() const { return failed_; }
  double seconds() const { return seconds_since(start_); }

 private:
  struct Call {
    grpc::ClientContext context;
    api::SubmitRequest request;
    api::SubmitResponse response;
    Clock::time_point start = Clock::now();
  };

  void next() {
    auto* call = new Call;  // owned by its own callback
    call->request.set_tmf622_json(order_json(run_ + "-" + std::to_string(++count_), {.start = kFarAhead}));
    client_.orders->async()->Submit(&call->context, &call->request, &call->response,
                                    [this, call](const grpc::Status& status) { answered(call, status); });
  }

  void answered(Call* call, const grpc::Status& status) {
    const bool more = seconds() < seconds_;
    {
      const std::lock_guard lock(mutex_);
      if (status.ok()) {
        latencies_ms_.push_back(1000 * seconds_since(call->start));
      } else {
        ++failed_;
      }
      if (!more && --open_ == 0) all_done_.notify_all();
    }
    delete call;
    if (more) next();
  }

  const Client& client_;
  const std::string run_;
  const double seconds_;
  const Clock::time_point start_ = Clock::now();
  std::atomic<std::uint64_t> count_ = 0;
  std::mutex mutex_;
  std::condition_variable all_done_;
  std::size_t open_ = 0;
  std::uint64_t failed_ = 0;
  std::vector<double> latencies_ms_;
};

}  // namespace

Accepts measure_accepts(const Client& client, const std::string& run, std::size_t in_flight, double seconds, int pid) {
  const Cpu before = cpu_so_far(pid);
  Loop loop(client, run + "-" + std::to_string(in_flight), seconds);
  loop.go(in_flight);
  Accepts result{in_flight, loop.latencies_ms().size(), loop.failed(), loop.seconds(), 0, 0, cpu_so_far(pid) - before};
  result.p50_ms = percentile(loop.latencies_ms(), 0.5);
  result.p99_ms = percentile(loop.latencies_ms(), 0.99);
  return result;
}

}  // namespace comd::bench
