#pragma once
#include <map>
#include <vector>

#include "domain/product.h"
#include "domain/service_order.h"

/// Decomposition: a product order, a catalogue version and what the inventory says → the service orders, as a graph.
/// Deterministic: the same three give the same plan with the same ids.
namespace comd {

/// One product instance the order creates, changes or removes.
struct ProductPlan {
  ProductId product;
  std::string item;
  std::uint32_t unit = 0;
  Action action{};
  OfferingRef offering;
  Values characteristics;  ///< as they will be when done
  std::vector<PlaceRef> places;
  std::vector<ServiceOrderId> service_orders;
  bool withdrawn = false;  ///< a revision no longer wants it, but work on it had begun
  bool operator==(const ProductPlan&) const = default;
};

struct Plan {
  std::string catalog_version;
  std::string catalog_digest;
  std::vector<service_order::Spec> service_orders;  ///< topological order, ties by document order
  std::vector<ProductPlan> products;
  bool operator==(const Plan&) const = default;
};

using Inventory = std::map<ProductId, product::Snapshot>;

/// Checks an order against the catalogue and the inventory before anything is recorded: unknown offering, characteristic
/// rules, relation cycles, a product that is not there, belongs to another tenant, is claimed and cannot be waited for, or whose
/// status does not allow the action. All findings, first in document order.
std::vector<Rejection> check(const Order&, const Catalog&, const Inventory&);

/// Whether it waits for products that other orders are changing: only if every product that it changes may be waited for, by the
/// offering that the product is of.
Claims claims_of(const Order&, const Catalog&, const Inventory&);

/// The part of it that has to read personal values: asked by the edge before it seals them. `check` passes over what is sealed.
std::vector<Rejection> check_personal(const Order&, const Catalog&);

/// The plan. `check` must have found nothing.
Result<Plan, Rejection> decompose(const OrderId&, const Order&, const Catalog&, const Inventory&, std::uint32_t revision);

/// Compensations for what was done, in reverse dependency order: each depends on the compensations of those that depended on
/// the one it undoes. `outputs` holds what the done ones gave. What the catalogue says cannot be undone is listed instead.
struct Compensation {
  std::vector<service_order::Spec> service_orders;
  std::vector<std::pair<ServiceOrderId, std::string>> remainder;  ///< cannot be undone, and why
};
Compensation compensate(const std::vector<service_order::Spec>& done, const std::map<ServiceOrderId, Values>& outputs,
                        const std::map<ServiceOrderId, Values>& inputs, const CatalogSet&);

}  // namespace comd
