#include "cmd/comd/daemon/webhook_figures.h"

#include <prometheus/metric_family.h>

namespace comd::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void add(MetricFamily& to, const std::string& webhook, double value, const char* outcome = nullptr) {
  ClientMetric metric;
  metric.label = {{"webhook", webhook}};
  if (outcome != nullptr) metric.label.push_back({"outcome", outcome});
  (to.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  to.metric.push_back(std::move(metric));
}

}  // namespace

void WebhookFigures::watch(const std::shared_ptr<outward::WebhookDesk>& desk) {
  const std::lock_guard lock(mutex_);
  desk_ = desk;
}

std::vector<MetricFamily> WebhookFigures::Collect() const {
  std::shared_ptr<outward::WebhookDesk> desk;
  {
    const std::lock_guard lock(mutex_);
    desk = desk_.lock();
  }
  if (desk == nullptr) return {};
  MetricFamily deliveries{
      "comd_webhook_deliveries_total", "Deliveries of events to webhooks, by outcome.", MetricType::Counter, {}};
  MetricFamily lag{"comd_webhook_lag_seconds", "Age of the oldest event that a webhook has not got yet.", MetricType::Gauge, {}};
  MetricFamily dead{"comd_webhook_dead_letters", "Events given up after their last attempt.", MetricType::Gauge, {}};
  MetricFamily waiting{"comd_webhook_waiting", "Events that wait for their delivery.", MetricType::Gauge, {}};
  const auto now = clock_->now();
  for (const auto& is : desk->list()) {
    add(deliveries, is.name, static_cast<double>(is.delivered), "delivered");
    add(deliveries, is.name, static_cast<double>(is.failed), "failed");
    add(deliveries, is.name, static_cast<double>(is.given_up), "given_up");
    add(lag, is.name, is.oldest ? std::max(0.0, std::chrono::duration<double>(now - *is.oldest).count()) : 0);
    add(dead, is.name, static_cast<double>(is.dead));
    add(waiting, is.name, static_cast<double>(is.waiting));
  }
  return {std::move(deliveries), std::move(lag), std::move(dead), std::move(waiting)};
}

}  // namespace comd::daemon
