#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "comd/api/v1/product_order.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"

/// What all measurements need of comd.
namespace comd::bench {

namespace api = ::comd::api::v1;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start);

/// Shared with nobody.
std::shared_ptr<grpc::Channel> channel_to(const std::string& server);

struct Client {
  explicit Client(const std::string& server);

  std::unique_ptr<api::ProductOrderService::Stub> orders;
  std::unique_ptr<api::SystemService::Stub> system;

  bool answers() const;
  /// Persisted counters by name and labels. Empty when comd does not answer.
  std::map<std::string, std::int64_t> counters() const;
};

/// The sum of the counters of this name in one of the states: orders{tenant="…",state="…"}.
std::int64_t count_of(const std::map<std::string, std::int64_t>& counters, const std::string& name,
                      const std::vector<std::string>& states);

/// User and system time used so far by comd and by this program. The difference of two is what a measurement took.
struct Cpu {
  double comd = 0, load = 0;  ///< seconds
  Cpu operator-(const Cpu& other) const { return {comd - other.comd, load - other.load}; }
};
/// `pid` 0: comd's is not known, and stays zero.
Cpu cpu_so_far(int pid);

double percentile(std::vector<double>& values, double share);

}  // namespace comd::bench
