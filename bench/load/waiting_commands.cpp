#include <memory>

#include "bench/load/commands.h"
#include "bench/load/fill.h"
#include "bench/load/order_text.h"

namespace comd::bench {

void add_waiting_commands(CLI::App& app, Commands& commands) {
  struct Options {
    std::uint64_t count = 10'000, known = 100'000;
  };
  const auto o = std::make_shared<Options>();
  const Common& common = commands.common;
  auto* sub = commands.add(app, "fill", "Submits orders that wait for a date far ahead", [&common, o] {
    const std::uint64_t taken = fill(Client(common.server), common.run, o->count, kFarAhead);
    print({{"orders", taken}});
    return taken == o->count;
  });
  sub->add_option("--count", o->count, "How many")->capture_default_str()->check(CLI::PositiveNumber);

  sub =
      commands.add(app, "wakeups", "Time to an answer of an order that is not in memory; they are there by `fill`", [&common, o] {
        const Wakeups r = measure_wakeups(Client(common.server), common.run, o->known, o->count);
        print({{"answered", r.answered}, {"failed", r.failed}, {"p50_ms", r.p50_ms}, {"p99_ms", r.p99_ms}});
        return r.failed == 0;
      });
  sub->add_option("--count", o->count, "How many")->capture_default_str()->check(CLI::PositiveNumber);
  sub->add_option("--known", o->known, "Of how many")->capture_default_str()->check(CLI::PositiveNumber);
}

}  // namespace comd::bench
