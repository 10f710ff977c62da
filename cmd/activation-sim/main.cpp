#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cmd/activation-sim/service.h"

/// activation-sim: a stand-in for activation systems, for demos, tests and load.
namespace {

using namespace comd::sim;

struct Flags {
  std::string listen = "127.0.0.1:7632";
  std::string feedback = "127.0.0.1:7622";
  std::string name = "activation-sim";
  std::string config, record, inventory_record;
  std::string log_format = "text", log_level = "info";
  std::optional<std::uint64_t> seed;
  bool no_dedup = false, unary = false;
};

constexpr const char* kExample = R"(Example:
  activation-sim --config examples/activation-sim.yaml --record /tmp/work.jsonl
  answers comd's calls on 127.0.0.1:7632, reports to comd on 127.0.0.1:7622, and keeps a line for each piece of work done.)";

tl::expected<Config, std::string> load(const Flags& flags) {
  Config config = *read_config("");
  if (!flags.config.empty()) {
    std::ifstream in(flags.config);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return tl::unexpected("Expected a readable configuration file, but " + flags.config + " is not.");
    auto read = read_config(text.str());
    if (!read) return tl::unexpected(flags.config + ", " + read.error());
    config = std::move(*read);
  }
  if (flags.seed) config.seed = *flags.seed;
  return config;
}

/// The message as a JSON string: partners' texts may hold quotes.
class JsonMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& to) override {
    const std::string text(message.payload.data(), message.payload.size());
    const std::string json = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    to.append(json.data(), json.data() + json.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

void set_up_log(const Flags& flags) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("activation-sim", std::make_shared<spdlog::sinks::stdout_sink_mt>()));
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JsonMessage>('*').set_pattern(
      flags.log_format == "json" ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","program":"%n","message":%*})"
                                 : "%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_formatter(std::move(formatter));
  spdlog::set_level(spdlog::level::from_str(flags.log_level));
  spdlog::flush_on(spdlog::level::info);
}

int serve(const Flags& flags, Config config, const sigset_t& stop_signals) {
  Reporter reporter({flags.feedback, flags.name, flags.unary});
  Sim sim(std::move(config), !flags.no_dedup, reporter);
  Products products;
  tl::expected<void, std::string> opened;
  if (!flags.record.empty()) opened = sim.open_record(flags.record);
  if (opened && !flags.inventory_record.empty()) opened = products.open_record(flags.inventory_record);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().c_str());
    return 1;
  }
  ActivationService activation(sim);
  Control control(sim, products, reporter);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(flags.listen, grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second one on the same port must fail, not share
  builder.RegisterService(&activation);
  builder.RegisterService(&products);
  builder.RegisterService(&control);
  const auto server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::fprintf(stderr,
                 "Expected to listen on %s, but cannot. Is another activation-sim running there? Choose another with --listen.\n",
                 flags.listen.c_str());
    return 1;
  }
  const auto colon = flags.listen.rfind(':');
  spdlog::info("activation-sim ready on {}:{} (reports to {}{})", flags.listen.substr(0, colon), port, flags.feedback,
               flags.no_dedup ? "; deduplication is OFF" : "");
  int signal = 0;
  sigwait(&stop_signals, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  server->Wait();
  const auto left = reporter.counts().waiting;
  reporter.stop();
  spdlog::info("activation-sim stopped; {} reports were not acknowledged by comd", left);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app{"A stand-in for activation systems: accepts service orders, does as its configuration says, reports to comd.",
               "activation-sim"};
  app.footer(kExample);
  app.set_version_flag("--version", "activation-sim " COMD_VERSION);
  app.add_option("--listen", flags.listen,
                 "Address for comd's calls, as activation system and as product inventory, and for SimControl")
      ->capture_default_str();
  app.add_option("--feedback", flags.feedback, "Address of comd's FeedbackService")->capture_default_str();
  app.add_option("--config", flags.config,
                 "YAML file: what happens to which service orders (default: all complete in 20 to 60 ms)");
  app.add_option("--record", flags.record, "Append a JSON line per piece of work done to this file");
  app.add_option(
      "--inventory-record", flags.inventory_record,
      "Append a JSON line per version of a product that comd pushes to this file; point comd's --product-inventory here");
  app.add_option("--seed", flags.seed, "Overrides the configuration's seed");
  app.add_option("--name", flags.name, "Name to report under")->capture_default_str();
  app.add_flag("--no-dedup", flags.no_dedup, "Do the work for every submit received, whatever its key");
  app.add_flag("--unary", flags.unary, "Report by single calls instead of one stream");
  app.add_option("--log-format", flags.log_format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  set_up_log(flags);
  auto config = load(flags);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().c_str());
    return 1;
  }
  return serve(flags, std::move(*config), stop_signals);
}
