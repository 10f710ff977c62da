#include <algorithm>
#include <optional>
#include <set>

#include "domain/plan.h"

namespace comd {
namespace {

using service_order::Spec;

/// One service an item should have: which rule, for which unit and site.
struct Wanted {
  const ServiceRule* rule;
  std::uint32_t unit, site;
};

class Decomposer {
 public:
  Decomposer(const OrderId& id, const Order& order, const Catalog& catalog, const Inventory& inventory, std::uint32_t revision)
      : id_(id), order_(order), catalog_(catalog), inventory_(inventory), revision_(revision) {}

  Result<Plan, Rejection> run() && {
    plan_.catalog_version = catalog_.version;
    plan_.catalog_digest = catalog_.digest;
    for (const OrderItem& item : order_.items) {
      switch (item.action) {
        case Action::add: add(item); break;
        case Action::modify: modify(item); break;
        case Action::remove: remove(item); break;
        case Action::no_change: break;
      }
    }
    relate_items();
    if (!error_) sort();
    if (error_) return Err(*error_);
    return std::move(plan_);
  }

 private:
  void fail(const OrderItem& item, const std::string& where, std::string message, std::string hint) {
    if (!error_)
      error_ =
          Rejection{RejectionCode::invalid, std::move(message), "productOrderItem[id=" + item.id + "]" + where, std::move(hint)};
  }

  // ── what an item should have ─────────────────────────────────────────────────────────────────────────────────────

  static std::vector<Wanted> wanted(const Offering& offering, const Values& values, std::size_t places, std::uint32_t units) {
    std::vector<Wanted> out;
    for (std::uint32_t unit = 1; unit <= units; ++unit)
      for (const ServiceRule& rule : offering.services) {
        if (!holds(rule.when, values)) continue;
        if (rule.per == Per::item && unit > 1) continue;
        if (rule.per != Per::site)
          out.push_back({&rule, unit, 0});
        else
          for (std::uint32_t site = 1; site <= places; ++site) out.push_back({&rule, unit, site});
      }
    return out;
  }

  /// The instances of service `key` that one of `unit`, `site` means: its own site if there is one, else all of the unit.
  static std::vector<Wanted> instances(const std::vector<Wanted>& all, std::string_view key, std::uint32_t unit,
                                       std::uint32_t site) {
    std::vector<Wanted> out;
    for (const Wanted& w : all) {
      if (w.rule->key != key || (w.rule->per != Per::item && w.unit != unit)) continue;
      if (w.site == 0 || site == 0 || w.site == site) out.push_back(w);
    }
    return out;
  }

  ServiceOrderId so_id(const OrderItem& item, const Wanted& w) const {
    return service_order_id(id_, item.id, w.unit, w.site, w.rule->key, revision_, false);
  }

  Spec make_spec(const OrderItem& item, const ProductId& product, const Wanted& w, Action action) {
    Spec spec;
    spec.id = so_id(item, w);
    spec.order = id_;
    spec.tenant = order_.tenant;
    spec.item = item.id;
    spec.unit = w.unit;
    spec.site = w.site;
    spec.key = w.rule->key;
    spec.service = service_id(product, w.site, w.rule->key);
    spec.action = action;
    spec.revision = revision_;
    spec.optional = w.rule->optional;
    spec.priority = order_.priority;
    spec.catalog_version = catalog_.version;
    set_specification(item, spec, w.rule->specification);
    return spec;
  }

  void set_specification(const OrderItem& item, Spec& spec, const std::string& specification) {
    auto found = catalog_.specifications.find(specification);
    if (found == catalog_.specifications.end())
      return fail(item, "",
                  "Expected service specification " + specification + " in catalogue version " + catalog_.version +
                      ", but it is not there",
                  "Keep specifications in the catalogue as long as products use them");
    spec.specification = specification;
    spec.target = found->second.target;
  }

