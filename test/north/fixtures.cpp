// One file for all of them: what takes the time are the headers.
#include <algorithm>
#include <chrono>

#include "edge/catalog/catalog.h"
#include "test/north/log_fixture.h"

namespace comd::north {

std::string order_json(const std::string& external_id, int speed, const std::string& offering, const std::string& more) {
  return R"({"externalId":")" + external_id + R"(",)" + more +
         R"("relatedParty":[{"id":"cust-1","role":"Customer","@referredType":"Individual"}],)" +
         R"("productOrderItem":[{"id":"1","action":"add","productOffering":{"id":")" + offering +
         R"("},"product":{"productCharacteristic":)" + R"([{"name":"speed","value":)" + std::to_string(speed) + "}]}}]}";
}

Instant WallClock::now() const { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }

Accepting::Accepting() = default;
Accepting::~Accepting() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Accepting::call(ActivationCall, Done done) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(done));
  wake_.notify_all();
}

void Accepting::run() {
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

void NoInventory::push(const product::Snapshot&, std::uint64_t, CallMeta, Done) {}

Call::Call() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20)); }

North::North() = default;
North::~North() = default;

void North::SetUp() {
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

void North::TearDown() {
  server->stop(Millis{2'000});
  engine->stop(Millis{2'000});
}

void North::load_catalog(const std::string& yaml) {
  Call call;
  api::LoadCatalogRequest request;
  request.set_content(yaml);
  api::LoadCatalogResponse response;
  const auto status = catalogs->Load(&call, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

grpc::Status North::submit(const std::string& json, api::SubmitResponse& response, const std::string& key) {
  Call call;
  api::SubmitRequest request;
  request.set_tmf622_json(json);
  request.set_idempotency_key(key);
  return orders->Submit(&call, request, &response);
}

std::string North::submitted(const std::string& json) {
  api::SubmitResponse response;
  const auto status = submit(json, response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.order_id();
}

api::GetOrderResponse North::get(const std::string& id) {
  Call call;
  api::GetOrderRequest request;
  request.set_order_id(id);
  api::GetOrderResponse response;
  const auto status = orders->Get(&call, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

void North::until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(condition());
}

void North::rest() {
  until([this] {
    const auto timers = log->timers_due(Instant::max(), 1'000);
    const auto calling = [](const DueTimer& timer) { return timer.name == "answer" || timer.name == "queue"; };
    return log->outbox(nullptr, 1).empty() && log->tells(nullptr, 1).empty() &&
           std::none_of(timers.begin(), timers.end(), calling);
  });
}

std::string North::service_order_of(const std::string& id) { return get(id).service_orders(0).id(); }

wire::ServiceOrderReport North::completed(const std::string& service_order, const std::string& report_id) {
  wire::ServiceOrderReport report;
  report.set_report_id(report_id);
  report.set_service_order_id(service_order);
  report.set_kind(wire::REPORT_KIND_COMPLETED);
  (*report.mutable_outputs())["portId"] = "\"p-1\"";
  report.set_reporter("network");
  return report;
}

wire::ServiceOrderReport North::failed(const std::string& service_order, const std::string& code, const std::string& report_id) {
  auto report = completed(service_order, report_id);
  report.clear_outputs();
  report.set_kind(wire::REPORT_KIND_FAILED);
  report.mutable_fault()->set_code(code);
  report.mutable_fault()->set_message("no port is free");
  return report;
}

wire::ReportAck North::report(const wire::ServiceOrderReport& message) {
  Call call;
  wire::ReportAck ack;
  const auto status = feedback->Report(&call, message, &ack);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return ack;
}

std::vector<api::WatchResponse> North::watched(const api::WatchRequest& request, grpc::Status* status) {
  Call call;
  auto stream = orders->Watch(&call, request);
  std::vector<api::WatchResponse> out;
  api::WatchResponse message;
  while (stream->Read(&message)) out.push_back(message);
  const auto ended = stream->Finish();
  if (status != nullptr) *status = ended;
  return out;
}

// ── Consumers of the log ────────────────────────────────────────────────────────────────────────────────────────────

Result<std::vector<ConsumerRecord>, std::string> MemoryConsumerFiles::load() {
  std::vector<ConsumerRecord> out;
  for (const auto& [name, record] : records) out.push_back(record);
  return out;
}

Result<void, std::string> MemoryConsumerFiles::save(const ConsumerRecord& record) {
  if (broken) return Err(*broken);
  records[record.name] = record;
  return {};
}

Result<void, std::string> MemoryConsumerFiles::remove(const std::string& name) {
  if (broken) return Err(*broken);
  records.erase(name);
  return {};
}

Instant JumpingClock::now() const {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()) + ahead_.load();
}

void JumpingClock::jump(Millis by) { ahead_ = ahead_.load() + by; }

Log::Log() = default;
Log::~Log() = default;

void Log::SetUp() {
  clock = jumping;
  consumers = *Consumers::open(*clock, files);
  North::SetUp();
  load_catalog();
  reader = api::LogService::NewStub(channel);
}

std::vector<std::string> Log::completed_orders(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    ids.push_back(submitted(order_json("L-" + std::to_string(made_++))));
    report(completed(service_order_of(ids.back())));
    api::WatchRequest wait;
    wait.add_order_ids(ids.back());
    wait.set_until_terminal(true);
    watched(wait);
  }
  return ids;
}

std::vector<api::ReadLogResponse> Log::read(const api::ReadLogRequest& request, grpc::Status* status) {
  Call call;
  const auto stream = reader->Read(&call, request);
  std::vector<api::ReadLogResponse> out;
  api::ReadLogResponse message;
  while (stream->Read(&message)) out.push_back(message);
  const auto ended = stream->Finish();
  if (status != nullptr)
    *status = ended;
  else
    EXPECT_TRUE(ended.ok()) << ended.error_message();
  return out;
}

std::vector<api::LogCommit> Log::commits(const std::vector<api::ReadLogResponse>& messages) {
  std::vector<api::LogCommit> out;
  for (const auto& message : messages) out.insert(out.end(), message.commits().begin(), message.commits().end());
  return out;
}

std::vector<std::string> Log::types(const std::vector<api::LogCommit>& commits) {
  std::vector<std::string> out;
  for (const auto& commit : commits)
    for (const auto& event : commit.events()) out.push_back(event.type());
  return out;
}

}  // namespace comd::north
