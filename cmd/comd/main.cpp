#include <pthread.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "actors/log.h"
#include "cmd/comd/daemon/config.h"
#include "cmd/comd/daemon/daemon.h"
#include "cmd/comd/daemon/rehearse.h"
#include "cmd/comd/daemon/verify_log.h"
#include "edge/catalog/durations.h"

/// Read by jemalloc when it starts. What orders hold stays for long and grows: huge pages save most of the page faults (4 % of an
/// accept alone, 5 % of the CPU under load, for 8 % more memory).
extern "C" const char* malloc_conf;
const char* malloc_conf = "thp:always,metadata_thp:auto";

namespace {

using namespace comd;

constexpr char kExample[] = R"(
Example:
  comd --data /var/lib/comd --catalog examples/catalog.yaml --target access=127.0.0.1:7701 --lane access.rate=50/s
  COMD_LOG_LEVEL=debug comd --config comd.yaml
  comd --verify-log /var/lib/comd

Every setting can also stand in the file, under the same name, or in the environment as COMD_NAME (COMD_LOG_LEVEL,
COMD_LIMITS_BATCH_MAX). A flag wins over the environment, the environment over the file. In the file targets are a mapping:
  targets:
    access: {address: "10.0.0.5:7701", tls: true, ca: /etc/comd/ca.pem, window: 64, rate: 50/s})";

int fail(const std::vector<std::string>& errors) {
  for (const auto& error : errors) std::fprintf(stderr, "comd: %s\n", error.c_str());
  return 1;
}

struct Arguments {
  std::string config;
  bool check = false;
  std::string verify;  ///< directory
  bool json = false;
  std::string rehearse, last;
  daemon::Givens flags;
};

/// Parsed, or the exit code of --help, --version or an error.
Result<Arguments, int> parse(int argc, char** argv) {
  CLI::App app{"comd: takes product orders, has them carried out by activation systems, keeps the inventory."};
  app.set_version_flag("--version", std::string("comd ") + COMD_VERSION);
  app.footer(kExample);
  Arguments out;
  std::map<std::string, std::vector<std::string>> values;
  app.add_option("--config", out.config, "YAML file with settings; also COMD_CONFIG.")->type_name("FILE");
  app.add_flag("--check-config", out.check, "Print the effective configuration and end: 0 if it is valid, else 1.");
  app.add_option(
         "--verify-log", out.verify,
         "Fold the whole log of DIR, that no comd serves, with this build, compare every state that was recorded, and end: 0 if "
         "they are the same, 5 if not.")
      ->type_name("DIR");
  app.add_option_function<std::string>(
         "--output", [&out](const std::string& form) { out.json = form == "json"; }, "Of --verify-log: text or json.")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
  app.add_option(
         "--rehearse", out.rehearse,
         "Decompose the orders of this data directory by the one --catalog and this build, say what is different, and end.")
      ->type_name("DIR");
  app.add_option("--last", out.last, "With --rehearse: only orders submitted within this time.")->type_name("DURATION");
  app.add_option("--target", values["target"], "An activation system, as the catalogue's specifications call it. Repeatable.")
      ->type_name("NAME=HOST:PORT")
      ->take_all();
  for (const auto& setting : daemon::settings()) {
    auto* option = app.add_option("--" + setting.name, values[setting.name], setting.help)->type_name(setting.value_name);
    setting.repeatable ? option->take_all() : option->take_last();
    option->expected(1);
    if (setting.repeatable) option->expected(1, 1'000);
    if (!setting.fallback.empty()) option->default_str(setting.fallback);
    if (setting.name.starts_with("limits.")) option->group("Limits");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return Err(code == 0 ? 0 : 1);
  }
  for (auto& [name, given] : values) {
    if (!given.empty() && app.count("--" + name) > 0) out.flags[name] = {std::move(given), "--" + name};
  }
  return out;
}

Result<daemon::Config, std::vector<std::string>> configure(const Arguments& arguments) {
  const auto variable = [](const std::string& name) { return static_cast<const char*>(std::getenv(name.c_str())); };
  auto path = arguments.config;
  if (const char* given = variable("COMD_CONFIG"); path.empty() && given != nullptr) path = given;
  daemon::Givens file;
  if (!path.empty()) {
    auto read = daemon::read_file(path);
    if (!read) return Err(std::move(read.error()));
    file = std::move(*read);
  }
  auto config = daemon::resolve(file, daemon::read_environment(variable), arguments.flags);
  if (const char* key = variable("COMD_MASTER_KEY"); config && key != nullptr) config->master_key = key;
  return config;
}

/// Until somebody asks to stop. A second request ends the process at once: the log is safe at any moment.
int wait_for_signal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return signal;
}

int rehearse(const Arguments& arguments, const daemon::Config& config) {
  if (config.catalogs.size() != 1) return fail({"Expected one --catalog with --rehearse: the one to rehearse."});
  std::optional<Millis> last;
  if (!arguments.last.empty()) {
    last = catalog::parse_duration(arguments.last);
    if (!last) return fail({"Expected --last to be a duration such as 30d, but got \"" + arguments.last + "\"."});
  }
  return daemon::rehearse(arguments.rehearse, config.catalogs.front(), last, std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) return arguments.error();
  if (!arguments->verify.empty()) return daemon::verify_log(arguments->verify, arguments->json, std::cout, std::cerr);
  const auto config = configure(*arguments);
  if (!config) return fail(config.error());
  if (arguments->check) {
    std::fputs(daemon::to_yaml(*config).c_str(), stdout);
    const auto errors = daemon::check_files(*config);
    return errors.empty() ? 0 : fail(errors);
  }

  if (!arguments->rehearse.empty()) return rehearse(*arguments, *config);

  const bool human = config->log_format == "human" || (config->log_format == "auto" && ::isatty(STDERR_FILENO) != 0);
  set_up_log(human ? LogFormat::human : LogFormat::json, spdlog::level::from_str(config->log_level));

  // Blocked before any thread begins, so that only the main thread hears them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  auto running = daemon::start_daemon(*config);
  if (!running) {
    log_line(spdlog::level::err, running.error());
    return 1;
  }
  const int signal = wait_for_signal(signals);
  log_line(spdlog::level::info, "comd is stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  (*running)->stop();
  log_line(spdlog::level::info, "comd has stopped");
  return 0;
}
