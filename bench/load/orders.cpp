#include "bench/load/orders.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <thread>

namespace comd::bench {
namespace {

using Wall = std::chrono::system_clock;

constexpr auto kPoll = std::chrono::milliseconds(10);
constexpr int kRests = 30;  ///< for each time that a look takes: it counts what is pending, and that is comd's CPU too

class Run {
 public:
  Run(const Client& client, const OrdersPlan& plan) : client_(client), plan_(plan) { take(client_.counters(), before_); }

  Orders go() {
    grpc::ClientContext context;
    const auto stream = client_.orders->SubmitStream(&context);
    std::thread answers([&] {
      api::SubmitStreamResponse response;
      while (stream->Read(&response)) ++(response.has_accepted() ? accepted_ : refused_);
      accepted_seconds_ = seconds_since(start_);
    });
    api::SubmitStreamRequest request;
    std::uint64_t sent = 0;
    for (; sent < plan_.count && wait_for_turn(sent); ++sent) {
      request.set_sequence(sent);
      request.mutable_order()->set_tmf622_json(order_json(plan_.run + "-" + std::to_string(sent), plan_.text));
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
    answers.join();
    const grpc::Status status = stream->Finish();
    if (!status.ok()) std::fprintf(stderr, "load: Expected the stream to end well, but: %s\n", status.error_message().c_str());
    while (finished() < accepted_ && look()) {}
    return {sent, refused_, done_.completed, done_.otherwise, seconds_since(start_), accepted_seconds_, {}, 0, 0};
  }

  /// From the moment when each was to be sent to its end, by comd's list of orders.
  std::vector<double> latencies_ms() const;

 private:
  struct Ended {
    std::uint64_t completed = 0, otherwise = 0;
  };
  static void take(const std::map<std::string, std::int64_t>& counters, Ended& to) {
    to.completed = static_cast<std::uint64_t>(count_of(counters, "orders", {"completed"}));
    to.otherwise = static_cast<std::uint64_t>(count_of(counters, "orders", {"partial", "failed", "cancelled"}));
  }

  /// Looks at the counters; false when nothing has moved for too long.
  bool look() {
    std::this_thread::sleep_for(std::max<Clock::duration>(kPoll, kRests * look_took_));
    const auto began = Clock::now();
    auto counters = client_.counters();
    look_took_ = Clock::now() - began;
    Ended now;
    take(counters, now);
    done_ = {now.completed - before_.completed, now.otherwise - before_.otherwise};
    if (counters != last_) moved_ = Clock::now();
    last_ = std::move(counters);
    if (seconds_since(shown_) > 2) {
      shown_ = Clock::now();
      std::fprintf(stderr, "   %llu orders ended\n", static_cast<unsigned long long>(finished()));
    }
    return seconds_since(moved_) < plan_.patience;
  }
  std::uint64_t finished() const { return done_.completed + done_.otherwise; }

  /// Until the next order is to be sent; takes down when that was. False: no more.
  bool wait_for_turn(std::uint64_t sent) {
    if (plan_.seconds > 0 && seconds_since(start_) > plan_.seconds) return false;
    Wall::time_point due;
    if (plan_.rate > 0) {
      due = wall_start_ +
            std::chrono::duration_cast<Wall::duration>(std::chrono::duration<double>(static_cast<double>(sent) / plan_.rate));
      std::this_thread::sleep_until(due);
    } else {
      while (sent - finished() - refused_ >= plan_.open)
        if (!look()) return false;
      due = Wall::now();
    }
    sent_ms_.push_back(std::chrono::duration<double, std::milli>(due.time_since_epoch()).count());
    return true;
  }

  const Client& client_;
  const OrdersPlan& plan_;
  Ended before_, done_;
  const Clock::time_point start_ = Clock::now();
  const Wall::time_point wall_start_ = Wall::now();
  Clock::time_point moved_ = Clock::now(), shown_ = Clock::now();
  Clock::duration look_took_{};
  std::map<std::string, std::int64_t> last_;
  std::vector<double> sent_ms_;  ///< since 1970
  std::atomic<std::uint64_t> accepted_ = 0, refused_ = 0;
  double accepted_seconds_ = 0;
};

std::vector<double> Run::latencies_ms() const {
  std::vector<double> out;
  api::ListOrdersRequest request;
  request.set_page_size(1000);
  for (std::uint64_t seen = 0; seen < sent_ms_.size();) {  // newest first, so those of this run
    grpc::ClientContext context;
    api::ListOrdersResponse page;
    if (!client_.orders->List(&context, request, &page).ok()) break;
    for (const auto& order : page.orders()) {
      ++seen;
      const std::string& id = order.external_id();
      if (!order.has_closed_at() || !id.starts_with(plan_.run + "-")) continue;
      std::size_t number = sent_ms_.size();
      std::from_chars(id.data() + plan_.run.size() + 1, id.data() + id.size(), number);
      if (number >= sent_ms_.size()) continue;
      const auto& closed = order.closed_at();
      out.push_back(1000.0 * static_cast<double>(closed.seconds()) + closed.nanos() / 1e6 - sent_ms_[number]);
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return out;
}

}  // namespace

Orders measure_orders(const Client& client, const OrdersPlan& plan, int pid) {
  const Cpu before = cpu_so_far(pid);
  Run run(client, plan);
  Orders result = run.go();
  result.cpu = cpu_so_far(pid) - before;
  std::vector<double> latencies = run.latencies_ms();
  result.p50_ms = percentile(latencies, 0.5);
  result.p99_ms = percentile(latencies, 0.99);
  return result;
}

}  // namespace comd::bench
