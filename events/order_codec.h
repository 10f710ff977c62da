#pragma once
#include "comd/events/v1/product_order.pb.h"
#include "events/codec.h"

/// The larger values inside a product order's events.
namespace comd::events::v1 {

void put(const comd::Order&, Order&);
void get(const Order&, comd::Order&, Trouble&);
void put(const comd::Plan&, Plan&);
void get(const Plan&, comd::Plan&, Trouble&);

}  // namespace comd::events::v1
