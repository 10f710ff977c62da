#pragma once
#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "comd/api/v1/events.grpc.pb.h"
#include "comd/api/v1/subject.grpc.pb.h"
#include "domain/sealed.h"
#include "edge/grpc/sealed_ports.h"
#include "edge/tmf/tmf622.h"
#include "storage/rebuild.h"
#include "test/contract/temp_dir.h"
#include "test/north/north_fixture.h"

/// A comd that seals, on a log in files, and personal data that nobody else has.
namespace comd::north {

namespace fs = std::filesystem;

inline constexpr char kPersonalCatalog[] = R"(
catalog: shop
version: "1"
personal: [msisdn, voicemailPin]
specifications:
  sim@1:
    target: network
    delivery: idempotent
    timeouts: {queue: 1h, call: 5s, acknowledge: 1h, silence: 1h, complete: 1d}
    retry: [{code: STUCK*, then: fallout}]
offerings:
  - id: MOBILE
    name: Mobile
    characteristics:
      - {name: msisdn, required: true, type: string}
    services:
      - {key: sim, specification: sim@1, per: site, characteristics: [{name: msisdn, product: msisdn}, {name: address, place: name}]}
      - {key: mail, specification: sim@1, dependsOn: [sim], characteristics: [{name: pin, output: sim.voicemailPin}]}
)";

// Nobody else is called so.
inline const std::string kParty = "cust-quuxly-4711", kAgent = "agent-zyzzyva-0815", kNumber = "+49-555-quuxly",
                         kPlace = "Castle Quuxly", kNote = "Quuxly likes tulips", kExtra = "unknown attribute of quuxly",
                         kPin = "pin-quuxly-99", kRemark = "called Quuxly at night", kPlaceId = "place-quuxly-1";
inline const std::vector<std::string> kPersonal = {kParty, kAgent, kNumber, kPlace, kNote, kExtra, kPin, kRemark, kPlaceId};

inline std::string mobile(const std::string& external_id, const std::string& description = "x") {
  return R"({"externalId":")" + external_id + R"(","description":")" + description + R"(","note":[{"text":")" + kNote +
         R"("}],"myExtension":")" + kExtra + R"(","relatedParty":[{"id":")" + kParty + R"(","role":"Customer","name":"Q."}],)" +
         R"("productOrderItem":[{"id":"1","action":"add","productOffering":{"id":"MOBILE"},"product":{"relatedParty":[{"id":")" +
         kAgent + R"(","role":"User"}],"place":[{"id":")" + kPlaceId + R"(","name":")" + kPlace +
         R"(","role":"home"}],"productCharacteristic":[{"name":"msisdn","value":")" + kNumber + R"("}]}}]})";
}

/// Accepts everything, and remembers what it was sent.
class Remembering final : public ActivationPort {
 public:
  void call(ActivationCall call, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, value] : call.request.characteristics) seen_ += name + "=" + value.json + "\n";
    }
    accepting_.call(std::move(call), std::move(done));
  }
  std::string seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;
  std::string seen_;
  Accepting accepting_;
};