  /// Fills characteristics from constants, the product and the site; outputs become bindings, or values where `existing` knows
  /// them already.
  void fill(const OrderItem& item, Spec& spec, const Wanted& w, const std::vector<Wanted>& all, const Values& values,
            const std::vector<PlaceRef>& places, const product::Snapshot* existing, const std::set<ServiceOrderId>& fresh) {
    for (const Mapping& m : w.rule->characteristics) {
      switch (m.source) {
        case Mapping::Source::constant: spec.characteristics[m.name] = m.constant; break;
        case Mapping::Source::product: {
          auto found = values.find(m.from);
          if (found != values.end())
            spec.characteristics[m.name] = found->second;
          else if (m.required)
            fail(item, ".product.productCharacteristic[name=" + m.from + "]",
                 "Expected characteristic '" + m.from + "', but it is missing",
                 "Service '" + w.rule->key + "' needs it as " + m.name);
          break;
        }
        case Mapping::Source::place: {
          const std::size_t index = w.site == 0 ? 0 : w.site - 1;
          if (index < places.size())
            spec.characteristics[m.name] = text_value(m.from == "name" ? places[index].name : places[index].id);
          else if (m.required)
            fail(item, ".product.place", "Expected a place, but there is none",
                 "Service '" + w.rule->key + "' needs it as " + m.name);
          break;
        }
        case Mapping::Source::output: bind(item, spec, w, all, m, existing, fresh); break;
      }
    }
  }

  void bind(const OrderItem& item, Spec& spec, const Wanted& w, const std::vector<Wanted>& all, const Mapping& m,
            const product::Snapshot* existing, const std::set<ServiceOrderId>& fresh) {
    for (const Wanted& source : instances(all, m.from, w.unit, w.site)) {
      const ServiceOrderId from = so_id(item, source);
      if (existing == nullptr || fresh.contains(from)) {
        spec.bindings.push_back({m.name, from, m.output, m.required});
        return;
      }
      if (const auto* record = find_record(*existing, source.rule->key, source.site)) {
        if (auto output = record->outputs.find(m.output); output != record->outputs.end()) {
          spec.characteristics[m.name] = output->second;
          return;
        }
      }
    }
    if (m.required)
      fail(item, "",
           "Expected output '" + m.output + "' of service '" + m.from + "' for '" + w.rule->key +
               "', but that service is not part of this product",
           "Check the conditions of the offering in the catalogue");
  }

  static const product::ServiceRecord* find_record(const product::Snapshot& product, std::string_view key, std::uint32_t site) {
    for (const auto& record : product.services)
      if (record.key == key && record.site == site && record.state != product::ServiceState::terminated &&
          record.state != product::ServiceState::absent)
        return &record;
    return nullptr;
  }

  // ── the actions ──────────────────────────────────────────────────────────────────────────────────────────────────

  void add(const OrderItem& item) {
    if (!item.offering) return;
    const Offering* offering = find_offering(catalog_, *item.offering);
    if (offering == nullptr) return fail(item, ".productOffering.id", "Expected a known offering, but it is not", {});
    const auto all = wanted(*offering, item.characteristics, item.places.size(), item.quantity);
    std::map<std::uint32_t, std::size_t> product_of;
    for (std::uint32_t unit = 1; unit <= item.quantity; ++unit) {
      product_of[unit] = plan_.products.size();
      plan_.products.push_back(
          {product_id(id_, item.id, unit), item.id, unit, Action::add, *item.offering, item.characteristics, item.places, {}});
    }
    for (const Wanted& w : all) {
      ProductPlan& product = plan_.products[product_of[w.unit]];
      Spec spec = make_spec(item, product.product, w, Action::add);
      fill(item, spec, w, all, item.characteristics, item.places, nullptr, {});
      for (const std::string& key : w.rule->depends_on)
        for (const Wanted& other : instances(all, key, w.unit, w.site)) spec.depends_on.push_back(so_id(item, other));
      product.service_orders.push_back(spec.id);
      plan_.service_orders.push_back(std::move(spec));
    }
  }

