#include "test/e2e/system.h"

#include <grpcpp/create_channel.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "test/support/paths.h"

namespace comd::e2e {
namespace {

std::shared_ptr<grpc::Channel> channel_to(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("ipv4:" + address, grpc::InsecureChannelCredentials(), arguments);
}

/// No call of a test may hang. Waits for a server that is starting: gRPC only looks at its sockets while a call waits.
struct Call : grpc::ClientContext {
  explicit Call(int limit_ms = 10'000) {
    set_deadline(gpr_time_from_millis(limit_ms, GPR_TIMESPAN));
    set_wait_for_ready(true);
  }
};

}  // namespace

std::string program(const std::string& name) { return test::built("bin/" + name); }
std::string source(const std::string& path) { return test::source(path); }

// ── ActivationSim ───────────────────────────────────────────────────────────────────────────────────────────────────────

ActivationSim::ActivationSim(const TempDir& directory, const std::string& name, const std::string& yaml, bool deduplicate,
                             int comd_port)
    : address_("127.0.0.1:" + std::to_string(free_port())), inventory_record_(directory.path() + "/" + name + "-products.jsonl") {
  const std::string config = directory.path() + "/" + name + ".yaml";
  write_file(config, yaml);
  std::vector<std::string> arguments = {program("activation-sim"),
                                        "--listen",
                                        address_,
                                        "--feedback",
                                        "127.0.0.1:" + std::to_string(comd_port),
                                        "--config",
                                        config,
                                        "--name",
                                        name,
                                        "--record",
                                        directory.path() + "/" + name + ".jsonl",
                                        "--inventory-record",
                                        inventory_record_};
  if (!deduplicate) arguments.emplace_back("--no-dedup");
  process_ = std::make_unique<Process>(std::move(arguments), directory.path() + "/" + name + ".log");
  control_ = sim::v1::SimControl::NewStub(channel_to(address_));
}

sim::v1::GetRecordResponse ActivationSim::record() const {
  Call call;
  sim::v1::GetRecordRequest request;
  sim::v1::GetRecordResponse response;
  control_->GetRecord(&call, request, &response);
  return response;
}

// ── Comd ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

Comd::Comd(const TempDir& directory, std::string binary)
    : directory_(directory.path()), binary_(std::move(binary)), port_(free_port()), http_port_(free_port()) {
  const auto channel = channel_to(address());
  orders_ = api::ProductOrderService::NewStub(channel);
  catalogs_ = api::CatalogService::NewStub(channel);
  inventory_ = api::InventoryService::NewStub(channel);
  system_ = api::SystemService::NewStub(channel);
}

void Comd::write_config() const {
  std::ofstream out(directory_ + "/comd.yaml");
  out << "listen: " << address() << "\nmetrics-listen: 127.0.0.1:" << http_port_ << "\ndata: " << data() << "\nlog-level: info\n";
  if (!product_inventory_.empty()) out << "product-inventory: " << product_inventory_ << "\n";
  if (!targets_.empty()) out << "targets:\n";
  for (const auto& [name, address] : targets_) out << "  " << name << ": {address: \"" << address << "\"}\n";
}

bool Comd::start() {
  write_config();
  process_ = std::make_unique<Process>(std::vector<std::string>{program(binary_), "--config", directory_ + "/comd.yaml"},
                                       directory_ + "/comd.log");
  return wait_until(Seconds{30}, [&] { return !process_->running() || status().has_value(); }) && process_->running();
}

void Comd::kill() {
  process_->signal(SIGKILL);
  process_->wait(Seconds{10});
}

std::optional<int> Comd::stop(Seconds deadline) {
  process_->signal(SIGTERM);
  // Our side has to look at its connection to hear that it is to be closed; comd would wait out its grace otherwise.
  wait_until(deadline, [&] { return !process_->running() || (status(), false); });
  return process_->wait(Seconds{0});
}

grpc::Status Comd::load_catalog(const std::string& file) {
  Call call;
  api::LoadCatalogRequest request;
  request.set_content(read_file(file));
  api::LoadCatalogResponse response;
  return catalogs_->Load(&call, request, &response);
}

grpc::Status Comd::submit(const std::string& json, api::SubmitResponse& response, const std::string& source) {
  Call call;
  api::SubmitRequest request;
  request.set_tmf622_json(json);
  request.set_source(source);
  return orders_->Submit(&call, request, &response);
}

std::optional<api::GetOrderResponse> Comd::get(const std::string& order_id) {
  Call call;
  api::GetOrderRequest request;
  request.set_order_id(order_id);
  api::GetOrderResponse response;
  if (!orders_->Get(&call, request, &response).ok()) return std::nullopt;
  return response;
}

std::vector<api::OrderSummary> Comd::list() {
  std::vector<api::OrderSummary> orders;
  api::ListOrdersRequest request;
  request.set_page_size(1000);
  do {
    Call call;
    api::ListOrdersResponse page;
    if (!orders_->List(&call, request, &page).ok()) break;
    orders.insert(orders.end(), page.orders().begin(), page.orders().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return orders;
}

std::size_t Comd::count_of(const std::string& name, const std::vector<std::string>& states) const {
  const auto now = status();
  if (!now) return 0;
  std::size_t sum = 0;
  for (const auto& [counter, count] : now->counters()) {
    if (!counter.starts_with(name + "{")) continue;
    const bool wanted = std::any_of(states.begin(), states.end(),
                                    [&](const std::string& s) { return counter.ends_with("state=\"" + s + "\"}"); });
    if (wanted) sum += static_cast<std::size_t>(count);
  }
  return sum;
}

std::optional<api::StatusResponse> Comd::status() const {
  Call call(300);
  api::StatusResponse response;
  if (!system_->Status(&call, {}, &response).ok()) return std::nullopt;
  return response;
}

std::optional<api::GetProductResponse> Comd::product(const std::string& product_id) {
  Call call;
  api::GetProductRequest request;
  request.set_product_id(product_id);
  api::GetProductResponse response;
  if (!inventory_->GetProduct(&call, request, &response).ok()) return std::nullopt;
  return response;
}

std::vector<api::ProductSummary> Comd::products() {
  std::vector<api::ProductSummary> products;
  api::ListProductsRequest request;
  request.set_page_size(1000);
  do {
    Call call;
    api::ListProductsResponse page;
    if (!inventory_->ListProducts(&call, request, &page).ok()) break;
    products.insert(products.end(), page.products().begin(), page.products().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return products;
}

Finished Comd::comctl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program("comctl"), "--server", address()});
  return run(std::move(arguments));
}

std::string order_json(const std::string& external_id, const std::string& offering) {
  return R"({"externalId":")" + external_id + R"(","productOrderItem":[{"id":"1","action":"add","productOffering":{"id":")" +
         offering + R"("},"product":{"productCharacteristic":[{"name":"bandwidth","value":100}]}}]})";
}

}  // namespace comd::e2e
