#include "bench/load/client.h"

#include <grpcpp/create_channel.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace comd::bench {
namespace {

/// User and system time of a process, from /proc.
double cpu_seconds(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return 0;
  std::istringstream fields(text.substr(end_of_name + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::shared_ptr<grpc::Channel> channel_to(const std::string& server) {
  grpc::ChannelArguments arguments;
  // A connection of its own. gRPC's own pauses between attempts are seconds, so who waits for a comd that starts makes a channel for
  // each attempt.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

Client::Client(const std::string& server) {
  const auto channel = channel_to(server);
  orders = api::ProductOrderService::NewStub(channel);
  system = api::SystemService::NewStub(channel);
}

bool Client::answers() const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  api::StatusResponse response;
  return system->Status(&context, {}, &response).ok();
}

std::map<std::string, std::int64_t> Client::counters() const {
  grpc::ClientContext context;
  api::StatusResponse response;
  if (!system->Status(&context, {}, &response).ok()) return {};
  return {response.counters().begin(), response.counters().end()};
}

std::int64_t count_of(const std::map<std::string, std::int64_t>& counters, const std::string& name,
                      const std::vector<std::string>& states) {
  std::int64_t sum = 0;
  for (const auto& [counter, count] : counters) {
    if (!counter.starts_with(name + "{")) continue;
    for (const std::string& state : states)
      if (counter.find("state=\"" + state + '"') != std::string::npos) sum += count;
  }
  return sum;
}

Cpu cpu_so_far(int pid) { return {pid == 0 ? 0 : cpu_seconds(pid), cpu_seconds(getpid())}; }

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace comd::bench
