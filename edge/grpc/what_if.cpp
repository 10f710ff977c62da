#include "edge/grpc/what_if.h"

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/errors.h"
#include "storage/as_of.h"

namespace comd::north {
namespace {

constexpr std::size_t kOrders = 32, kCounted = 20'000;  ///< of one step
constexpr std::size_t kNamed = 10'000, kViolations = 20;

Rejection invalid(std::string message, std::string where, std::string hint) {
  return {RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)};
}

Result<std::vector<std::string>, Rejection> prefixes_of(const TenantId& tenant, const api::WhatIfRequest& request) {
  std::vector<std::string> out;
  for (int i = 0; i < request.states_size(); ++i) {
    const auto named = states_named(request.states(i));
    if (named.empty())
      return Err(invalid("Expected a state of a product order, but got \"" + request.states(i) + "\".",
                         "states[" + std::to_string(i) + "]", "For example completed, failed, inProgress."));
    for (const auto& state : named) {
      auto prefix = views::index_prefix(tenant, "state", state);
      if (std::ranges::find(out, prefix) == out.end()) out.push_back(std::move(prefix));
    }
  }
  if (out.empty()) out.push_back(views::index_prefix(tenant, "all", ""));
  return out;
}

void fill_changes(const std::string& stream, const std::vector<FieldDifference>& from,
                  google::protobuf::RepeatedPtrField<api::FieldChange>& to) {
  for (const auto& one : from) {
    auto& change = *to.Add();
    change.set_stream(stream);
    change.set_field(one.field);
    change.set_before(one.before);
    change.set_after(one.after);
  }
}

api::Verdict message_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::same: return api::VERDICT_SAME;
    case Verdict::differs: return api::VERDICT_DIFFERS;
    case Verdict::refused: return api::VERDICT_REFUSED;
    case Verdict::undecidable: return api::VERDICT_UNDECIDABLE;
    case Verdict::unplanned: return api::VERDICT_UNPLANNED;
  }
  return api::VERDICT_UNSPECIFIED;
}

void count_verdict(Verdict verdict, api::WhatIfTotals& totals) {
  switch (verdict) {
    case Verdict::same: return totals.set_same(totals.same() + 1);
    case Verdict::differs: return totals.set_differ(totals.differ() + 1);
    case Verdict::refused: return totals.set_refused(totals.refused() + 1);
    case Verdict::undecidable: return totals.set_undecidable(totals.undecidable() + 1);
    case Verdict::unplanned: return totals.set_unplanned(totals.unplanned() + 1);
  }
}

void count_difference(ServiceOrderDifference::Kind kind, api::WhatIfTotals& totals) {
  switch (kind) {
    case ServiceOrderDifference::Kind::added: return totals.set_added(totals.added() + 1);
    case ServiceOrderDifference::Kind::dropped: return totals.set_dropped(totals.dropped() + 1);
    case ServiceOrderDifference::Kind::changed: return totals.set_changed(totals.changed() + 1);
  }
}

void fill(const Rehearsal& from, const std::string& order, api::OrderDifference& to, api::WhatIfTotals& totals) {
  fill_changes(order, from.changes, *to.mutable_changes());
  for (const auto& one : from.service_orders) {
    auto& difference = *to.add_service_orders();
    difference.set_id(one.spec.id.value);
    difference.set_kind(std::string(to_text(one.kind)));
    difference.set_item(one.spec.item);
    difference.set_key(one.spec.key);
    difference.set_specification(one.spec.specification);
    fill_changes(one.spec.id.value, one.changes, *difference.mutable_changes());
    count_difference(one.kind, totals);
  }
  for (std::size_t i = 0; i < from.rejections.size() && i < kViolations; ++i)
    *to.add_violations() = violation_of(from.rejections[i]);
}

}  // namespace

Inventory inventory_before(const EventLog& log, const Loaded<product_order::State>& order) {
  Inventory out;
  const auto then = make_as_of_log(log, Position{number(order.first) - 1});
  const Reader reader(*then);
  for (const auto& item : order.state.order.items) {
    if (item.product.empty()) continue;
    if (const auto product = reader.product(item.product, order.state.order.tenant)) out[item.product] = product->state.product;
  }
  return out;
}

