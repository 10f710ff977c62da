#include <cstdio>

#include "bench/load/commands.h"

namespace comd::bench {

void print(const nlohmann::json& line) {
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

}  // namespace comd::bench

/// Load on a running comd. Results are JSON lines on standard output, progress on standard error.
int main(int argc, char** argv) {
  using namespace comd::bench;
  CLI::App app{"Puts load on a running comd and prints what it carried, as JSON lines.\nExample: load orders --count 10000"};
  app.require_subcommand(1);
  Commands commands;
  app.add_option("--server", commands.common.server, "comd's gRPC address")->capture_default_str();
  app.add_option("--run", commands.common.run, "Prefix of the external ids: a new one for each run")->capture_default_str();
  app.add_option("--pid", commands.common.pid, "comd's process id, to measure its CPU time");
  add_load_commands(app, commands);
  add_waiting_commands(app, commands);
  add_recovery_commands(app, commands);
  add_store_commands(app, commands);
  CLI11_PARSE(app, argc, argv);
  if (commands.chosen()) return 0;
  std::fprintf(stderr, "load: Expected everything to go well, but it did not: see above, comd's log and comctl order list\n");
  return 1;
}
