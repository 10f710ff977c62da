#include "bench/load/client.h"

#include <grpcpp/create_channel.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace comd::bench {

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Client::Client(const std::string& server) {
  const auto channel = grpc::CreateChannel(server, grpc::InsecureChannelCredentials());
  orders = api::ProductOrderService::NewStub(channel);
  system = api::SystemService::NewStub(channel);
}

std::map<std::string, std::int64_t> Client::counters() const {
  grpc::ClientContext context;
  api::StatusResponse response;
  if (!system->Status(&context, {}, &response).ok()) return {};
  return {response.counters().begin(), response.counters().end()};
}

std::string order_json(const std::string& external_id, const std::string& offering, const std::string& start) {
  const std::string date = start.empty() ? "" : R"("requestedStartDate":")" + start + R"(",)";
  return R"({"externalId":")" + external_id + R"(",)" + date +
         R"("relatedParty":[{"id":"cust-1","role":"customer","@referredType":"Organization"}],)"
         R"("productOrderItem":[{"id":"1","action":"add","quantity":1,"productOffering":{"id":")" +
         offering +
         R"("},"product":{"productCharacteristic":[{"name":"bandwidth","value":100},{"name":"site","value":"Bonn 1"}]}}]})";
}

double cpu_seconds(int pid) {
  if (pid == 0) return 0;
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

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace comd::bench
