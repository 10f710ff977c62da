#include "domain/order.h"

#include <algorithm>

namespace comd {

std::string_view to_text(Action action) {
  switch (action) {
    case Action::add: return "add";
    case Action::modify: return "modify";
    case Action::remove: return "delete";
    case Action::no_change: return "noChange";
  }
  return "unknown";
}

const OrderItem* find_item(const Order& order, std::string_view id) {
  const auto item = std::find_if(order.items.begin(), order.items.end(), [&](const OrderItem& i) { return i.id == id; });
  return item == order.items.end() ? nullptr : &*item;
}

}  // namespace comd
