#pragma once
#include <prometheus/collectable.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "domain/result.h"

namespace comd::daemon {

/// What /readyz says. Healthy means only: the process answers.
struct Readiness {
  std::atomic<bool> ready{false};
};

/// Metrics and health over HTTP: /metrics, /healthz, /readyz.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
};

/// Serving when it returns. The error says what to do.
Result<std::unique_ptr<HttpServer>, std::string> start_http(const std::string& listen, std::shared_ptr<const Readiness>,
                                                            std::vector<std::shared_ptr<prometheus::Collectable>>);

}  // namespace comd::daemon
