#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "bench/accept/bench.h"

namespace comd::bench {
namespace {

using Time = std::chrono::steady_clock;

double milliseconds(Time::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

/// Keeps one call under way until the end, and takes the time of those that ended in the measured span.
class Lane {
 public:
  Lane(grpc::GenericStub& stub, const grpc::ByteBuffer& request, Time::time_point from, Time::time_point until,
       std::function<void()> ended)
      : stub_(stub), request_(request), from_(from), until_(until), ended_(std::move(ended)) {}

  void next() {
    began_ = Time::now();
    if (began_ >= until_) return ended_();
    context_ = std::make_unique<grpc::ClientContext>();
    reply_.Clear();
    stub_.UnaryCall(context_.get(), "/comd.bench/Accept", {}, &request_, &reply_,
                    [this](const grpc::Status& status) { done(status); });
  }

  std::vector<double> taken;  ///< milliseconds
  std::uint64_t failed = 0;
  std::string error;

 private:
  void done(const grpc::Status& status) {
    const auto now = Time::now();
    if (!status.ok()) {
      ++failed;
      error = status.error_message();
      return ended_();
    }
    if (now >= from_ && now < until_) taken.push_back(milliseconds(now - began_));
    next();
  }

  grpc::GenericStub& stub_;
  const grpc::ByteBuffer& request_;
  const Time::time_point from_, until_;
  const std::function<void()> ended_;
  std::unique_ptr<grpc::ClientContext> context_;
  grpc::ByteBuffer reply_;
  Time::time_point began_;
};

}  // namespace

int load(int port, std::size_t in_flight, double warmup, double seconds, const Shape& shape) {
  const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
    std::fprintf(stderr, "accept-bench: Expected a server on port %d, but could not connect\n", port);
    return 1;
  }
  grpc::GenericStub stub(channel);
  const grpc::Slice slice(std::string(shape.request_bytes, 'q'));
  const grpc::ByteBuffer request(&slice, 1);
  const auto span = [](double s) { return std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(s)); };
  const auto from = Time::now() + span(warmup), until = from + span(seconds);

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t open = in_flight;
  const auto ended = [&] {
    const std::lock_guard lock(mutex);
    if (--open == 0) changed.notify_one();
  };
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t i = 0; i < in_flight; ++i) lanes.push_back(std::make_unique<Lane>(stub, request, from, until, ended));
  for (auto& lane : lanes) lane->next();
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open == 0; });
  }

  LoadStats stats;
  stats.seconds = seconds;
  std::vector<double> taken;
  for (const auto& lane : lanes) {
    taken.insert(taken.end(), lane->taken.begin(), lane->taken.end());
    stats.failed += lane->failed;
    if (!lane->error.empty() && stats.failed == lane->failed)
      std::fprintf(stderr, "accept-bench: a call failed: %s\n", lane->error.c_str());
  }
  stats.accepts = taken.size();
  if (!taken.empty()) {
    std::ranges::sort(taken);
    stats.p50_ms = taken[taken.size() / 2];
    stats.p99_ms = taken[taken.size() * 99 / 100];
  }
  std::printf("%llu %llu %f %f %f %f\n", static_cast<unsigned long long>(stats.accepts),
              static_cast<unsigned long long>(stats.failed), stats.seconds, stats.p50_ms, stats.p99_ms, cpu_seconds());
  return stats.failed == 0 ? 0 : 1;
}

}  // namespace comd::bench
