#pragma once
#include "domain/product_order.h"

namespace comd::product_order {

/// What comd itself tells an order (an end, an outcome, a deadline): nothing of it is refused once events have come of it.
bool decides_in_place(const Command&);

/// `decide`, and `evolve` with what came of it, without a copy of the state: that of a large order is large. After a rejection the
/// state is as it was. REQUIRES: decides_in_place(command).
Result<Decision, Rejection> decide_in_place(const OrderId&, State&, const Command&, const Context&);

}  // namespace comd::product_order
