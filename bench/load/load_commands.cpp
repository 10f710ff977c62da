#include <memory>

#include "bench/load/accepts.h"
#include "bench/load/commands.h"
#include "bench/load/orders.h"
#include "bench/load/storm.h"

namespace comd::bench {
namespace {

/// What one of them cost, and how many cores comd and this program kept busy: who reads the result must see that the load was not what
/// held it up.
void add_cpu(nlohmann::json& line, const Cpu& cpu, double seconds, std::uint64_t count, const std::string& per) {
  const double each = 1000 / static_cast<double>(std::max<std::uint64_t>(count, 1));
  line["cpu_ms_per_" + per] = each * cpu.comd;
  line["load_cpu_ms_per_" + per] = each * cpu.load;
  line["comd_cores"] = cpu.comd / seconds;
  line["load_cores"] = cpu.load / seconds;
}

nlohmann::json json_of(const Accepts& r) {
  nlohmann::json line{{"in_flight", r.in_flight}, {"accepts", r.accepted},
                      {"failed", r.failed},       {"per_second", static_cast<double>(r.accepted) / r.seconds},
                      {"p50_ms", r.p50_ms},       {"p99_ms", r.p99_ms}};
  add_cpu(line, r.cpu, r.seconds, r.accepted, "accept");
  return line;
}

bool orders(const Common& common, OrdersPlan plan) {
  plan.run = common.run;
  const Orders r = measure_orders(Client(common.server), plan, common.pid);
  nlohmann::json line{{"orders", r.submitted},
                      {"refused", r.refused},
                      {"completed", r.completed},
                      {"otherwise", r.otherwise},
                      {"seconds", r.seconds},
                      {"accepted_seconds", r.accepted_seconds},
                      {"per_second", static_cast<double>(r.completed) / r.seconds},
                      {"bytes", order_json(common.run + "-0", plan.text).size()},
                      {"p50_ms", r.p50_ms},
                      {"p99_ms", r.p99_ms}};
  add_cpu(line, r.cpu, r.seconds, r.completed, "order");
  print(line);
  return r.completed == r.submitted && r.submitted > 0;
}

bool accepts(const Common& common, const std::vector<std::size_t>& in_flight, double seconds) {
  const Client client(common.server);
  bool fine = true;
  for (const std::size_t calls : in_flight) {
    const Accepts r = measure_accepts(client, common.run, calls, seconds, common.pid);
    fine = fine && r.failed == 0;
    print(json_of(r));
  }
  return fine;
}

bool storm(const Common& common, std::uint64_t timers, std::size_t in_flight, double seconds) {
  const Storm r = measure_storm(Client(common.server), common.run, timers, in_flight, seconds, common.pid);
  print({{"timers", r.timers},
         {"fired", r.fired},
         {"fired_seconds", r.fired_seconds},
         {"before", json_of(r.before)},
         {"during", json_of(r.during)}});
  return r.fired == timers && r.during.failed == 0;
}

struct LoadOptions {
  OrdersPlan plan;
  double seconds = 5;
  std::vector<std::size_t> in_flight = {1, 64, 256};
  std::uint64_t timers = 100'000;
  std::size_t storm_calls = 64;
};

}  // namespace

void add_load_commands(CLI::App& app, Commands& commands) {
  const auto o = std::make_shared<LoadOptions>();
  const Common& common = commands.common;
  auto* sub =
      commands.add(app, "orders", "Orders from submission to completion", [&common, o] { return orders(common, o->plan); });
  sub->add_option("--count", o->plan.count, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  sub->add_option("--open", o->plan.open, "At most so many unfinished at a time")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  sub->add_option("--rate", o->plan.rate, "So many a second instead, however long they take; 0: as --open allows")
      ->capture_default_str();
  sub->add_option("--seconds", o->plan.seconds, "Send no more after this; 0: until --count")->capture_default_str();
  sub->add_option("--patience", o->plan.patience, "Seconds without any change, after which the orders left are given up")
      ->capture_default_str();
  sub->add_option("--offering", o->plan.text.offering, "Product offering id")->capture_default_str();
  sub->add_option("--items", o->plan.text.items, "Items of each order")->capture_default_str()->check(CLI::PositiveNumber);
  sub->add_option("--bytes", o->plan.text.bytes, "Length of each order's JSON; 0: as short as it is")->capture_default_str();

  sub = commands.add(app, "accepts", "Durable accepts per second",
                     [&common, o] { return accepts(common, o->in_flight, o->seconds); });
  sub->add_option("--in-flight", o->in_flight, "Calls under way at a time; one measurement for each")
      ->delimiter(',')
      ->capture_default_str();
  sub->add_option("--seconds", o->seconds, "How long each")->capture_default_str()->check(CLI::PositiveNumber);

  sub = commands.add(app, "storm", "Accepts while many timers come due in the same second",
                     [&common, o] { return storm(common, o->timers, o->storm_calls, o->seconds); });
  sub->add_option("--timers", o->timers, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  sub->add_option("--in-flight", o->storm_calls, "Calls under way at a time")->capture_default_str();
  sub->add_option("--seconds", o->seconds, "How long accepts are measured, before and during")->capture_default_str();
}

}  // namespace comd::bench
