#include "cmd/comd/daemon/http.h"

#include <CivetServer.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace comd::daemon {
namespace {

void answer(mg_connection* connection, const char* status, const char* type, const std::string& body) {
  mg_printf(connection, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n\r\n", status, type,
            body.size());
  mg_write(connection, body.data(), body.size());
}

class MetricsPage final : public CivetHandler {
 public:
  explicit MetricsPage(std::vector<std::shared_ptr<prometheus::Collectable>> sources) : sources_(std::move(sources)) {}
  bool handleGet(CivetServer*, mg_connection* connection) override {
    std::vector<prometheus::MetricFamily> families;
    for (const auto& source : sources_) {
      for (auto& family : source->Collect()) families.push_back(std::move(family));
    }
    answer(connection, "200 OK", "text/plain; version=0.0.4; charset=utf-8", prometheus::TextSerializer{}.Serialize(families));
    return true;
  }

 private:
  const std::vector<std::shared_ptr<prometheus::Collectable>> sources_;
};

class HealthPage final : public CivetHandler {
 public:
  bool handleGet(CivetServer*, mg_connection* connection) override {
    answer(connection, "200 OK", "text/plain", "ok\n");
    return true;
  }
};

class ReadyPage final : public CivetHandler {
 public:
  explicit ReadyPage(std::shared_ptr<const Readiness> readiness) : readiness_(std::move(readiness)) {}
  bool handleGet(CivetServer*, mg_connection* connection) override {
    if (readiness_->ready) {
      answer(connection, "200 OK", "text/plain", "ready\n");
    } else {
      answer(connection, "503 Service Unavailable", "text/plain", "not ready: starting or stopping\n");
    }
    return true;
  }

 private:
  const std::shared_ptr<const Readiness> readiness_;
};

class Civet final : public HttpServer {
 public:
  Civet(const std::string& listen, std::shared_ptr<const Readiness> readiness,
        std::vector<std::shared_ptr<prometheus::Collectable>> sources)
      : metrics_(std::move(sources)),
        ready_(std::move(readiness)),
        server_(std::vector<std::string>{"listening_ports", listen, "num_threads", "2", "request_timeout_ms", "10000"}) {
    server_.addHandler("/metrics", metrics_);
    server_.addHandler("/healthz", health_);
    server_.addHandler("/readyz", ready_);
  }

 private:
  MetricsPage metrics_;
  HealthPage health_;
  ReadyPage ready_;
  CivetServer server_;  // last: it uses the pages until it is gone
};

}  // namespace

Result<std::unique_ptr<HttpServer>, std::string> start_http(const std::string& listen, std::shared_ptr<const Readiness> readiness,
                                                            std::vector<std::shared_ptr<prometheus::Collectable>> sources) {
  try {
    return std::unique_ptr<HttpServer>(std::make_unique<Civet>(listen, std::move(readiness), std::move(sources)));
  } catch (const CivetException&) {
    return Err("Expected to listen on " + listen +
               " for metrics and health, but could not: another process has the port, or the address is not of "
               "this machine. Choose another with --metrics-listen, or off.");
  }
}

}  // namespace comd::daemon
