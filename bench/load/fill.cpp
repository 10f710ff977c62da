#include "bench/load/fill.h"

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <random>
#include <thread>

#include "bench/load/order_text.h"

namespace comd::bench {

std::string waiting_order_json(const std::string& run, std::uint64_t number, const std::string& start) {
  return order_json(run + "-waits-" + std::to_string(number), {.offering = "visit-1", .start = start});
}

std::uint64_t fill(const Client& client, const std::string& run, std::uint64_t count, const std::string& start) {
  grpc::ClientContext context;
  const auto stream = client.orders->SubmitStream(&context);
  std::atomic<std::uint64_t> accepted = 0;
  std::thread answers([&] {
    api::SubmitStreamResponse response;
    while (stream->Read(&response)) accepted += response.has_accepted() ? 1 : 0;
  });
  api::SubmitStreamRequest request;
  for (std::uint64_t i = 0; i < count; ++i) {
    request.set_sequence(i);
    request.mutable_order()->set_tmf622_json(waiting_order_json(run, i, start));
    if (!stream->Write(request)) break;
    if (i % 10'000 == 9'999) std::fprintf(stderr, "   %" PRIu64 " of %" PRIu64 " submitted\n", i + 1, count);
  }
  stream->WritesDone();
  answers.join();
  if (const auto status = stream->Finish(); !status.ok())
    std::fprintf(stderr, "load: Expected the stream to end well, but: %s\n", status.error_message().c_str());
  return accepted;
}

Wakeups measure_wakeups(const Client& client, const std::string& run, std::uint64_t known, std::uint64_t count) {
  std::mt19937_64 random(1);
  Wakeups out;
  std::vector<double> latencies_ms;
  for (std::uint64_t i = 0; i < count; ++i) {
    grpc::ClientContext context;
    api::SubmitRequest request;
    api::SubmitResponse response;
    request.set_tmf622_json(waiting_order_json(run, random() % known, kFarAhead));
    const auto start = Clock::now();
    const grpc::Status status = client.orders->Submit(&context, request, &response);
    if (status.ok() && response.outcome() == api::SUBMIT_OUTCOME_REPEATED) {
      latencies_ms.push_back(1000 * seconds_since(start));
      ++out.answered;
    } else {
      ++out.failed;
    }
  }
  out.p50_ms = percentile(latencies_ms, 0.5);
  out.p99_ms = percentile(latencies_ms, 0.99);
  return out;
}

}  // namespace comd::bench
