#include <algorithm>
#include <set>

#include "domain/plan.h"
#include "domain/sealed.h"

namespace comd {
namespace {

std::string path_of(const OrderItem& item) { return "productOrderItem[id=" + item.id + "]"; }

std::string_view type_of(const Value& value) {
  switch (value.json.empty() ? 'n' : value.json.front()) {
    case '"': return "string";
    case '{': return "object";
    case '[': return "array";
    case 't':
    case 'f': return "boolean";
    case 'n': return "null";
    default: return "number";
  }
}

class Checker {
 public:
  Checker(const Order& order, const Catalog& catalog, const Inventory& inventory)
      : order_(order), catalog_(catalog), inventory_(inventory) {}

  /// Only what the values of personal characteristics must look like.
  std::vector<Rejection> run_personal() && {
    for (const OrderItem& item : order_.items) {
      const Offering* offering = item.offering ? find_offering(catalog_, *item.offering) : nullptr;
      if (offering == nullptr || (item.action != Action::add && item.action != Action::modify)) continue;
      for (const CharacteristicRule& rule : offering->characteristics)
        if (is_personal(rule.name)) value(item, rule, item.characteristics);
    }
    return std::move(out_);
  }

  std::vector<Rejection> run() && {
    for (const OrderItem& item : order_.items) {
      switch (item.action) {
        case Action::add: add(item); break;
        case Action::modify:
        case Action::remove: change(item); break;
        case Action::no_change: break;
      }
    }
    return std::move(out_);
  }

 private:
  void report(RejectionCode code, std::string where, std::string message, std::string hint) {
    out_.push_back({code, std::move(message), std::move(where), std::move(hint)});
  }

  static bool is_group(const OrderItem& item) {
    return std::ranges::any_of(item.relations, [](const ItemRelation& r) { return r.kind == RelationKind::bundles; });
  }

  void add(const OrderItem& item) {
    const std::string where = path_of(item);
    if (!item.offering) {
      if (!is_group(item))
        report(RejectionCode::invalid, where + ".productOffering",
               "Expected a product offering for an added product, but there is none",
               "Name the offering, or bundle other items under this one");
      return;
    }
    if (const Offering* offering = find(*item.offering, where)) {
      characteristics(item, *offering, item.characteristics);
      sites(item, *offering, item.places, item.characteristics);
    }
  }

  void change(const OrderItem& item) {
    const std::string where = path_of(item);
    if (item.product.empty())
      return report(RejectionCode::invalid, where + ".product.id",
                    "Expected the id of the product to " + std::string(to_text(item.action)) + ", but there is none",
                    "Take it from the product inventory");
    if (item.quantity != 1)
      report(RejectionCode::invalid, where + ".quantity",
             "Expected quantity 1, because the item names one product, but it is " + std::to_string(item.quantity),
             "Use one item per product");
    if (!seen_.insert(item.product).second)
      return report(RejectionCode::invalid, where + ".product.id",
                    "Expected each product once in an order, but " + item.product.value + " is named twice",
                    "Put the changes of one product into one item");
    auto found = inventory_.find(item.product);
    if (found == inventory_.end() || found->second.status == product::Status::absent || found->second.tenant != order_.tenant)
      return report(RejectionCode::precondition, where + ".product.id",
                    "Expected a product of the inventory, but there is no " + item.product.value,
                    "List products with: comctl inventory product list");
    const product::Snapshot& product = found->second;
    if (!product.claimed_by.empty() && claims_of(order_, catalog_, inventory_) == Claims::refuse)
      return report(RejectionCode::precondition, where + ".product.id",
                    "Expected a product that no order is changing, but " + item.product.value + " is claimed by " +
                        product.claimed_by.value,
                    "Wait for that order to end, or cancel it");
    if (!product::allows(item.action, product.status))
      return report(RejectionCode::precondition, where + ".product.id",
                    "Expected a product that can be " + std::string(item.action == Action::remove ? "deleted" : "modified") +
                        ", but " + item.product.value + " is " + std::string(to_text(product.status)),
                    "See its history with: comctl inventory product get " + item.product.value);
    if (item.action == Action::modify) modify(item, product, where);
  }

  void modify(const OrderItem& item, const product::Snapshot& product, const std::string& where) {
    const Offering* offering = find(item.offering.value_or(product.offering), where);
    if (offering == nullptr) return;
    Values merged = product.characteristics;
    for (const auto& [name, value] : item.characteristics) merged[name] = value;
    characteristics(item, *offering, merged);
    sites(item, *offering, item.places.empty() ? product.places : item.places, merged);
  }

