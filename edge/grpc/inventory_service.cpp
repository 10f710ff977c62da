#include "comd/api/v1/inventory.grpc.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/lists.h"
#include "edge/grpc/orders.h"
#include "edge/grpc/services.h"
#include "edge/grpc/view.h"
#include "edge/tmf/render.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

template <class Response>
grpc::Status add_history(const Core& core, const View& view, const Caller& caller, const std::string& id, Response& response) {
  view.tell_position(response);
  const auto streams = streams_about(view.reader, caller.principal.tenant, id);
  if (!streams) return status_of(streams.error());
  const auto history = view.reader.history(*streams, core.limits.timeline_max);
  if (!history) return status_of(history.error());
  for (const auto& entry : history->entries) *response.add_history() = message_of(entry);
  return grpc::Status::OK;
}

grpc::Status get_product(const Core& core, const Caller& caller, const api::GetProductRequest& request,
                         api::GetProductResponse& response) {
  const auto view = view_of(core, caller, request, request.product_id());
  if (!view) return status_of(view.error());
  const auto product = view->reader.product(ProductId{request.product_id()}, caller.principal.tenant);
  if (!product) return status_of(product.error());
  response.set_tmf637_json(tmf::to_tmf(product->state, {}));
  for (const auto& waiting : product->state.queue) response.add_claims_waiting(waiting.order.value);
  const auto& log = view->reader.log();
  if (const auto row = log.row(Table::product, request.product_id())) {
    if (const auto summary = views::decode_product(*row)) *response.mutable_summary() = message_of(*summary);
  }
  fill(*response.mutable_summary()->mutable_changed_at(), product->changed);
  for (const auto& service : product->state.product.services) {
    const auto row = log.row(Table::service, service.id.value);
    const auto summary = row ? views::decode_service(*row) : std::nullopt;
    if (summary) *response.add_services() = message_of(*summary);
  }
  return add_history(core, *view, caller, request.product_id(), response);
}

grpc::Status get_service(const Core& core, const Caller& caller, const api::GetServiceRequest& request,
                         api::GetServiceResponse& response) {
  const auto view = view_of(core, caller, request, request.service_id());
  if (!view) return status_of(view.error());
  const auto service = view->reader.service(ServiceId{request.service_id()}, caller.principal.tenant);
  if (!service) return status_of(service.error());
  response.set_tmf638_json(tmf::to_tmf(service->state, {}));
  if (const auto row = view->reader.log().row(Table::service, request.service_id())) {
    if (const auto summary = views::decode_service(*row)) *response.mutable_summary() = message_of(*summary);
  }
  for (const auto& [name, value] : service->state.record.characteristics)
    (*response.mutable_characteristics())[name] = value.json;
  for (const auto& [name, value] : service->state.record.outputs) (*response.mutable_outputs())[name] = value.json;
  return add_history(core, *view, caller, request.service_id(), response);
}

class InventoryService final : public api::InventoryService::CallbackService {
 public:
  explicit InventoryService(Core& core) : core_(core) {}

  ServerUnaryReactor* ListProducts(CallbackServerContext* context, const api::ListProductsRequest* request,
                                   api::ListProductsResponse* response) override {
    return answer_now(core_, context, response, "ListProducts",
                      [&](const Caller& caller) { return list_products(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* GetProduct(CallbackServerContext* context, const api::GetProductRequest* request,
                                 api::GetProductResponse* response) override {
    return answer_now(core_, context, response, "GetProduct",
                      [&](const Caller& caller) { return get_product(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* ListServices(CallbackServerContext* context, const api::ListServicesRequest* request,
                                   api::ListServicesResponse* response) override {
    return answer_now(core_, context, response, "ListServices",
                      [&](const Caller& caller) { return list_services(core_, caller, *request, *response); });
  }
  ServerUnaryReactor* GetService(CallbackServerContext* context, const api::GetServiceRequest* request,
                                 api::GetServiceResponse* response) override {
    return answer_now(core_, context, response, "GetService",
                      [&](const Caller& caller) { return get_service(core_, caller, *request, *response); });
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_inventory_service(Core& core) { return std::make_unique<InventoryService>(core); }

}  // namespace comd::north
