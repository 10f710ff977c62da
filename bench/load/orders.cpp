#include "bench/load/orders.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

namespace comd::bench {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(10);
constexpr double kStuckSeconds = 60;

struct Ended {
  std::uint64_t completed = 0, otherwise = 0;
};

/// Orders that ended, from the persisted counters `orders{tenant="…",state="…"}`.
Ended ended(const Client& client) {
  Ended ended;
  for (const auto& [name, count] : client.counters()) {
    if (!name.starts_with("orders{")) continue;
    const auto has = [&counter = name](const char* state) {
      return counter.find(std::string("state=\"") + state + '"') != std::string::npos;
    };
    if (has("completed")) ended.completed += static_cast<std::uint64_t>(count);
    if (has("partial") || has("failed") || has("cancelled")) ended.otherwise += static_cast<std::uint64_t>(count);
  }
  return ended;
}

class Run {
 public:
  Run(const Client& client, std::string name, std::string offering, std::uint64_t count, std::uint64_t open)
      : client_(client),
        name_(std::move(name)),
        offering_(std::move(offering)),
        count_(count),
        open_(open),
        before_(ended(client)) {}

  Orders go() {
    grpc::ClientContext context;
    const auto stream = client_.orders->SubmitStream(&context);
    std::thread answers([&] {
      api::SubmitStreamResponse response;
      while (stream->Read(&response)) ++(response.has_accepted() ? accepted_ : refused_);
    });
    api::SubmitStreamRequest request;
    std::uint64_t sent = 0;
    for (; sent < count_ && wait_until_below(sent); ++sent) {
      request.set_sequence(sent);
      request.mutable_order()->set_tmf622_json(order_json(name_ + "-" + std::to_string(sent), offering_, ""));
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
    answers.join();
    const grpc::Status status = stream->Finish();
    if (!status.ok()) std::fprintf(stderr, "load: Expected the stream to end well, but: %s\n", status.error_message().c_str());
    wait_for(accepted_);
    return {sent, refused_, done_.completed, done_.otherwise, seconds_since(start_), 0, 0, 0};
  }

 private:
  /// Looks at the counters, at most every kPoll; false when nothing has moved for too long.
  bool look() {
    std::this_thread::sleep_for(kPoll);
    const Ended now = ended(client_);
    const Ended done{now.completed - before_.completed, now.otherwise - before_.otherwise};
    if (done.completed + done.otherwise != finished()) moved_ = Clock::now();
    done_ = done;
    if (seconds_since(shown_) > 2) {
      shown_ = Clock::now();
      std::fprintf(stderr, "   %llu of %llu orders ended\n", static_cast<unsigned long long>(finished()),
                   static_cast<unsigned long long>(count_));
    }
    return seconds_since(moved_) < kStuckSeconds;
  }
  std::uint64_t finished() const { return done_.completed + done_.otherwise; }
  bool wait_until_below(std::uint64_t sent) {
    while (sent - finished() - refused_ >= open_) {
      if (!look()) return false;
    }
    return true;
  }
  void wait_for(std::uint64_t all) {
    while (finished() < all && look()) {}
  }

  const Client& client_;
  const std::string name_, offering_;
  const std::uint64_t count_, open_;
  const Ended before_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point moved_ = Clock::now(), shown_ = Clock::now();
  Ended done_;
  std::atomic<std::uint64_t> accepted_ = 0, refused_ = 0;
};

/// From submitted to closed, of the newest `count` orders.
std::vector<double> latencies_ms(const Client& client, std::uint64_t count) {
  std::vector<double> out;
  api::ListOrdersRequest request;
  request.set_page_size(1000);
  while (out.size() < count) {
    grpc::ClientContext context;
    api::ListOrdersResponse page;
    if (!client.orders->List(&context, request, &page).ok()) break;
    for (const auto& order : page.orders()) {
      if (!order.has_closed_at()) continue;
      const auto ms = [](const google::protobuf::Timestamp& t) {
        return 1000.0 * static_cast<double>(t.seconds()) + t.nanos() / 1e6;
      };
      out.push_back(ms(order.closed_at()) - ms(order.submitted_at()));
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return out;
}

}  // namespace

Orders measure_orders(const Client& client, const std::string& run, const std::string& offering, std::uint64_t count,
                      std::uint64_t open, int pid) {
  const double cpu = cpu_seconds(pid);
  Orders result = Run(client, run, offering, count, open).go();
  result.cpu_seconds = cpu_seconds(pid) - cpu;
  std::vector<double> latencies = latencies_ms(client, result.submitted);
  result.p50_ms = percentile(latencies, 0.5);
  result.p99_ms = percentile(latencies, 0.99);
  return result;
}

}  // namespace comd::bench
