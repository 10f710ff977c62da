#pragma once
#include <prometheus/collectable.h>

#include <memory>

#include "actors/ports.h"
#include "edge/grpc/outward_desk.h"

namespace comd::daemon {

/// comd_webhook_deliveries_total{webhook,outcome}, comd_webhook_lag_seconds, comd_webhook_dead_letters, comd_webhook_waiting.
class WebhookFigures final : public prometheus::Collectable {
 public:
  explicit WebhookFigures(std::shared_ptr<const Clock> clock) : clock_(std::move(clock)) {}
  /// There are none before; the metrics are served before the work begins.
  void watch(const std::shared_ptr<outward::WebhookDesk>&);
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::shared_ptr<const Clock> clock_;
  mutable std::mutex mutex_;
  std::weak_ptr<outward::WebhookDesk> desk_;
};

}  // namespace comd::daemon
