#pragma once
#include "domain/product_order.h"

/// A small catalogue and orders for tests: fiber = access, then ip (uses access's port) and cpe (optional, uses it too).
namespace comd::fiber {

using namespace std::chrono_literals;

inline constexpr Instant kNow{Millis{1'800'000'000'000}};

ServiceSpecification specification(std::string name, std::string target, Delivery delivery = Delivery::queryable);

std::shared_ptr<Catalog> catalog(FailurePolicy policy = FailurePolicy::rollback);

OrderItem item(std::string id, Action action = Action::add, std::string offering = "fiber");

Order order(std::vector<OrderItem> items);

inline const OrderId kOrder{"po-abc"};

ServiceOrderId so(std::string_view key, std::string_view item = "1", bool undo = false, std::uint32_t site = 0);

}  // namespace comd::fiber
