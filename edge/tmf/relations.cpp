#include "edge/tmf/relations.h"

#include <algorithm>

#include "edge/tmf/tmf622.h"

namespace comd::tmf {
namespace {

void add_relation(OrderItem& item, RelationKind kind, const std::string& other) {
  const ItemRelation relation{kind, other};
  if (std::find(item.relations.begin(), item.relations.end(), relation) == item.relations.end())
    item.relations.push_back(relation);
}

/// Depth-first over the relations of one kind. Recursion is bounded by max_items.
class CycleSearch {
 public:
  CycleSearch(const std::vector<OrderItem>& items, const std::map<std::string, std::size_t>& by_id, RelationKind kind)
      : items_(items), by_id_(by_id), kind_(kind), seen_(items.size(), Seen::no) {}

  /// The cycle first found from here, as "1 → 2 → 1", or empty.
  std::string from(std::size_t at) {
    if (seen_[at] == Seen::done) return {};
    if (seen_[at] == Seen::open) return cycle(at);
    seen_[at] = Seen::open;
    trail_.push_back(at);
    for (const ItemRelation& relation : items_[at].relations) {
      if (relation.kind != kind_) continue;
      const auto next = by_id_.find(relation.item);
      if (next == by_id_.end()) continue;
      if (auto found = from(next->second); !found.empty()) return found;
    }
    trail_.pop_back();
    seen_[at] = Seen::done;
    return {};
  }

 private:
  enum class Seen { no, open, done };

  std::string cycle(std::size_t back_to) const {
    std::string text;
    for (auto at = std::find(trail_.begin(), trail_.end(), back_to); at != trail_.end(); ++at) text += items_[*at].id + " → ";
    return text + items_[back_to].id;
  }

  const std::vector<OrderItem>& items_;
  const std::map<std::string, std::size_t>& by_id_;
  RelationKind kind_;
  std::vector<Seen> seen_;
  std::vector<std::size_t> trail_;
};

void find_cycles(const std::vector<OrderItem>& items, const std::vector<std::string>& where,
                 const std::map<std::string, std::size_t>& by_id, RelationKind kind, std::string_view name, Reader& reader) {
  CycleSearch search{items, by_id, kind};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string cycle = search.from(i);
    if (cycle.empty()) continue;
    reader.invalid("Expected relations without a cycle, but '" + std::string{name} + "' goes " + cycle,
                   where[i] + ".productOrderItemRelationship", "Remove one relation of the cycle");
    return;  // one is enough to say: the rest of the graph cannot be judged before it is gone
  }
}

}  // namespace

void relate(std::vector<OrderItem>& items, const std::vector<std::string>& where, const std::vector<RawRelation>& relations,
            Reader& reader) {
  std::map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].id.empty()) continue;  // reported when it was read
    const auto [first, fresh] = by_id.emplace(items[i].id, i);
    if (!fresh) {
      reader.invalid(
          "Expected item ids that are unique in the order, but '" + items[i].id + "' is also the id of " + where[first->second],
          where[i] + ".id", "Give each item an id of its own, nested ones included");
    }
  }
  for (const RawRelation& relation : relations) {
    const auto from = by_id.find(relation.from);
    const auto to = by_id.find(relation.to);
    if (to == by_id.end()) {
      reader.invalid("Expected the id of an item of this order, but there is no item '" + relation.to + "'",
                     relation.where + ".id", "Correct the id, or remove the relation");
      continue;
    }
    if (from == by_id.end()) continue;
    if (relation.type == "bundles") add_relation(items[from->second], RelationKind::bundles, relation.to);
    if (relation.type == "bundledBy") add_relation(items[to->second], RelationKind::bundles, relation.from);
    if (relation.type == "reliesOn" || relation.type == "dependsOn") {
      add_relation(items[from->second], RelationKind::relies_on, relation.to);
    }
  }
  find_cycles(items, where, by_id, RelationKind::bundles, "bundles", reader);
  find_cycles(items, where, by_id, RelationKind::relies_on, "reliesOn", reader);
}

void relate_order(const Json& root, const Path& top, Order& order, Reader& reader) {
  const Json* list = reader.array(root, "orderRelationship", top);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const Path at{&top, "orderRelationship", static_cast<std::ptrdiff_t>(i)};
    if (!reader.is_object((*list)[i], at)) continue;
    const auto id = reader.required_text((*list)[i], "id", at, reader.limits.max_id);
    const auto type = reader.required_text((*list)[i], "relationshipType", at, reader.limits.max_text);
    if (!id || !type || (*type != "startAfter" && *type != "cancelWith")) continue;
    OrderRelation relation{*type == "startAfter" ? OrderRelationKind::start_after : OrderRelationKind::cancel_with, {*id}};
    if (kind_of(*id) != StreamKind::product_order) relation.order = order_id(order.tenant, order.source, *id);
    if (std::ranges::find(order.relations, relation) == order.relations.end()) order.relations.push_back(std::move(relation));
  }
  if (order.relations.size() > reader.limits.max_related_orders)
    reader.too_many("orders it starts after or is cancelled with", "max_related_orders", reader.limits.max_related_orders,
                    order.relations.size(), "orderRelationship", "Let it start after the last of them");
}

}  // namespace comd::tmf
