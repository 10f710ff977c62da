#include "bench/load/recovery.h"

#include <thread>

namespace comd::bench {
namespace {

using Counters = std::map<std::string, std::int64_t>;

constexpr double kStuckSeconds = 60;

double since(double began) {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count() - began;
}

std::int64_t ended_orders(const Counters& c) { return count_of(c, "orders", {"completed", "partial", "failed", "cancelled"}); }

std::int64_t ended(const Counters& c) {
  return ended_orders(c) + count_of(c, "service_orders", {"completed", "partial", "failed", "rejected", "cancelled"});
}

std::int64_t open_orders(const Counters& counters) {
  std::int64_t all = 0;
  for (const auto& [name, count] : counters)
    if (name.starts_with("orders{")) all += count;
  return all - ended_orders(counters);
}

void pause(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

}  // namespace

Recovery watch_recovery(const std::string& server, double began, bool serving_only) {
  Recovery out;
  auto attempt = std::make_unique<Client>(server);
  while (!attempt->answers() && since(began) < kStuckSeconds) {
    pause(2);
    attempt = std::make_unique<Client>(server);
  }
  const Client& client = *attempt;
  out.serving_seconds = since(began);
  Counters counters = client.counters();
  out.open_at_first = out.open_at_last = open_orders(counters);
  if (serving_only) return out;
  const std::int64_t at_first = ended(counters);
  auto moved = Clock::now();
  while (out.open_at_last > 0 && seconds_since(moved) < kStuckSeconds) {
    pause(out.first_progress_seconds == 0 ? 5 : 20);
    Counters now = client.counters();
    if (now.empty()) continue;
    if (out.first_progress_seconds == 0 && ended(now) != at_first) out.first_progress_seconds = since(began);
    if (now != counters) moved = Clock::now();
    counters = std::move(now);
    out.open_at_last = open_orders(counters);
  }
  out.done_seconds = since(began);
  return out;
}

}  // namespace comd::bench