  const Offering* find(const OfferingRef& ref, const std::string& where) {
    const Offering* offering = find_offering(catalog_, ref);
    if (offering == nullptr)
      report(RejectionCode::invalid, where + ".productOffering.id",
             "Expected an offering of catalogue version " + catalog_.version + ", but it has no '" + ref.id + "'" +
                 (ref.version.empty() ? "" : " for version " + ref.version),
             "List offerings with: comctl catalog show " + catalog_.version);
    return offering;
  }

  void characteristics(const OrderItem& item, const Offering& offering, const Values& values) {
    for (const CharacteristicRule& rule : offering.characteristics) {
      const std::string where = path_of(item) + ".product.productCharacteristic[name=" + rule.name + "]";
      auto found = values.find(rule.name);
      if (found == values.end() || found->second.json == "null") {
        if (rule.required)
          report(RejectionCode::invalid, where, "Expected characteristic '" + rule.name + "', but it is missing",
                 "Offering " + offering.id + " requires it");
        continue;
      }
      value(item, rule, values);
    }
  }

  bool is_personal(const std::string& name) const {
    return std::ranges::find(catalog_.personal, name) != catalog_.personal.end();
  }

  /// What is sealed was looked at before it was (check_personal). A personal value is never named in a message.
  void value(const OrderItem& item, const CharacteristicRule& rule, const Values& values) {
    const auto found = values.find(rule.name);
    if (found == values.end() || found->second.json == "null" || is_sealed(found->second)) return;
    const Value& value = found->second;
    const std::string where = path_of(item) + ".product.productCharacteristic[name=" + rule.name + "].value";
    const std::string is = is_personal(rule.name) ? "another" : value.json;
    if (!rule.type.empty() && rule.type != type_of(value))
      report(RejectionCode::invalid, where, "Expected a " + rule.type + ", but it is a " + std::string(type_of(value)),
             "Correct the value's type");
    else if (!rule.allowed.empty() && std::ranges::none_of(rule.allowed, [&](const Value& v) { return same(v, value); }))
      report(RejectionCode::invalid, where, "Expected one of " + list(rule.allowed) + ", but it is " + is, "Choose one of them");
    else if (const auto n = as_number(value); n && ((rule.min && *n < *rule.min) || (rule.max && *n > *rule.max)))
      report(RejectionCode::invalid, where, "Expected a number within the offering's limits, but it is " + is, limits(rule));
  }

  static std::string list(const std::vector<Value>& values) {
    std::string out;
    for (const Value& value : values) out += (out.empty() ? "" : ", ") + value.json;
    return out;
  }

  static std::string limits(const CharacteristicRule& rule) {
    std::string out = "The limits are";
    if (rule.min) out += " at least " + std::to_string(*rule.min);
    if (rule.max) out += std::string(rule.min ? "," : "") + " at most " + std::to_string(*rule.max);
    return out;
  }

  void sites(const OrderItem& item, const Offering& offering, const std::vector<PlaceRef>& places, const Values& values) {
    if (!places.empty()) return;
    for (const ServiceRule& rule : offering.services)
      if (rule.per == Per::site && holds(rule.when, values))
        return report(RejectionCode::invalid, path_of(item) + ".product.place",
                      "Expected at least one place, because '" + rule.key + "' is made per site, but there is none",
                      "Name the sites in product.place");
  }

  const Order& order_;
  const Catalog& catalog_;
  const Inventory& inventory_;
  std::set<ProductId> seen_;
  std::vector<Rejection> out_;
};

}  // namespace

std::vector<Rejection> check(const Order& order, const Catalog& catalog, const Inventory& inventory) {
  return Checker{order, catalog, inventory}.run();
}

Claims claims_of(const Order& order, const Catalog& catalog, const Inventory& inventory) {
  for (const OrderItem& item : order.items) {
    if (item.action != Action::modify && item.action != Action::remove) continue;
    const auto known = inventory.find(item.product);
    const Offering* offering = known != inventory.end() ? find_offering(catalog, known->second.offering)
                               : item.offering          ? find_offering(catalog, *item.offering)
                                                        : nullptr;
    const Claims claims = offering != nullptr ? offering->claims.value_or(catalog.claims) : catalog.claims;
    if (claims == Claims::refuse) return Claims::refuse;
  }
  return Claims::queue;
}

std::vector<Rejection> check_personal(const Order& order, const Catalog& catalog) {
  static const Inventory nothing;
  return Checker{order, catalog, nothing}.run_personal();
}

}  // namespace comd
