#include "cmd/comctl/tool/lists.h"
#include "comd/api/v1/inventory.grpc.pb.h"
#include "comd/api/v1/system.grpc.pb.h"

/// What the orders left behind, and the server itself.
namespace comd::ctl {

using Inventory = api::v1::InventoryService;
using System = api::v1::SystemService;

int product_list(const Session& session) {
  api::v1::ListProductsRequest request;
  request.set_status(session.options.state);
  request.set_offering(session.options.offering);
  request.set_related_party(session.options.party);
  return list_pages(
      session, &Inventory::Stub::ListProducts, std::move(request), "products",
      [](const auto& page) -> const auto& { return page.products(); }, show_products);
}

int product_get(const Session& session) {
  api::v1::GetProductRequest request;
  request.set_product_id(session.options.ids.front());
  set_as_of(session, request);
  const auto response = session.client.call(&Inventory::Stub::GetProduct, request);
  if (!response) return session.fail(response.error());
  print_as_of(session, document_of(*response), *response, show_product);
  return kDone;
}

int service_list(const Session& session) {
  api::v1::ListServicesRequest request;
  request.set_state(session.options.state);
  request.set_product(session.options.product);
  return list_pages(
      session, &Inventory::Stub::ListServices, std::move(request), "services",
      [](const auto& page) -> const auto& { return page.services(); }, show_services);
}

int service_get(const Session& session) {
  api::v1::GetServiceRequest request;
  request.set_service_id(session.options.ids.front());
  set_as_of(session, request);
  const auto response = session.client.call(&Inventory::Stub::GetService, request);
  if (!response) return session.fail(response.error());
  print_as_of(session, document_of(*response), *response, show_service);
  return kDone;
}

int unmatched_list(const Session& session) {
  return list_pages<System::Stub, api::v1::ListUnmatchedRequest, api::v1::ListUnmatchedResponse>(
      session, &System::Stub::ListUnmatched, {}, "reports", [](const auto& page) -> const auto& { return page.reports(); },
      show_unmatched, [](const auto& page, Json& document) { document["total"] = page.total(); });
}

int status(const Session& session) {
  api::v1::StatusRequest request;
  set_as_of(session, request);
  const auto response = session.client.call(&System::Stub::Status, request);
  if (!response) return session.fail(response.error());
  auto document = document_of(*response);
  if (request.has_as_of())  // of then nobody knows
    for (const auto* name : {"residentActors", "commandsInFlight", "watchers"}) document[name] = nullptr;
  print_as_of(session, std::move(document), *response, show_status);
  return kDone;
}

}  // namespace comd::ctl
