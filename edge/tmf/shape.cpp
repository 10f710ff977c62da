#include "edge/tmf/shape.h"

#include <span>

namespace comd::tmf {
namespace {

enum class Kind { text, date, object, array, boolean };
struct Declared {
  const char* name;
  Kind kind;
};

constexpr Declared kOrderKept[] = {{"cancellationDate", Kind::date},
                                   {"cancellationReason", Kind::text},
                                   {"notificationContact", Kind::text},
                                   {"agreement", Kind::array},
                                   {"billingAccount", Kind::object},
                                   {"channel", Kind::array},
                                   {"note", Kind::array},
                                   {"orderTotalPrice", Kind::array},
                                   {"payment", Kind::array},
                                   {"quote", Kind::array},
                                   {"@type", Kind::text},
                                   {"@baseType", Kind::text},
                                   {"@schemaLocation", Kind::text}};
constexpr Declared kItemKept[] = {
    {"appointment", Kind::object},  {"billingAccount", Kind::object}, {"itemPrice", Kind::array},
    {"itemTerm", Kind::array},      {"itemTotalPrice", Kind::array},  {"payment", Kind::array},
    {"qualification", Kind::array}, {"quoteItem", Kind::object},      {"state", Kind::text},
    {"@type", Kind::text},          {"@baseType", Kind::text},        {"@schemaLocation", Kind::text}};
constexpr Declared kProductKept[] = {{"description", Kind::text},
                                     {"href", Kind::text},
                                     {"isBundle", Kind::boolean},
                                     {"isCustomerVisible", Kind::boolean},
                                     {"name", Kind::text},
                                     {"agreement", Kind::array},
                                     {"product", Kind::array},
                                     {"productPrice", Kind::array},
                                     {"productRelationship", Kind::array},
                                     {"productTerm", Kind::array},
                                     {"realizingResource", Kind::array},
                                     {"realizingService", Kind::array},
                                     {"@type", Kind::text}};

void check(const Json& object, std::span<const Declared> attributes, const Path& path, Reader& reader) {
  for (const auto& [name, kind] : attributes) {
    const Json* value = attribute(object, name);
    if (value == nullptr) continue;
    if (kind == Kind::text && !value->is_string()) reader.wrong_type(*value, "a string", path.text(name));
    if (kind == Kind::object && !value->is_object()) reader.wrong_type(*value, "an object", path.text(name));
    if (kind == Kind::array && !value->is_array()) reader.wrong_type(*value, "an array", path.text(name));
    if (kind == Kind::boolean && !value->is_boolean()) reader.wrong_type(*value, "a boolean", path.text(name));
    if (kind == Kind::date) (void)reader.date(object, name, path);
  }
}

}  // namespace

bool is_product_order(const Json& root, Reader& reader) {
  if (root.is_array() && !root.empty() && root.front().is_object() && root.front().contains("op")) {
    reader.invalid("Expected one ProductOrder object, but this looks like a JSON Patch", "",
                   "An order is submitted once, whole; what it asks for is changed by a new order with action modify");
    return false;
  }
  if (root.is_array()) {
    reader.invalid("Expected one ProductOrder object, but got an array of " + std::to_string(root.size()), "",
                   "Submit each order on its own: comctl order submit takes many files and JSON lines");
    return false;
  }
  if (!reader.is_object(root, {})) return false;
  if (root.contains("productOrderItem")) return true;
  const auto other = [&](std::string_view what, std::string hint) {
    reader.invalid("Expected a TMF622 v4 ProductOrder with productOrderItem, but this looks like " + std::string{what},
                   "productOrderItem", std::move(hint));
    return false;
  };
  if (root.contains("eventType") || root.contains("event")) {
    return other("an event notification", "Events are what comd sends; submit the ProductOrder itself");
  }
  if (root.contains("productOrder")) {
    return other("a CancelProductOrder", "To cancel an order use the call CancelOrder, or: comctl order cancel ID");
  }
  if (root.contains("serviceOrderItem"))
    return other("a TMF641 ServiceOrder", "comd makes service orders itself, from product orders");
  if (root.contains("cartItem")) return other("a TMF663 ShoppingCart", "Turn the cart into a ProductOrder first");
  if (root.contains("orderItem")) return other("a TMF622 v3 order", "In v4 the items are called productOrderItem");
  reader.invalid("Expected productOrderItem with at least one item, but it is missing", "productOrderItem",
                 "Add the items of the order");
  return false;
}

void check_kept_order(const Json& order, const Path& path, Reader& reader) { check(order, kOrderKept, path, reader); }
void check_kept_item(const Json& item, const Path& path, Reader& reader) { check(item, kItemKept, path, reader); }
void check_kept_product(const Json& product, const Path& path, Reader& reader) { check(product, kProductKept, path, reader); }

}  // namespace comd::tmf