  void modify(const OrderItem& item) {
    const product::Snapshot& now = inventory_.at(item.product);
    const OfferingRef ref = item.offering.value_or(now.offering);
    const Offering* offering = find_offering(catalog_, ref);
    if (offering == nullptr) return fail(item, ".productOffering.id", "Expected a known offering, but it is not", {});
    Values values = now.characteristics;
    for (const auto& [name, value] : item.characteristics) values[name] = value;
    const std::vector<PlaceRef>& places = item.places.empty() ? now.places : item.places;
    const auto all = wanted(*offering, values, places.size(), 1);
    ProductPlan product{item.product, item.id, 1, Action::modify, ref, values, places, {}};

    std::set<ServiceOrderId> fresh;
    for (const Wanted& w : all)
      if (find_record(now, w.rule->key, w.site) == nullptr) fresh.insert(so_id(item, w));
    std::vector<Spec> changes;
    for (const Wanted& w : all) {
      const auto* record = find_record(now, w.rule->key, w.site);
      Spec spec = make_spec(item, item.product, w, record == nullptr ? Action::add : Action::modify);
      fill(item, spec, w, all, values, places, &now, fresh);
      if (record != nullptr) {
        spec.service = record->id;
        spec.previous = record->characteristics;
        if (spec.bindings.empty() && differs(spec.characteristics, record->characteristics) == false)
          continue;  // as it should be
      }
      for (const std::string& key : w.rule->depends_on)
        for (const Wanted& other : instances(all, key, w.unit, w.site)) spec.depends_on.push_back(so_id(item, other));
      changes.push_back(std::move(spec));
    }
    std::set<ServiceOrderId> planned;
    for (const Spec& spec : changes) planned.insert(spec.id);
    for (Spec& spec : changes)
      std::erase_if(spec.depends_on, [&](const ServiceOrderId& other) { return !planned.contains(other); });

    // What is there and no longer wanted goes last, in reverse.
    std::vector<const product::ServiceRecord*> gone;
    for (const auto& record : now.services) {
      if (find_record(now, record.key, record.site) != &record) continue;
      if (std::ranges::none_of(all, [&](const Wanted& w) { return w.rule->key == record.key && w.site == record.site; }))
        gone.push_back(&record);
    }
    std::vector<Spec> teardown = tear_down(item, gone);
    for (Spec& spec : teardown) spec.depends_on.insert(spec.depends_on.end(), planned.begin(), planned.end());
    for (auto* list : {&changes, &teardown})
      for (Spec& spec : *list) {
        product.service_orders.push_back(spec.id);
        plan_.service_orders.push_back(std::move(spec));
      }
    plan_.products.push_back(std::move(product));
  }

  static bool differs(const Values& a, const Values& b) {
    return !std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
  }

  void remove(const OrderItem& item) {
    const product::Snapshot& now = inventory_.at(item.product);
    ProductPlan product{item.product, item.id, 1, Action::remove, now.offering, now.characteristics, now.places, {}};
    std::vector<const product::ServiceRecord*> there;
    for (const auto& record : now.services)
      if (find_record(now, record.key, record.site) == &record) there.push_back(&record);
    for (Spec& spec : tear_down(item, there)) {
      product.service_orders.push_back(spec.id);
      plan_.service_orders.push_back(std::move(spec));
    }
    plan_.products.push_back(std::move(product));
  }

