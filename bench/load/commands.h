#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

/// The subcommands of `load`: each names its options, and what it does when it is chosen.
namespace comd::bench {

struct Common {
  std::string server = "127.0.0.1:7622", run = "run";
  int pid = 0;
};

/// True: everything went as it had to.
using Command = std::function<bool()>;

struct Commands {
  Common common;
  Command chosen;

  CLI::App* add(CLI::App& app, const char* name, const char* help, Command command) {
    auto* sub = app.add_subcommand(name, help);
    sub->callback([this, command = std::move(command)] { chosen = command; });
    return sub;
  }
};

void add_load_commands(CLI::App&, Commands&);      ///< orders, accepts, storm
void add_waiting_commands(CLI::App&, Commands&);   ///< fill, wakeups
void add_recovery_commands(CLI::App&, Commands&);  ///< recovery, record
void add_store_commands(CLI::App&, Commands&);     ///< shape, compact: no comd is needed

void print(const nlohmann::json& line);

}  // namespace comd::bench
