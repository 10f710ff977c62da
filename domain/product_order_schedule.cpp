#include <algorithm>

#include "domain/forecast.h"
#include "domain/product_order_decider.h"

/// When a service order may begin: not while it is held back, not before its item's date, and, where the catalogue says so, as late as
/// the order's date allows.
namespace comd::product_order {
namespace {

using Items = std::map<std::string_view, const OrderItem*>;

void add_bundled(const Items& items, std::string_view item, std::set<std::string, std::less<>>& out) {
  const auto found = items.find(item);
  if (found == items.end() || !out.insert(std::string(item)).second) return;
  for (const ItemRelation& r : found->second->relations)
    if (r.kind == RelationKind::bundles) add_bundled(items, r.item, out);
}

Items items_of(const Order& order) {
  Items out;
  for (const OrderItem& item : order.items) out.emplace(item.id, &item);
  return out;
}

/// By item: the latest of its own date and those of the items that it is bundled under.
std::map<std::string, Instant, std::less<>> starts_of(const Order& order) {
  std::map<std::string, Instant, std::less<>> out;
  const Items items = items_of(order);
  for (const OrderItem& item : order.items) {
    if (!item.requested_start) continue;
    std::set<std::string, std::less<>> all;
    add_bundled(items, item.id, all);
    for (const std::string& one : all) out[one] = std::max(out[one], *item.requested_start);
  }
  return out;
}

/// Items whose offering is begun as late as the date allows.
std::set<std::string, std::less<>> late_items(const State& s, const Catalog& catalog) {
  std::set<std::string, std::less<>> out;
  for (const ProductPlan& plan : s.products) {
    const Offering* offering = find_offering(catalog, plan.offering);
    const Scheduling how = offering != nullptr && offering->scheduling ? *offering->scheduling : catalog.scheduling;
    if (how == Scheduling::by_requested_completion) out.insert(plan.item);
  }
  return out;
}

}  // namespace

bool is_held(const State& s, std::string_view item) {
  return std::ranges::any_of(s.held_items, [&](const auto& held) { return held.second.covers.contains(item); });
}

std::set<std::string, std::less<>> bundled_under(const Order& order, std::string_view item) {
  std::set<std::string, std::less<>> out;
  add_bundled(items_of(order), item, out);
  return out;
}

bool is_held_back(const State& s, const Node& node) {
  return node.spec.undoes.empty() && (s.on_hold || s.assessment || is_held(s, node.spec.item));
}

/// Recorded for what it changes: nothing where no date is given, or the date has come.
void Decider::schedule() {
  const auto& date = s_.order.requested_completion;
  const bool dated = std::ranges::any_of(s_.order.items, [](const OrderItem& item) { return item.requested_start.has_value(); });
  if (!date && !dated && std::ranges::all_of(s_.nodes, [](const Node& node) { return node.not_before == Instant{}; })) return;
  const auto starts = starts_of(s_.order);
  const auto late = date ? late_items(s_, catalog()) : std::set<std::string, std::less<>>{};
  const std::vector<Millis> to_end =
      date ? durations_to_end(s_, [&](const Node& node) { return expected_duration(node, *c_.catalogs); })
           : std::vector<Millis>(s_.nodes.size());
  Scheduled out;
  for (std::size_t i = 0; i < s_.nodes.size(); ++i) {
    const Node& node = s_.nodes[i];
    if (node.progress != Progress::not_started || !node.spec.undoes.empty()) continue;
    const auto start = starts.find(node.spec.item);
    Instant at = start == starts.end() ? Instant{} : start->second;
    if (late.contains(node.spec.item)) at = std::max(at, *date - to_end[i] - to_end[i] / 4);
    if (at <= c_.now) at = Instant{};
    if (at != node.not_before) out.not_before.emplace_back(node.spec.id, at);
  }
  if (!out.not_before.empty()) emit(std::move(out));
}

// ── an item that is held ─────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::hold_item(const Intervene& c) {
  const std::string& item = c.what.item;
  if (find_item(s_.order, item) == nullptr)
    return Rejection{RejectionCode::invalid, "Expected an item of the order, but it has no item '" + item + "'", "item",
                     "See its items with: comctl order get " + id_.value};
  if (is_held(s_, item))
    return refuse("Expected an item that is not held, but it is", "Nothing more of it is started already", "item");
  if (!s_.decomposed || s_.unwinding || s_.assessment || !s_.writes.empty())
    return refuse("Expected an order whose service orders are being fulfilled, but it is " + std::string(to_text(s_.status)),
                  "Follow it to its end, or cancel it", "id");
  const auto all = bundled_under(s_.order, item);
  const bool any = std::ranges::any_of(s_.nodes, [&](const Node& node) {
    return node.progress == Progress::not_started && node.spec.undoes.empty() && all.contains(node.spec.item);
  });
  if (!any)
    return refuse("Expected an item with work that has not begun, but all of item " + item + " has",
                  "What runs at an activation system runs on: comctl order cancel, or a revision without the item", "item");
  emit(Intervened{{}, c.what, c_.now});
  emit(ItemHeld{item, true, "held by " + c.what.by + ": " + c.what.reason, c_.now + s_.hold_review, 0, c_.now});
  return {};
}

std::optional<Rejection> Decider::resume_item(const Intervene& c) {
  if (!s_.held_items.contains(c.what.item))
    return refuse("Expected an item that a person held, but " + c.what.item + " is not",
                  "See what is held with: comctl order explain " + id_.value, "item");
  emit(Intervened{{}, c.what, c_.now});
  emit(ItemHeld{c.what.item, false, c.what.reason, {}, 0, c_.now});
  advance();
  return {};
}

// ── what is first in the lanes ───────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::prioritise(const Intervene& c) {
  if (!c.what.priority || *c.what.priority > 4)
    return Rejection{RejectionCode::invalid,
                     "Expected a priority from 0 (highest) to 4 (lowest), but got " +
                         (c.what.priority ? std::to_string(*c.what.priority) : std::string("none")),
                     "priority", "For example: comctl order prioritise " + id_.value + " --priority 0 --reason …"};
  if (*c.what.priority != s_.order.priority) emit(Intervened{{}, c.what, c_.now});
  return {};
}

}  // namespace comd::product_order
