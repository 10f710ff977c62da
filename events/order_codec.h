#pragma once
#include "comd/events/v1/product_order.pb.h"
#include "events/codec.h"

/// The larger values inside a product order's events, and the events of changes to it.
namespace comd::events::v1 {

void put(const comd::Order&, Order&);
void get(const Order&, comd::Order&, Trouble&);
void put(const comd::Plan&, Plan&);
void get(const Plan&, comd::Plan&, Trouble&);
void put(const product_order::CancelRequested&, OrderCancelRequested&);
void get(const OrderCancelRequested&, product_order::CancelRequested&, Trouble&);
void put(const product_order::CancelDenied&, OrderCancelDenied&);
void get(const OrderCancelDenied&, product_order::CancelDenied&, Trouble&);
void put(const product_order::CancelAssessing&, OrderCancelAssessing&);
void get(const OrderCancelAssessing&, product_order::CancelAssessing&, Trouble&);
void put(const product_order::Revised&, OrderRevised&);
void get(const OrderRevised&, product_order::Revised&, Trouble&);
void put(const product_order::RevisionQueued&, OrderRevisionQueued&);
void get(const OrderRevisionQueued&, product_order::RevisionQueued&, Trouble&);
void put(const product_order::RevisionDropped&, OrderRevisionDropped&);
void get(const OrderRevisionDropped&, product_order::RevisionDropped&, Trouble&);
void put(const product_order::OrdersAwaited&, OrderOrdersAwaited&);
void get(const OrderOrdersAwaited&, product_order::OrdersAwaited&, Trouble&);
void put(const product_order::Scheduled&, OrderScheduled&);
void get(const OrderScheduled&, product_order::Scheduled&, Trouble&);
void put(const product_order::ItemHeld&, OrderItemHeld&);
void get(const OrderItemHeld&, product_order::ItemHeld&, Trouble&);
void put(const product_order::AmendAnswered&, OrderAmendAnswered&);
void get(const OrderAmendAnswered&, product_order::AmendAnswered&, Trouble&);

}  // namespace comd::events::v1
