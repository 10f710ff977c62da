#pragma once
#include "comd/events/v1/product_order.pb.h"
#include "events/shared_fields.h"

/// The larger values inside a product order's events.
namespace comd::events::v1 {

template <>
struct Known<comd::RelationKind> {
  static constexpr auto valid = RelationKind_IsValid;
  static constexpr auto name = "relation";
};

template <>
struct Known<comd::OrderRelationKind> {
  static constexpr auto valid = OrderRelationKind_IsValid;
  static constexpr auto name = "relation of orders";
};

void fields(auto& c, Is<comd::ItemRelation> auto& e) {
  using M = ItemRelation;
  c(M::kKindFieldNumber, e.kind);
  c(M::kItemFieldNumber, e.item);
}

void fields(auto& c, Is<comd::OrderItem> auto& e) {
  using M = OrderItem;
  c(M::kIdFieldNumber, e.id);
  c(M::kActionFieldNumber, e.action);
  c(M::kQuantityFieldNumber, e.quantity);
  c(M::kRelationsFieldNumber, e.relations);
  c(M::kOfferingFieldNumber, e.offering);
  c(M::kProductFieldNumber, e.product);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
  c(M::kPlacesFieldNumber, e.places);
  c(M::kRequestedStartFieldNumber, e.requested_start);
}

void fields(auto& c, Is<comd::OrderRelation> auto& e) {
  using M = OrderRelation;
  c(M::kKindFieldNumber, e.kind);
  c(M::kOrderFieldNumber, e.order);
}

void fields(auto& c, Is<comd::Order> auto& e) {
  using M = Order;
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kSourceFieldNumber, e.source);
  c(M::kExternalIdFieldNumber, e.external_id);
  c(M::kCategoryFieldNumber, e.category);
  c(M::kPriorityFieldNumber, e.priority);
  c(M::kRequestedStartFieldNumber, e.requested_start);
  c(M::kRequestedCompletionFieldNumber, e.requested_completion);
  c(M::kQualificationsFieldNumber, e.qualifications);
  c(M::kItemsFieldNumber, e.items);
  c(M::kPartiesFieldNumber, e.parties);
  c(M::kOthersFieldNumber, e.others);
  c(M::kDocumentFieldNumber, e.document);
  c(M::kRelationsFieldNumber, e.relations);
}

void fields(auto& c, Is<comd::ProductPlan> auto& e) {
  using M = ProductPlan;
  c(M::kProductFieldNumber, e.product);
  c(M::kItemFieldNumber, e.item);
  c(M::kUnitFieldNumber, e.unit);
  c(M::kActionFieldNumber, e.action);
  c(M::kOfferingFieldNumber, e.offering);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
  c(M::kPlacesFieldNumber, e.places);
  c(M::kServiceOrdersFieldNumber, e.service_orders);
  c(M::kWithdrawnFieldNumber, e.withdrawn);
}

void fields(auto& c, Is<comd::Plan> auto& e) {
  using M = Plan;
  c(M::kCatalogVersionFieldNumber, e.catalog_version);
  c(M::kCatalogDigestFieldNumber, e.catalog_digest);
  c(M::kServiceOrdersFieldNumber, e.service_orders);
  c(M::kProductsFieldNumber, e.products);
}

}  // namespace comd::events::v1
