#include "actors/metrics.h"

#include "storage/log_memory.h"

namespace comd {
namespace {

using prometheus::Histogram;

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

Histogram& histogram(prometheus::Registry& registry, const char* name, const char* help,
                     const Histogram::BucketBoundaries& bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, bounds);
}

const Histogram::BucketBoundaries kShort{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};
const Histogram::BucketBoundaries kLong{0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400, 604800};
const Histogram::BucketBoundaries kSizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
const Histogram::BucketBoundaries kLateness{0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600};

std::string_view word(RejectionCode code) {
  switch (code) {
    case RejectionCode::invalid: return "invalid";
    case RejectionCode::not_found: return "not_found";
    case RejectionCode::conflict: return "conflict";
    case RejectionCode::precondition: return "precondition";
    case RejectionCode::limit: return "limit";
    case RejectionCode::unavailable: return "unavailable";
  }
  return "unknown";
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : Metrics(registry, prometheus::BuildGauge()
                            .Name("comd_mailbox_depth")
                            .Help("Messages that wait, by actor; orders: all aggregates together.")
                            .Register(registry)) {}

Metrics::Metrics(prometheus::Registry& registry, prometheus::Family<prometheus::Gauge>& mailbox)
    : submission_seconds(
          histogram(registry, "comd_submission_seconds", "From a submission's arrival to its durable answer.", kShort)),
      commits(counter(registry, "comd_commits_total", "Commits appended to the log.")),
      batch_appends(histogram(registry, "comd_commit_batch_appends", "Appends made durable by one sync.", kSizes)),
      sync_seconds(histogram(registry, "comd_log_sync_seconds", "Time of one write and sync of the log.", kShort)),
      conflicts(
          counter(registry, "comd_append_conflicts_total", "Appends refused because their stream had moved on; decided again.")),
      residents(gauge(registry, "comd_resident_actors", "Aggregates in memory.")),
      spawned(counter(registry, "comd_actors_spawned_total", "Aggregates woken from the log.")),
      in_flight(gauge(registry, "comd_commands_in_flight", "Commands of clients admitted and not yet answered.")),
      waiting_orders(mailbox.Add({{"actor", "orders"}})),
      waiting_writer(mailbox.Add({{"actor", "log_writer"}})),
      timer_lateness(histogram(registry, "comd_timer_lateness_seconds", "From a timer's due time to its command.", kLateness)),
      timers_fired(counter(registry, "comd_timers_fired_total", "Due timers brought to their orders.")),
      rehints(counter(registry, "comd_rehints_total",
                      "Streams asked to hint again because something pending in the log was unknown.")),
      quarantined(counter(registry, "comd_quarantined_streams_total", "Streams that could not be read and serve nothing.")),
      disk_free(gauge(registry, "comd_disk_free_bytes", "Free space on the disk of the log, besides the reserve.")),
      disk_state(gauge(registry, "comd_disk_state", "0: room. 1: warn. 2: new orders are refused. 3: read-only.")),
      rejected_(prometheus::BuildCounter()
                    .Name("comd_rejected_requests_total")
                    .Help("Commands refused, by reason.")
                    .Register(registry)),
      orders_ended_(prometheus::BuildCounter()
                        .Name("comd_orders_ended_total")
                        .Help("Product orders that ended, by outcome.")
                        .Register(registry)),
      order_seconds_(prometheus::BuildHistogram()
                         .Name("comd_order_completion_seconds")
                         .Help("From submission to the end of a product order, by outcome.")
                         .Register(registry)),
      service_orders_ended_(prometheus::BuildCounter()
                                .Name("comd_service_orders_ended_total")
                                .Help("Service orders that ended, by outcome.")
                                .Register(registry)),
      lane_depth_(
          prometheus::BuildGauge().Name("comd_lane_depth").Help("Effects that wait for their turn, by lane.").Register(registry)),
      lane_held_back_(prometheus::BuildGauge()
                          .Name("comd_lane_held_back")
                          .Help("Effects that do not leave because something is held as a whole, by lane.")
                          .Register(registry)),
      lane_calls_(
          prometheus::BuildGauge().Name("comd_lane_calls_in_flight").Help("Calls under way, by lane.").Register(registry)),
      lane_window_(prometheus::BuildGauge()
                       .Name("comd_lane_window")
                       .Help("Calls that may be under way now, by lane; less than its limit after an outage.")
                       .Register(registry)),
      lane_breaker_(prometheus::BuildGauge()
                        .Name("comd_lane_breaker_state")
                        .Help("0: closed, calls leave. 1: half open, one at a time. 2: open, none leave. By lane.")
                        .Register(registry)),
      outbox_age_(prometheus::BuildGauge()
                      .Name("comd_outbox_oldest_seconds")
                      .Help("Age of the oldest effect that is neither settled nor held back, by lane.")
                      .Register(registry)),
      calls_(prometheus::BuildCounter().Name("comd_calls_total").Help("Calls made, by lane and outcome.").Register(registry)) {}

void Metrics::rejected(RejectionCode code) { rejected_.Add({{"reason", std::string(word(code))}}).Increment(); }

void Metrics::order_ended(std::string_view outcome, double seconds) {
  orders_ended_.Add({{"outcome", std::string(outcome)}}).Increment();
  order_seconds_.Add({{"outcome", std::string(outcome)}}, kLong).Observe(seconds);
}

void Metrics::service_order_ended(std::string_view outcome) {
  service_orders_ended_.Add({{"outcome", std::string(outcome)}}).Increment();
}

prometheus::Gauge& Metrics::lane_depth(const std::string& lane) { return lane_depth_.Add({{"lane", lane}}); }
prometheus::Gauge& Metrics::lane_held_back(const std::string& lane) { return lane_held_back_.Add({{"lane", lane}}); }
prometheus::Gauge& Metrics::lane_calls(const std::string& lane) { return lane_calls_.Add({{"lane", lane}}); }
prometheus::Gauge& Metrics::lane_window(const std::string& lane) { return lane_window_.Add({{"lane", lane}}); }
prometheus::Gauge& Metrics::lane_breaker(const std::string& lane) { return lane_breaker_.Add({{"lane", lane}}); }
prometheus::Gauge& Metrics::outbox_age(const std::string& lane) { return outbox_age_.Add({{"lane", lane}}); }

prometheus::Counter& Metrics::calls(const std::string& lane, std::string_view outcome) {
  return calls_.Add({{"lane", lane}, {"outcome", std::string(outcome)}});
}

namespace {

/// `orders{tenant="t",state="held"}` → name and labels. What is not of this form becomes a name without labels.
std::pair<std::string, std::vector<prometheus::ClientMetric::Label>> parse_counter(const std::string& text) {
  const std::size_t open = text.find('{');
  std::pair<std::string, std::vector<prometheus::ClientMetric::Label>> out{"comd_" + text.substr(0, open), {}};
  std::size_t at = open;
  while (at != std::string::npos && ++at < text.size()) {
    const std::size_t equals = text.find("=\"", at);
    if (equals == std::string::npos) break;
    const std::size_t close = text.find('"', equals + 2);
    if (close == std::string::npos) break;
    prometheus::ClientMetric::Label label;
    label.name = text.substr(at, equals - at);
    label.value = text.substr(equals + 2, close - equals - 2);
    out.second.push_back(std::move(label));
    at = text.find(',', close);
  }
  return out;
}

class LogCollectable final : public prometheus::Collectable {
 public:
  explicit LogCollectable(std::shared_ptr<const EventLog> log) : log_(std::move(log)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::map<std::string, prometheus::MetricFamily> families;
    auto family = [&](const std::string& name, const char* help) -> prometheus::MetricFamily& {
      auto& out = families[name];
      out.name = name;
      out.help = help;
      out.type = prometheus::MetricType::Gauge;
      return out;
    };
    for (const auto& [text, value] : log_->counters()) {
      auto [name, labels] = parse_counter(text);
      prometheus::ClientMetric metric;
      metric.label = std::move(labels);
      metric.gauge.value = static_cast<double>(value);
      family(name, "How many there are in the log, by state.").metric.push_back(std::move(metric));
    }
    const auto gauge = [&](const char* name, const char* help, double value) {
      prometheus::ClientMetric metric;
      metric.gauge.value = value;
      family(name, help).metric.push_back(std::move(metric));
    };
    gauge("comd_log_position", "Position of the last commit.", static_cast<double>(number(log_->tail())));
    const auto epoch = views::decode_epoch(log_->row(Table::epoch, epoch::kRow));
    gauge("comd_epoch", "Which life of the log this is: rises with a restore or an import.", static_cast<double>(epoch.number));
    gauge("comd_epoch_fenced", "1 while nothing is sent, because the store was restored and is not reconciled.", epoch.fenced);
    if (const auto memory = memory_of(*log_)) {
      const auto part = [&](const char* name, std::uint64_t bytes) {
        prometheus::ClientMetric metric;
        metric.label = {{"part", name}};
        metric.gauge.value = static_cast<double>(bytes);
        family("comd_log_memory_bytes", "What the log has in memory.").metric.push_back(std::move(metric));
      };
      part("cache", memory->cache);
      part("memtables", memory->memtables);
      part("tables", memory->tables);
    }
    std::vector<prometheus::MetricFamily> out;
    for (auto& [name, one] : families) out.push_back(std::move(one));
    return out;
  }

 private:
  std::shared_ptr<const EventLog> log_;
};

}  // namespace

std::shared_ptr<prometheus::Collectable> make_log_collectable(std::shared_ptr<const EventLog> log) {
  return std::make_shared<LogCollectable>(std::move(log));
}

}  // namespace comd