  /// The graph backwards: a service goes after everything that depends on it is gone.
  std::vector<Spec> tear_down(const OrderItem& item, const std::vector<const product::ServiceRecord*>& records) {
    std::vector<Spec> out;
    std::map<ServiceId, ServiceOrderId> by_service;
    for (const auto* record : records)
      by_service[record->id] = service_order_id(id_, item.id, 1, record->site, record->key, revision_, false);
    for (const auto* record : records) {
      Spec spec;
      spec.id = by_service[record->id];
      spec.order = id_;
      spec.tenant = order_.tenant;
      spec.item = item.id;
      spec.unit = 1;
      spec.site = record->site;
      spec.key = record->key;
      spec.service = record->id;
      spec.action = Action::remove;
      spec.revision = revision_;
      spec.priority = order_.priority;
      spec.catalog_version = catalog_.version;
      spec.characteristics = record->characteristics;
      spec.previous = record->characteristics;
      set_specification(item, spec, record->specification);
      for (const auto* other : records)
        if (std::ranges::find(other->depends_on, record->id) != other->depends_on.end())
          spec.depends_on.push_back(by_service[other->id]);
      out.push_back(std::move(spec));
    }
    return out;
  }

  // ── between items ────────────────────────────────────────────────────────────────────────────────────────────────

  /// An item and everything bundled under it.
  std::set<std::string> with_children(const std::string& item) const {
    std::set<std::string> out;
    std::vector<std::string> open{item};
    while (!open.empty()) {
      const std::string id = open.back();
      open.pop_back();
      if (!out.insert(id).second) continue;
      if (const OrderItem* found = find_item(order_, id))
        for (const ItemRelation& r : found->relations)
          if (r.kind == RelationKind::bundles) open.push_back(r.item);
    }
    return out;
  }

  void relate_items() {
    for (const OrderItem& item : order_.items)
      for (const ItemRelation& r : item.relations) {
        if (r.kind != RelationKind::relies_on) continue;
        const OrderItem* needed = find_item(order_, r.item);
        if (needed == nullptr) continue;
        const bool backwards = item.action == Action::remove && needed->action == Action::remove;
        link(backwards ? needed->id : item.id, backwards ? item.id : needed->id);
      }
  }

  /// Every service order of `later` waits for every one of `first`; those inside `later` that wait for a sibling need no second reason.
  void link(const std::string& later, const std::string& first) {
    const auto after = with_children(later), before = with_children(first);
    std::vector<ServiceOrderId> needed;
    for (const Spec& spec : plan_.service_orders)
      if (before.contains(spec.item) && !after.contains(spec.item)) needed.push_back(spec.id);
    for (Spec& spec : plan_.service_orders) {
      if (!after.contains(spec.item) || before.contains(spec.item)) continue;
      for (const ServiceOrderId& id : needed)
        if (std::ranges::find(spec.depends_on, id) == spec.depends_on.end()) spec.depends_on.push_back(id);
    }
  }

  /// Topological order; among those that are ready, the order in which they were planned.
  void sort() {
    std::vector<Spec> sorted;
    std::set<ServiceOrderId> placed;
    std::vector<bool> used(plan_.service_orders.size(), false);
    while (sorted.size() < plan_.service_orders.size()) {
      const std::size_t before = sorted.size();
      for (std::size_t i = 0; i < plan_.service_orders.size(); ++i) {
        Spec& spec = plan_.service_orders[i];
        if (used[i] || !std::ranges::all_of(spec.depends_on, [&](const auto& id) { return placed.contains(id); })) continue;
        used[i] = true;
        placed.insert(spec.id);
        sorted.push_back(std::move(spec));
      }
      if (sorted.size() == before) {
        error_ = Rejection{RejectionCode::invalid,
                           "Expected item relationships without a cycle, but following them leads back to the same item",
                           "productOrderItem[].productOrderItemRelationship", "Remove one reliesOn of the cycle"};
        return;
      }
    }
    plan_.service_orders = std::move(sorted);
  }

  const OrderId& id_;
  const Order& order_;
  const Catalog& catalog_;
  const Inventory& inventory_;
  const std::uint32_t revision_;
  Plan plan_;
  std::optional<Rejection> error_;
};

}  // namespace

Result<Plan, Rejection> decompose(const OrderId& id, const Order& order, const Catalog& catalog, const Inventory& inventory,
                                  std::uint32_t revision) {
  return Decomposer{id, order, catalog, inventory, revision}.run();
}

}  // namespace comd
