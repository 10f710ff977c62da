#include "bench/load/storm.h"

#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <thread>

#include "bench/load/fill.h"

namespace comd::bench {
namespace {

using Wall = std::chrono::system_clock;

constexpr double kStuckSeconds = 60;
constexpr double kSubmittedPerSecond = 4'000;  // a careful guess: all must have been taken well before they are due

std::string date_of(std::time_t second) {
  char text[32];
  std::tm parts{};
  gmtime_r(&second, &parts);
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// Orders that have not started yet; those of the accepts, which start far ahead, among them.
std::int64_t waiting(const Client& client) { return count_of(client.counters(), "orders", {"pending"}); }

}  // namespace

Storm measure_storm(const Client& client, const std::string& run, std::uint64_t count, std::size_t in_flight, double seconds,
                    int pid) {
  const std::int64_t others = waiting(client);
  const auto lead = std::chrono::seconds(static_cast<long>(static_cast<double>(count) / kSubmittedPerSecond + seconds + 5));
  const std::time_t due = Wall::to_time_t(Wall::now() + lead);
  Storm out;
  out.timers = fill(client, run, count, date_of(due));
  out.before = measure_accepts(client, run + "-before", in_flight, seconds, pid);
  const auto expected = static_cast<std::int64_t>(out.timers) + static_cast<std::int64_t>(out.before.accepted);
  if (const std::int64_t wait = waiting(client) - others; wait != expected)
    std::fprintf(stderr,
                 "load: Expected %" PRId64 " orders to wait until they are due, but %" PRId64
                 " do: submitting took too long for this machine\n",
                 expected, wait);
  std::this_thread::sleep_until(Wall::from_time_t(due));
  const auto began = Clock::now();
  out.during = measure_accepts(client, run + "-during", in_flight, seconds, pid);
  const std::int64_t stay = others + static_cast<std::int64_t>(out.before.accepted + out.during.accepted);
  std::int64_t left = waiting(client) - stay;
  for (auto moved = Clock::now(); left > 0 && seconds_since(moved) < kStuckSeconds;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::int64_t now = waiting(client) - stay;
    if (now != left) moved = Clock::now();
    left = now;
  }
  out.fired = out.timers - static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0));
  out.fired_seconds = seconds_since(began);
  return out;
}

}  // namespace comd::bench
