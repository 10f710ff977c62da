#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "comd/api/v1/product_order.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"

/// What both measurements need of comd.
namespace comd::bench {

namespace api = ::comd::api::v1;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start);

struct Client {
  explicit Client(const std::string& server);

  std::unique_ptr<api::ProductOrderService::Stub> orders;
  std::unique_ptr<api::SystemService::Stub> system;

  /// Persisted counters by name and labels. Empty when comd does not answer.
  std::map<std::string, std::int64_t> counters() const;
};

/// A product order of one item. `start`: a requested start date, or empty.
std::string order_json(const std::string& external_id, const std::string& offering, const std::string& start);

inline constexpr const char* kFarAhead = "2199-01-01T00:00:00Z";  ///< a start date that does not come

/// User and system time a process has used so far, from /proc. Zero for pid 0.
double cpu_seconds(int pid);

double percentile(std::vector<double>& values, double share);

}  // namespace comd::bench
