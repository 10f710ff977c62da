#include "cmd/activation-sim/products.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace comd::sim {
namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

grpc::Status refuse(const std::string& expected, const std::string& found) {
  return {grpc::StatusCode::INVALID_ARGUMENT, "Expected " + expected + ", but got " + found + "."};
}

}  // namespace

grpc::ServerUnaryReactor* Products::Push(grpc::CallbackServerContext* context, const inventory::v1::PushRequest* request,
                                         inventory::v1::PushResponse*) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(take(*request));
  return reactor;
}

grpc::Status Products::take(const inventory::v1::PushRequest& request) {
  const std::string& id = request.product_id();
  if (id.empty()) return refuse("a product_id", "none");
  if (request.version() == 0) return refuse("a version from 1 for product " + id, "0");
  auto product = nlohmann::json::parse(request.product_json(), nullptr, false);
  if (!product.is_object()) return refuse("product_json of product " + id + " to be a JSON object", "something else");
  const std::string status = product.value("status", nlohmann::json("without status")).dump();

  const std::lock_guard lock(mutex_);
  std::uint64_t& held = versions_[id];
  if (request.version() <= held) {
    spdlog::debug("product {}: version {} again, {} is held", id, request.version(), held);
    return grpc::Status::OK;
  }
  if (record_.is_open())
    record_.append(nlohmann::json{{"time", now_ms()},
                                  {"product", id},
                                  {"version", request.version()},
                                  {"tenant", request.tenant()},
                                  {"order", request.order_id()},
                                  {"key", request.idempotency_key()},
                                  {"document", std::move(product)}}
                       .dump());
  held = request.version();
  spdlog::info("product {} version {}: {}, by order {}", id, held, status, request.order_id());
  return grpc::Status::OK;
}

std::uint64_t Products::version_of(const std::string& product) const {
  const std::lock_guard lock(mutex_);
  const auto found = versions_.find(product);
  return found == versions_.end() ? 0 : found->second;
}

void Products::clear() {
  const std::lock_guard lock(mutex_);
  versions_.clear();
}

}  // namespace comd::sim
