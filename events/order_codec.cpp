#include "events/order_codec.h"

namespace comd::events::v1 {

void put(const comd::OrderItem& from, OrderItem& to) {
  to.set_id(from.id);
  to.set_action(static_cast<Action>(from.action));
  to.set_quantity(from.quantity);
  for (const comd::ItemRelation& relation : from.relations) {
    ItemRelation& r = *to.add_relations();
    r.set_kind(static_cast<RelationKind>(relation.kind));
    r.set_item(relation.item);
  }
  if (from.offering) put(*from.offering, *to.mutable_offering());
  to.set_product(from.product.value);
  put(from.characteristics, *to.mutable_characteristics());
  put(from.places, *to.mutable_places());
  if (from.requested_start) to.set_requested_start(put_time(*from.requested_start));
}

void get(const OrderItem& from, comd::OrderItem& to, Trouble& trouble) {
  to.id = from.id();
  to.action = enum_of<comd::Action>(from.action(), Action_IsValid, "action", trouble);
  to.quantity = from.quantity();
  for (const ItemRelation& r : from.relations()) {
    to.relations.push_back({enum_of<comd::RelationKind>(r.kind(), RelationKind_IsValid, "relation", trouble), r.item()});
  }
  if (from.has_offering()) get(from.offering(), to.offering.emplace());
  to.product.value = from.product();
  get(from.characteristics(), to.characteristics);
  get(from.places(), to.places);
  if (from.has_requested_start()) to.requested_start = get_time(from.requested_start());
}

void put(const comd::ProductPlan& from, ProductPlan& to) {
  to.set_product(from.product.value);
  to.set_item(from.item);
  to.set_unit(from.unit);
  to.set_action(static_cast<Action>(from.action));
  put(from.offering, *to.mutable_offering());
  put(from.characteristics, *to.mutable_characteristics());
  put(from.places, *to.mutable_places());
  put(from.service_orders, *to.mutable_service_orders());
  to.set_withdrawn(from.withdrawn);
}

void get(const ProductPlan& from, comd::ProductPlan& to, Trouble& trouble) {
  to.product.value = from.product();
  to.item = from.item();
  to.unit = from.unit();
  to.action = enum_of<comd::Action>(from.action(), Action_IsValid, "action", trouble);
  get(from.offering(), to.offering);
  get(from.characteristics(), to.characteristics);
  get(from.places(), to.places);
  get(from.service_orders(), to.service_orders);
  to.withdrawn = from.withdrawn();
}

void put(const comd::Order& from, Order& to) {
  to.set_tenant(from.tenant.value);
  to.set_source(from.source);
  to.set_external_id(from.external_id);
  to.set_category(from.category);
  to.set_priority(from.priority);
  if (from.requested_start) to.set_requested_start(put_time(*from.requested_start));
  if (from.requested_completion) to.set_requested_completion(put_time(*from.requested_completion));
  for (const std::string& id : from.qualifications) to.add_qualifications(id);
  for (const comd::OrderItem& item : from.items) put(item, *to.add_items());
  put(from.parties, *to.mutable_parties());
  put(from.others, *to.mutable_others());
  to.set_document(from.document);
  for (const comd::OrderRelation& relation : from.relations) {
    OrderRelation& r = *to.add_relations();
    r.set_kind(static_cast<OrderRelationKind>(relation.kind));
    r.set_order(relation.order.value);
  }
}

void get(const Order& from, comd::Order& to, Trouble& trouble) {
  to.tenant.value = from.tenant();
  to.source = from.source();
  to.external_id = from.external_id();
  to.category = from.category();
  to.priority = byte_of(from.priority(), "a priority", trouble);
  if (from.has_requested_start()) to.requested_start = get_time(from.requested_start());
  if (from.has_requested_completion()) to.requested_completion = get_time(from.requested_completion());
  to.qualifications.assign(from.qualifications().begin(), from.qualifications().end());
  for (const OrderItem& item : from.items()) get(item, to.items.emplace_back(), trouble);
  get(from.parties(), to.parties);
  get(from.others(), to.others);
  to.document = from.document();
  for (const OrderRelation& r : from.relations()) {
    const auto kind = enum_of<comd::OrderRelationKind>(r.kind(), OrderRelationKind_IsValid, "relation of orders", trouble);
    to.relations.push_back({kind, OrderId{r.order()}});
  }
}

void put(const comd::Plan& from, Plan& to) {
  to.set_catalog_version(from.catalog_version);
  to.set_catalog_digest(from.catalog_digest);
  put(from.service_orders, *to.mutable_service_orders());
  for (const comd::ProductPlan& product : from.products) put(product, *to.add_products());
}

void get(const Plan& from, comd::Plan& to, Trouble& trouble) {
  to.catalog_version = from.catalog_version();
  to.catalog_digest = from.catalog_digest();
  get(from.service_orders(), to.service_orders, trouble);
  for (const ProductPlan& product : from.products()) get(product, to.products.emplace_back(), trouble);
}

}  // namespace comd::events::v1