Result<WhatIf, Rejection> WhatIf::choose(const EventLog& log, TenantId tenant, std::shared_ptr<const Catalog> catalog,
                                         const api::WhatIfRequest& request) {
  WhatIf out(log, std::move(tenant), std::move(catalog));
  const bool range = request.has_from() || request.has_to() || request.all();
  if (request.order_ids_size() > 0 && (range || request.states_size() > 0))
    return Err(invalid("Expected orders by their ids or by a time, but got both.", "order_ids", "Name the one or the other."));
  if (request.order_ids_size() == 0 && !range)
    return Err(invalid("Expected to be told which orders, but there is neither an id nor a time.", "order_ids",
                       "Name orders, give from or to, or set all."));
  if (static_cast<std::size_t>(request.order_ids_size()) > kNamed)
    return Err(Rejection{
        RejectionCode::limit,
        "Expected at most " + std::to_string(kNamed) + " order_ids, but got " + std::to_string(request.order_ids_size()) + ".",
        "order_ids", "Choose them by a time instead."});
  for (const auto& id : request.order_ids()) out.named_.push_back(OrderId{id});
  if (!out.named_.empty()) {
    out.totals_.set_orders(out.named_.size());
    return out;
  }
  auto prefixes = prefixes_of(out.tenant_, request);
  if (!prefixes) return Err(prefixes.error());
  out.query_ = IndexQuery{Table::order_index, std::move(*prefixes), false, {}, {}, {}, 0};
  if (request.has_from()) out.query_->from = views::date_key(instant_of(request.from()));
  if (request.has_to()) out.query_->to = views::date_key(instant_of(request.to()));
  out.counting_ = true;
  return out;
}

void WhatIf::count() {
  auto query = *query_;
  query.after = counted_;
  query.scan_max = kCounted;
  std::uint64_t seen = 0;
  const auto end = walk(*log_, query, [&](const std::string&) { return ++seen, true; });
  totals_.set_orders(totals_.orders() + seen);
  counted_ = end.last;
  counting_ = end.more;
}

std::vector<OrderId> WhatIf::next() {
  std::vector<OrderId> out;
  if (!query_) {
    for (; next_named_ < named_.size() && out.size() < kOrders; ++next_named_) out.push_back(named_[next_named_]);
    return out;
  }
  query_->scan_max = kOrders;
  const auto end = walk(*log_, *query_, [&](const std::string& suffix) {
    out.push_back(OrderId{views::id_of_index_key(suffix)});
    return true;
  });
  query_->after = end.last;
  return out;
}

bool WhatIf::step(api::WhatIfResponse& out) {
  out.Clear();
  out.set_catalog_version(catalog_->version);
  out.set_catalog_digest(catalog_->digest);
  bool more = true;
  if (counting_) {
    count();
  } else {
    const auto orders = next();
    for (const auto& order : orders) look_at(order, out);
    more = !orders.empty();
  }
  if (totals_.done() > totals_.orders()) totals_.set_orders(totals_.done());  // more have come since they were counted
  *out.mutable_totals() = totals_;
  out.set_done(!more);
  return more;
}

void WhatIf::look_at(const OrderId& id, api::WhatIfResponse& out) {
  totals_.set_done(totals_.done() + 1);
  api::OrderDifference told;
  told.set_order_id(id.value);
  Verdict verdict = Verdict::undecidable;
  if (const auto order = Reader(*log_).order(id, tenant_)) {
    told.set_external_id(order->state.order.external_id);
    told.set_state(std::string(to_text(order->state.status)));
    told.set_catalog_version(order->state.catalog_version);
    const auto rehearsed = rehearse(order->state, *catalog_, inventory_before(*log_, *order));
    verdict = rehearsed.verdict;
    fill(rehearsed, id.value, told, totals_);
  } else {
    told.set_reason(order.error().message);
  }
  count_verdict(verdict, totals_);
  told.set_verdict(message_of(verdict));
  if (verdict != Verdict::same) *out.add_orders() = std::move(told);
}

}  // namespace comd::north
