#pragma once
#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <memory>

#include "domain/result.h"
#include "storage/event_log.h"

namespace comd {

/// Every metric of the engine. Those that follow from the log (orders by state) are not counted here but read from the log's
/// counters at each scrape: see LogCollectable.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry&);

  void rejected(RejectionCode);
  void order_ended(std::string_view outcome, double seconds);
  void service_order_ended(std::string_view outcome);
  prometheus::Gauge& lane_depth(const std::string& lane);
  prometheus::Gauge& lane_held_back(const std::string& lane);
  prometheus::Gauge& lane_calls(const std::string& lane);
  prometheus::Gauge& lane_window(const std::string& lane);
  prometheus::Gauge& lane_breaker(const std::string& lane);
  prometheus::Gauge& outbox_age(const std::string& lane);
  prometheus::Counter& calls(const std::string& lane, std::string_view outcome);

  prometheus::Histogram& submission_seconds;
  prometheus::Counter& commits;
  prometheus::Histogram& batch_appends;
  prometheus::Histogram& sync_seconds;
  prometheus::Counter& conflicts;
  prometheus::Gauge& residents;
  prometheus::Counter& spawned;
  prometheus::Gauge& in_flight;
  prometheus::Gauge& waiting_orders;  ///< mailbox depth, all aggregates together
  prometheus::Gauge& waiting_writer;
  prometheus::Histogram& timer_lateness;
  prometheus::Counter& timers_fired;
  prometheus::Counter& rehints;
  prometheus::Counter& quarantined;
  prometheus::Gauge& disk_free;
  prometheus::Gauge& disk_state;

 private:
  Metrics(prometheus::Registry&, prometheus::Family<prometheus::Gauge>& mailbox);

  prometheus::Family<prometheus::Counter>& rejected_;
  prometheus::Family<prometheus::Counter>& orders_ended_;
  prometheus::Family<prometheus::Histogram>& order_seconds_;
  prometheus::Family<prometheus::Counter>& service_orders_ended_;
  prometheus::Family<prometheus::Gauge>& lane_depth_;
  prometheus::Family<prometheus::Gauge>& lane_held_back_;
  prometheus::Family<prometheus::Gauge>& lane_calls_;
  prometheus::Family<prometheus::Gauge>& lane_window_;
  prometheus::Family<prometheus::Gauge>& lane_breaker_;
  prometheus::Family<prometheus::Gauge>& outbox_age_;
  prometheus::Family<prometheus::Counter>& calls_;
};

/// The log's counters as gauges: comd_orders{tenant,state}, comd_service_orders{…}, and comd_log_position. Register it beside the
/// registry.
std::shared_ptr<prometheus::Collectable> make_log_collectable(std::shared_ptr<const EventLog>);

}  // namespace comd
