#include <cstdio>
#include <memory>

#include "bench/load/commands.h"
#include "bench/load/compact.h"
#include "bench/load/shape.h"

namespace comd::bench {
namespace {

bool say(const std::string& error) {
  if (!error.empty()) std::fprintf(stderr, "load: %s\n", error.c_str());
  return error.empty();
}

bool shape(const std::string& catalog) {
  std::string error;
  for (const std::string& flag : shape_flags(catalog, error)) std::printf("%s\n", flag.c_str());
  return say(error);
}

}  // namespace

void add_store_commands(CLI::App& app, Commands& commands) {
  struct Options {
    std::string catalog = "bench/catalog.yaml", data;
  };
  const auto o = std::make_shared<Options>();
  auto* sub =
      commands.add(app, "shape", "What comd writes for one accept, as flags of accept-bench", [o] { return shape(o->catalog); });
  sub->add_option("--catalog", o->catalog, "The catalogue that is loaded")->capture_default_str();
  sub = commands.add(app, "compact", "Flushes and compacts the store of a comd that does not run",
                     [o] { return say(compact(o->data).value_or("")); });
  sub->add_option("--data", o->data, "Its data directory")->required()->check(CLI::ExistingDirectory);
}

}  // namespace comd::bench
