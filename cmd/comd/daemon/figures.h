#pragma once
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <memory>
#include <mutex>

#include "edge/grpc/api_limits.h"
#include "edge/south/activation_client.h"

/// The metrics that belong to the process and its edges; the engine has its own.
namespace comd::daemon {

/// comd_api_requests_total{method,code}: every call, and every request of a stream.
class ApiFigures final : public north::CallObserver {
 public:
  explicit ApiFigures(prometheus::Registry&);
  void ended(std::string_view method, grpc::StatusCode) override;

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  std::mutex mutex_;
  std::map<std::pair<std::string_view, grpc::StatusCode>, prometheus::Counter*> counters_;  ///< methods are literals
};

/// process_*: memory, CPU, open files, start; comd_build_info.
std::shared_ptr<prometheus::Collectable> make_process_figures();

/// comd_target_connected{target} and friends.
std::shared_ptr<prometheus::Collectable> make_target_figures(std::shared_ptr<south::ActivationClient>);

}  // namespace comd::daemon
