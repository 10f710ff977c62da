#include "cmd/comd/daemon/figures.h"

#include <dirent.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "edge/south/outcome.h"

namespace comd::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type) { return {std::move(name), std::move(help), type, {}}; }

MetricFamily single(std::string name, std::string help, MetricType type, double value) {
  auto out = family(std::move(name), std::move(help), type);
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  out.metric.push_back(std::move(metric));
  return out;
}

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_files() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  double count = -1;  // the directory itself
  while (const auto* entry = ::readdir(directory)) count += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(directory);
  return count;
}

double open_files_max() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

class ProcessFigures final : public prometheus::Collectable {
 public:
  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> out;
    out.push_back(single("process_cpu_seconds_total", "User and system CPU time.", MetricType::Counter, cpu_seconds()));
    out.push_back(single("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge, resident_bytes()));
    out.push_back(single("process_open_fds", "Open file descriptors.", MetricType::Gauge, open_files()));
    out.push_back(single("process_max_fds", "Limit of open file descriptors.", MetricType::Gauge, open_files_max()));
    out.push_back(single("process_start_time_seconds", "When the process began, since 1970.", MetricType::Gauge, started_));
    auto build = single("comd_build_info", "Always 1; the version is a label.", MetricType::Gauge, 1);
    build.metric.front().label = {{"version", COMD_VERSION}};
    out.push_back(std::move(build));
    return out;
  }

 private:
  const double started_ = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
};

class TargetFigures final : public prometheus::Collectable {
 public:
  explicit TargetFigures(std::shared_ptr<south::ActivationClient> client) : client_(std::move(client)) {}
  std::vector<MetricFamily> Collect() const override {
    auto connected = family("comd_target_connected", "1 while the connection to the activation system is up.", MetricType::Gauge);
    auto waiting = family("comd_target_waiting_calls", "Calls that wait for the connection.", MetricType::Gauge);
    for (const auto& lane : client_->lanes()) {
      const auto add = [&lane](MetricFamily& to, double value) {
        ClientMetric metric;
        metric.label = {{"target", lane.target}};
        metric.gauge.value = value;
        to.metric.push_back(std::move(metric));
      };
      add(connected, lane.connected ? 1 : 0);
      add(waiting, static_cast<double>(lane.waiting));
    }
    return {std::move(connected), std::move(waiting)};
  }

 private:
  const std::shared_ptr<south::ActivationClient> client_;
};

}  // namespace

ApiFigures::ApiFigures(prometheus::Registry& registry)
    : requests_(prometheus::BuildCounter()
                    .Name("comd_api_requests_total")
                    .Help("Calls to the gRPC services, and requests of streams, by method and code.")
                    .Register(registry)) {}

void ApiFigures::ended(std::string_view method, grpc::StatusCode code) {
  const std::lock_guard lock(mutex_);
  auto& counter = counters_[{method, code}];
  if (counter == nullptr) counter = &requests_.Add({{"method", std::string(method)}, {"code", south::status_name(code)}});
  counter->Increment();
}

std::shared_ptr<prometheus::Collectable> make_process_figures() { return std::make_shared<ProcessFigures>(); }

std::shared_ptr<prometheus::Collectable> make_target_figures(std::shared_ptr<south::ActivationClient> client) {
  return std::make_shared<TargetFigures>(std::move(client));
}

}  // namespace comd::daemon
