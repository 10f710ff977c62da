#pragma once
#include <optional>
#include <set>
#include <string>

#include "domain/product_order.h"

/// The domain's states as TMF Open API JSON. Dates are UTC with milliseconds; attribute names and states are the v4 ones.
namespace comd::tmf {

/// Where the resources are served; the start of every href. Relative by default: TMF's own base paths.
struct Links {
  std::string order = "/tmf-api/productOrderingManagement/v4";
  std::string service_order = "/tmf-api/serviceOrdering/v4";
  std::string product = "/tmf-api/productInventory/v4";
  std::string service = "/tmf-api/serviceInventory/v4";
};

/// TMF622 v4 productOrder: the stored document, with what comd knows laid over it; or, where that is erased, what remains.
std::string to_tmf(const product_order::State&, const Links&, std::optional<Instant> expected_completion = {});

/// TMF637 v4 product. `order_items`: "order/item" of those that touched it.
std::string to_tmf(const product::Snapshot&, const Links&, const std::set<std::string>& order_items = {});
inline std::string to_tmf(const product::State& state, const Links& links) { return to_tmf(state.product, links, state.orders); }

/// TMF638 v4 service.
std::string to_tmf(const product::ServiceRecord&, const ProductId& product, const Links&, std::string_view operating_status = {});
inline std::string to_tmf(const service::State& state, const Links& links) {
  return to_tmf(state.record, state.product, links, state.operating_status);
}

/// TMF641 v4.1 serviceOrder. Its dates are in its events, not in its state: handed in where known.
struct ServiceOrderDates {
  std::optional<Instant> ordered, started, completed;
};
std::string to_tmf(const service_order::State&, const Links&, const ServiceOrderDates& = {});
/// One of TMF641's eleven.
std::string_view to_tmf(service_order::Status);
/// The state it is shown in: also whether it is being cancelled.
std::string_view shown_state(const service_order::State&);

}  // namespace comd::tmf
