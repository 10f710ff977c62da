#pragma once
#include "actors/kinds.h"

/// Orders that depend on other orders: domain/product_order_related.cpp.
namespace comd {

/// Whether it may begin the order, or look at the orders it depends on. What partners and service orders tell does neither.
bool may_begin(const product_order::Command&);

/// The orders that the order is related to, as the store has them. `known`: it has been recorded so; one that is in quarantine is then
/// held for all it knows, and waited for, while what is submitted or revised is refused until it can be read.
Result<std::map<OrderId, product_order::Related>, Rejection> related_orders(const Shared&, const Order&, bool known);

/// An order has ended: asks those that depend on it to look. May get lost: they look by themselves every now and then.
void hint_related(const Shared&, const TenantId&, const OrderId& ended);

}  // namespace comd