class PersonalData : public North {
 protected:
  void SetUp() override {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_lines)));
    spdlog::set_level(spdlog::level::trace);
    RocksOptions options;
    options.directory = dir / "log";
    log = std::move(*open_rocks_event_log(options));
    auto keys = crypto::KeyStore::open({dir / "keys", {}, {}, false, false}, [](const std::string&) {});
    ASSERT_TRUE(keys) << keys.error();
    sealing = crypto::Sealing(*keys);
    activation = make_sealed(std::shared_ptr<ActivationPort>(partner), sealing, log, std::make_shared<PersonalNames>());
    North::SetUp();
    subjects = api::SubjectService::NewStub(channel);
    key_service = api::KeyService::NewStub(channel);
    load_catalog(kPersonalCatalog);
  }
  void TearDown() override {
    North::TearDown();
    sealing.keys()->stop();
    engine.reset();
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(""));
  }

  /// Waits for the next commit, and looks again.
  template <class Condition>
  void until(Condition holds) {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t commits = 0;
    const auto ticket = engine->on_commit([&](Position) {
      const std::lock_guard lock(mutex);
      ++commits;
      changed.notify_all();
    });
    bool held = false;
    for (std::uint64_t seen = 0; !(held = holds());) {
      std::unique_lock lock(mutex);
      if (!changed.wait_for(lock, std::chrono::seconds(20), [&] { return commits > seen; })) break;
      seen = commits;
    }
    engine->forget(ticket);
    EXPECT_TRUE(held || holds());
  }

  std::string text_of_files() const {
    std::string out;
    for (const auto& entry : fs::recursive_directory_iterator(dir.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      out.append(std::istreambuf_iterator<char>(in), {});
    }
    return out;
  }
  std::string metrics() { return prometheus::TextSerializer().Serialize(registry.Collect()); }

  /// Both service orders are reported as done; the first with a personal output.
  void complete(const std::string& id) {
    for (int i = 0; i < 2; ++i) {
      until([&] { return get(id).service_orders(i).status() == "submitted"; });
      auto message = completed(get(id).service_orders(i).id(), "r-" + std::to_string(i));
      (*message.mutable_outputs())["voicemailPin"] = "\"" + kPin + "\"";
      EXPECT_EQ(report(message).code(), 0);
    }
    api::WatchRequest request;
    request.add_order_ids(id);
    request.set_until_terminal(true);
    EXPECT_EQ(watched(request).back().state(), "completed");
  }
  void note(const std::string& id) {
    Call call;
    api::ActRequest request;
    request.set_id(id);
    request.set_action("note");
    request.set_reason(kRemark);
    api::ActResponse response;
    const auto status = fallout->Act(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  template <class Request, class Response, class Stub>
  std::string ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request) {
    Call call;
    Response response;
    const auto status = (stub.*method)(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.Utf8DebugString();
  }
  /// Every door for people, as one text.
  std::string all_doors(const std::string& id, const std::string& product) {
    api::GetOrderRequest get;
    get.set_order_id(id);
    api::ListOrdersRequest list;
    list.set_related_party(kParty);
    api::TimelineRequest timeline;
    timeline.set_order_id(id);
    api::ExplainRequest explain;
    explain.set_order_id(id);
    api::PlanRequest plan;
    plan.set_order_id(id);
    api::ListProductsRequest products;
    products.set_related_party(kParty);
    api::GetProductRequest one;
    one.set_product_id(product);
    using Orders = api::ProductOrderService::Stub;
    using Inventory = api::InventoryService::Stub;
    std::string out = ask(*orders, &Orders::Get, get) + ask(*orders, &Orders::List, list) +
                      ask(*orders, &Orders::Timeline, timeline) + ask(*orders, &Orders::Explain, explain) +
                      ask(*orders, &Orders::Plan, plan) + ask(*inventory, &Inventory::ListProducts, products) +
                      ask(*inventory, &Inventory::GetProduct, one) +
                      ask(*inventory, &Inventory::ListServices, api::ListServicesRequest{}) +
                      ask(*fallout, &api::FalloutService::Stub::List, api::ListFalloutRequest{});
    const auto shown = get_product(product);
    for (const auto& service : shown.services()) {
      api::GetServiceRequest request;
      request.set_service_id(service.id());
      out += ask(*inventory, &Inventory::GetService, request);
    }
    api::WatchRequest watch;
    watch.add_order_ids(id);
    watch.set_from_position(0);
    watch.set_until_terminal(true);
    for (const auto& message : watched(watch)) out += message.Utf8DebugString();
    return out;
  }
  api::GetProductResponse get_product(const std::string& id) {
    Call call;
    api::GetProductRequest request;
    request.set_product_id(id);
    api::GetProductResponse response;
    EXPECT_TRUE(inventory->GetProduct(&call, request, &response).ok());
    return response;
  }
  std::string product_of(const std::string& id) {
    Call call;
    api::PlanRequest request;
    request.set_order_id(id);
    api::PlanResponse response;
    EXPECT_TRUE(orders->Plan(&call, request, &response).ok());
    return response.products(0).product_id();
  }

  grpc::Status forget(const api::ForgetSubjectRequest& request, api::ForgetSubjectResponse& response) {
    Call call;
    response.Clear();
    return subjects->Forget(&call, request, &response);
  }
  static api::ForgetSubjectRequest forget_request(const std::string& subject, bool force) {
    api::ForgetSubjectRequest request;
    request.set_subject(subject);
    request.set_reason("asked by letter");
    request.set_force(force);
    return request;
  }
  api::Subject show(const std::string& subject) {
    Call call;
    api::ShowSubjectRequest request;
    request.set_subject(subject);
    api::ShowSubjectResponse response;
    const auto status = subjects->Show(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.subject();
  }
  /// What is derived of everything but of the forgetting itself.
  DerivedRows rows_of_others() const {
    DerivedRows out;
    for (auto& row : log->derived())
      if (row.first.find("sj-") == std::string::npos && row.first.find("subjects") == std::string::npos)
        out.push_back(std::move(row));
    return out;
  }
  void wait_until_erased(const std::string& subject) {
    until([&] { return show(subject).status() == "forgotten"; });
  }

  const contract::TempDir dir;
  std::ostringstream log_lines;
  const std::shared_ptr<Remembering> partner = std::make_shared<Remembering>();
  std::unique_ptr<api::SubjectService::Stub> subjects;
  std::unique_ptr<api::KeyService::Stub> key_service;
};

}  // namespace comd::north
