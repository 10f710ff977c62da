#pragma once
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "comd/activation/v1/activation.grpc.pb.h"
#include "comd/api/v1/catalog.grpc.pb.h"
#include "comd/api/v1/fallout.grpc.pb.h"
#include "comd/api/v1/inventory.grpc.pb.h"
#include "comd/api/v1/product_order.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"
#include "edge/grpc/server.h"

/// The gRPC edge over a real engine and a log in memory; the activation system accepts everything and says nothing more, so a
/// test reports what it wants. The bodies are in fixtures.cpp: many tests include this.
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
std::string order_json(const std::string& external_id, int speed = 100, const std::string& offering = "LINE",
                       const std::string& more = {});

class WallClock final : public Clock {
 public:
  Instant now() const override;
};

/// Says ok to every call, from a thread of its own.
class Accepting final : public ActivationPort {
 public:
  Accepting();
  ~Accepting() override;
  void call(ActivationCall, Done done) override;

 private:
  void run();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Done> waiting_;
  bool stopped_ = false;
  std::thread thread_{[this] { run(); }};
};

class NoInventory final : public ProductInventoryPort {
 public:
  void push(const product::Snapshot&, std::uint64_t, CallMeta, Done) override;
};

/// No call of a test may hang.
struct Call : grpc::ClientContext {
  Call();
};

class North : public testing::Test {
 protected:
  North();
  ~North() override;
  void SetUp() override;
  void TearDown() override;

  void load_catalog(const std::string& yaml = kCatalog);
  grpc::Status submit(const std::string& json, api::SubmitResponse& response, const std::string& key = {});
  std::string submitted(const std::string& json);
  api::GetOrderResponse get(const std::string& id);
  static void until(const std::function<bool()>& condition);
  /// Until nothing moves any more by itself: every call is answered.
  void rest();
  std::string service_order_of(const std::string& id);
  static wire::ServiceOrderReport completed(const std::string& service_order, const std::string& report_id = "r-1");
  static wire::ServiceOrderReport failed(const std::string& service_order, const std::string& code,
                                         const std::string& report_id = "r-1");
  wire::ReportAck report(const wire::ServiceOrderReport& message);
  /// Everything Watch says until it ends by itself.
  std::vector<api::WatchResponse> watched(const api::WatchRequest& request, grpc::Status* status = nullptr);

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
