#pragma once
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "comd/activation/v1/activation.grpc.pb.h"
#include "comd/api/v1/catalog.grpc.pb.h"
#include "comd/api/v1/fallout.grpc.pb.h"
#include "comd/api/v1/inventory.grpc.pb.h"
#include "comd/api/v1/product_order.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"
#include "edge/catalog/catalog.h"
#include "edge/grpc/server.h"
#include "storage/event_log.h"

/// The gRPC edge over a real engine and a log in memory; the activation system accepts everything and says nothing more, so a
/// test reports what it wants.
namespace comd::north {

namespace api = ::comd::api::v1;
namespace wire = ::comd::activation::v1;

inline constexpr char kCatalog[] = R"(
catalog: shop
version: "1"
specifications:
  line@1:
    target: network
    delivery: idempotent
    timeouts: {queue: 1h, call: 5s, acknowledge: 1h, silence: 1h, complete: 1d}
    retry: [{code: STUCK*, then: fallout}]
    milestones: [{name: surveyed, description: The site was visited}]
  visit@1:
    target: manual
    timeouts: {complete: 2d}
offerings:
  - id: LINE
    name: A line
    services:
      - {key: line, specification: line@1, characteristics: [{name: speed, product: speed, required: false}]}
  - id: PAIR
    name: Two lines, one after the other
    services:
      - {key: first, specification: line@1}
      - {key: second, specification: line@1, dependsOn: [first]}
  - id: VISIT
    name: A technician comes
    services:
      - {key: visit, specification: visit@1}
)";

/// `more`: attributes of the order, each with a comma behind it.
inline std::string order_json(const std::string& external_id, int speed = 100, const std::string& offering = "LINE",
                              const std::string& more = {}) {
  return R"({"externalId":")" + external_id + R"(",)" + more +
         R"("relatedParty":[{"id":"cust-1","role":"Customer","@referredType":"Individual"}],)" +
         R"("productOrderItem":[{"id":"1","action":"add","productOffering":{"id":")" + offering +
         R"("},"product":{"productCharacteristic":)" + R"([{"name":"speed","value":)" + std::to_string(speed) + "}]}}]}";
}

class WallClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }
};

/// Says ok to every call, from a thread of its own.
class Accepting final : public ActivationPort {
 public:
  ~Accepting() override {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  void call(ActivationCall, Done done) override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(done));
    wake_.notify_all();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      auto done = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      service_order::Outcome outcome;
      outcome.kind = service_order::Outcome::Kind::ok;
      outcome.reference = "net-1";
      done(std::move(outcome));
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Done> waiting_;
  bool stopped_ = false;
  std::thread thread_{[this] { run(); }};
};

class NoInventory final : public ProductInventoryPort {
 public:
  void push(const product::Snapshot&, std::uint64_t, CallMeta, Done) override {}
};

/// No call of a test may hang.
struct Call : grpc::ClientContext {
  Call() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20)); }
};

class North : public testing::Test {
 protected:
  void SetUp() override {
    engine = start_engine(log, clock, activation, std::make_shared<NoInventory>(), catalog::parse_catalog, registry,
                          EngineOptions{}, disk, sealing.keys());
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.version = "test";
    options.limits.timeline_max = 1'000;
    options.consumers = consumers;
    options.sealing = sealing;
    auto started = start_server(*engine, catalog::parse_catalog, nullptr, options);
    ASSERT_TRUE(started) << started.error();
    server = std::move(*started);
    channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials());
    orders = api::ProductOrderService::NewStub(channel);
    catalogs = api::CatalogService::NewStub(channel);
    inventory = api::InventoryService::NewStub(channel);
    system = api::SystemService::NewStub(channel);
    fallout = api::FalloutService::NewStub(channel);
    feedback = wire::FeedbackService::NewStub(channel);
  }
  void TearDown() override {
    server->stop(Millis{2'000});
    engine->stop(Millis{2'000});
  }

  void load_catalog(const std::string& yaml = kCatalog) {
    Call call;
    api::LoadCatalogRequest request;
    request.set_content(yaml);
    api::LoadCatalogResponse response;
    const auto status = catalogs->Load(&call, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  grpc::Status submit(const std::string& json, api::SubmitResponse& response, const std::string& key = {}) {
    Call call;
    api::SubmitRequest request;
    request.set_tmf622_json(json);
    request.set_idempotency_key(key);
    return orders->Submit(&call, request, &response);
  }
  std::string submitted(const std::string& json) {
    api::SubmitResponse response;
    const auto status = submit(json, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.order_id();
  }
  api::GetOrderResponse get(const std::string& id) {
    Call call;
    api::GetOrderRequest request;
    request.set_order_id(id);
    api::GetOrderResponse response;
    const auto status = orders->Get(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static void until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(condition());
  }
  /// Until nothing moves any more by itself: every call is answered.
  void rest() {
    until([this] {
      const auto timers = log->timers_due(Instant::max(), 1'000);
      const auto calling = [](const DueTimer& timer) { return timer.name == "answer" || timer.name == "queue"; };
      return log->outbox(nullptr, 1).empty() && log->tells(nullptr, 1).empty() &&
             std::none_of(timers.begin(), timers.end(), calling);
    });
  }
  std::string service_order_of(const std::string& id) { return get(id).service_orders(0).id(); }
  static wire::ServiceOrderReport completed(const std::string& service_order, const std::string& report_id = "r-1") {
    wire::ServiceOrderReport report;
    report.set_report_id(report_id);
    report.set_service_order_id(service_order);
    report.set_kind(wire::REPORT_KIND_COMPLETED);
    (*report.mutable_outputs())["portId"] = "\"p-1\"";
    report.set_reporter("network");
    return report;
  }
  static wire::ServiceOrderReport failed(const std::string& service_order, const std::string& code,
                                         const std::string& report_id = "r-1") {
    auto report = completed(service_order, report_id);
    report.clear_outputs();
    report.set_kind(wire::REPORT_KIND_FAILED);
    report.mutable_fault()->set_code(code);
    report.mutable_fault()->set_message("no port is free");
    return report;
  }
  wire::ReportAck report(const wire::ServiceOrderReport& message) {
    Call call;
    wire::ReportAck ack;
    const auto status = feedback->Report(&call, message, &ack);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return ack;
  }
  /// Everything Watch says until it ends by itself.
  std::vector<api::WatchResponse> watched(const api::WatchRequest& request, grpc::Status* status = nullptr) {
    Call call;
    auto stream = orders->Watch(&call, request);
    std::vector<api::WatchResponse> out;
    api::WatchResponse message;
    while (stream->Read(&message)) out.push_back(message);
    const auto ended = stream->Finish();
    if (status != nullptr) *status = ended;
    return out;
  }

  prometheus::Registry registry;
  std::shared_ptr<EventLog> log = make_memory_event_log();
  std::shared_ptr<Clock> clock = std::make_shared<WallClock>();
  std::shared_ptr<DiskSpace> disk;       ///< none: nobody looks
  std::shared_ptr<Consumers> consumers;  ///< of the log; none: nobody can consume
  std::shared_ptr<ActivationPort> activation = std::make_shared<Accepting>();
  crypto::Sealing sealing;  ///< off
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Server> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<api::ProductOrderService::Stub> orders;
  std::unique_ptr<api::CatalogService::Stub> catalogs;
  std::unique_ptr<api::InventoryService::Stub> inventory;
  std::unique_ptr<api::SystemService::Stub> system;
  std::unique_ptr<api::FalloutService::Stub> fallout;
  std::unique_ptr<wire::FeedbackService::Stub> feedback;
};

}  // namespace comd::north
