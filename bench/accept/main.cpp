#include <CLI/CLI.hpp>

#include "bench/accept/bench.h"

namespace {

void add_shape(CLI::App& app, comd::bench::Shape& shape) {
  const auto size = [&app](const char* name, std::size_t& value, const char* help) {
    app.add_option(name, value, help)
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 24))
        ->group("What one accept is");
  };
  size("--request-bytes", shape.request_bytes, "Request payload");
  size("--reply-bytes", shape.reply_bytes, "Reply payload");
  size("--record-bytes", shape.record_bytes, "Commit record in the log");
  size("--streams", shape.streams, "Streams the commit touches");
  size("--stream-bytes", shape.stream_bytes, "Length of a stream's id");
  size("--work", shape.work, "Rows of outbox, tells and timers");
  size("--work-key-bytes", shape.work_key_bytes, "Key of each");
  size("--work-value-bytes", shape.work_value_bytes, "Value of each");
  size("--views", shape.views, "Rows of indexes and views");
  size("--view-key-bytes", shape.view_key_bytes, "Key of each");
  size("--view-value-bytes", shape.view_value_bytes, "Value of each");
  size("--counters", shape.counters, "Counters, written once per sync");
}

/// The shape as flags for the processes that `run` starts.
std::vector<std::string> shape_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const auto* option :
       app.get_options([](const CLI::Option* o) { return o->get_group() == "What one accept is" && o->count() > 0; }))
    flags.push_back(option->get_name() + "=" + option->as<std::string>());
  return flags;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace comd::bench;
  CLI::App app{
      "Measures durable accepts per second of a bare gRPC server with group commit on RocksDB: what the machine gives to a "
      "program\n"
      "that writes the same rows as comd and decides nothing. Server and load are processes of their own, on loopback.\n"
      "Example: accept-bench --in-flight 1,64,256 --seconds 5 --output json"};
  app.fallthrough();
  Shape shape;
  Run options;
  std::string output = "table", store;
  std::size_t in_flight = 1;
  int port = 0;
  add_shape(app, shape);
  app.add_option("--in-flight", options.in_flight, "Calls under way at a time; one measurement for each")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "How long each measurement lasts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--warmup", options.warmup, "Seconds before it, not counted")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--directory", options.directory,
                 "Stores are made in here and removed again; use the disk that comd's data is on")
      ->capture_default_str()
      ->check(CLI::ExistingDirectory);
  app.add_option("--output", output, "table, or json: one object a line")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  auto* server = app.add_subcommand("server", "The server alone, on a free port that it prints");
  server->add_option("--store", store, "Directory of its store")->required();
  auto* client = app.add_subcommand("load", "The load alone");
  client->add_option("--port", port, "The server's port")->required();
  client->add_option("--calls", in_flight, "Calls under way at a time")->capture_default_str()->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  if (*server) return serve(store, shape);
  if (*client) return load(port, in_flight, options.warmup, options.seconds, shape);
  options.json = output == "json";
  return run(options, shape_flags(app));
}
