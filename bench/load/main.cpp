#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench/load/accepts.h"
#include "bench/load/fill.h"
#include "bench/load/orders.h"
#include "bench/load/shape.h"
#include "bench/load/storm.h"

namespace {

nlohmann::json json_of(const comd::bench::Accepts& r) {
  return {{"in_flight", r.in_flight},
          {"accepts", r.accepted},
          {"failed", r.failed},
          {"per_second", static_cast<double>(r.accepted) / r.seconds},
          {"cpu_ms_per_accept", 1000 * r.cpu_seconds / static_cast<double>(std::max<std::uint64_t>(r.accepted, 1))},
          {"p50_ms", r.p50_ms},
          {"p99_ms", r.p99_ms}};
}

}  // namespace

/// Load on a running comd. Results are JSON lines on standard output, progress on standard error.
int main(int argc, char** argv) {
  using namespace comd::bench;
  CLI::App app{"Puts load on a running comd and prints what it carried, as JSON lines.\nExample: load orders --count 10000"};
  app.require_subcommand(1);
  std::string server = "127.0.0.1:7622", run = "run", offering = "order-3";
  int pid = 0;
  std::uint64_t count = 10'000, open = 1'000;
  double seconds = 5;
  std::vector<std::size_t> in_flight = {1, 64, 256};
  app.add_option("--server", server, "comd's gRPC address")->capture_default_str();
  app.add_option("--run", run, "Prefix of the external ids: a new one for each run")->capture_default_str();
  app.add_option("--pid", pid, "comd's process id, to measure its CPU time");
  auto* orders = app.add_subcommand("orders", "Orders from submission to completion");
  orders->add_option("--count", count, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  orders->add_option("--open", open, "At most so many unfinished at a time")->capture_default_str()->check(CLI::PositiveNumber);
  orders->add_option("--offering", offering, "Product offering id")->capture_default_str();
  auto* accepts = app.add_subcommand("accepts", "Durable accepts per second");
  accepts->add_option("--in-flight", in_flight, "Calls under way at a time; one measurement for each")
      ->delimiter(',')
      ->capture_default_str();
  accepts->add_option("--seconds", seconds, "How long each")->capture_default_str()->check(CLI::PositiveNumber);
  std::uint64_t timers = 100'000;
  std::size_t storm_calls = 64;
  auto* storm = app.add_subcommand("storm", "Accepts while many timers come due in the same second");
  storm->add_option("--timers", timers, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  storm->add_option("--in-flight", storm_calls, "Calls under way at a time")->capture_default_str();
  storm->add_option("--seconds", seconds, "How long accepts are measured, before and during")->capture_default_str();
  auto* fill_up = app.add_subcommand("fill", "Submits orders that wait for a date far ahead");
  fill_up->add_option("--count", count, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  std::uint64_t known = 100'000;
  auto* wakeups = app.add_subcommand("wakeups", "Time to an answer of an order that is not in memory; they are there by `fill`");
  wakeups->add_option("--count", count, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  wakeups->add_option("--known", known, "Of how many")->capture_default_str()->check(CLI::PositiveNumber);
  auto* shape = app.add_subcommand("shape", "What comd writes for one accept, as flags of accept-bench");
  std::string catalog = "bench/catalog.yaml";
  shape->add_option("--catalog", catalog, "The catalogue that is loaded")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  if (*shape) {
    std::string error;
    for (const std::string& flag : shape_flags(catalog, error)) std::printf("%s\n", flag.c_str());
    if (!error.empty()) std::fprintf(stderr, "load: %s\n", error.c_str());
    return error.empty() ? 0 : 1;
  }

  const Client client(server);
  bool fine = true;
  const auto print = [](const nlohmann::json& line) {
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  };
  if (*orders) {
    const Orders r = measure_orders(client, run, offering, count, open, pid);
    fine = r.completed == count;
    print({{"orders", r.submitted},
           {"refused", r.refused},
           {"completed", r.completed},
           {"otherwise", r.otherwise},
           {"seconds", r.seconds},
           {"per_second", static_cast<double>(r.completed) / r.seconds},
           {"cpu_ms_per_order", 1000 * r.cpu_seconds / static_cast<double>(std::max<std::uint64_t>(r.completed, 1))},
           {"p50_ms", r.p50_ms},
           {"p99_ms", r.p99_ms}});
  }
  if (*accepts) {
    for (const std::size_t calls : in_flight) {
      const Accepts r = measure_accepts(client, run, calls, seconds, pid);
      fine = fine && r.failed == 0;
      print(json_of(r));
    }
  }
  if (*fill_up) {
    const std::uint64_t taken = fill(client, run, count, kFarAhead);
    fine = taken == count;
    print({{"orders", taken}});
  }
  if (*wakeups) {
    const Wakeups r = measure_wakeups(client, run, known, count);
    fine = r.failed == 0;
    print({{"answered", r.answered}, {"failed", r.failed}, {"p50_ms", r.p50_ms}, {"p99_ms", r.p99_ms}});
  }
  if (*storm) {
    const Storm r = measure_storm(client, run, timers, storm_calls, seconds, pid);
    fine = fine && r.fired == timers && r.during.failed == 0;
    print({{"timers", r.timers},
           {"fired", r.fired},
           {"fired_seconds", r.fired_seconds},
           {"before", json_of(r.before)},
           {"during", json_of(r.during)}});
  }
  if (!fine)
    std::fprintf(
        stderr,
        "load: Expected every order to be accepted and to complete, but some did not: see comd's log and comctl order list\n");
  return fine ? 0 : 1;
}
