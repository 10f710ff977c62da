#include <algorithm>

#include "domain/product_order_decider.h"

/// What an order changes it claims first, so that no other order changes it meanwhile. A product that another order has is waited for,
/// where the catalogue says so.
namespace comd::product_order {
namespace {

bool names_product(const OrderItem& item) { return item.action == Action::modify || item.action == Action::remove; }

}  // namespace

bool withdraws_claims(const State& s) { return s.queues && (s.unwinding || is_final(s.status)); }

/// Claims what the order changes; without such, the plan is opened at once.
void Decider::begin(std::optional<Plan> plan) {
  std::vector<std::pair<ProductId, std::string>> products;
  for (const OrderItem& item : s_.order.items)
    if (names_product(item)) products.emplace_back(item.product, item.id);
  if (!products.empty())
    return emit(ClaimsRequested{std::move(products), c_.now + kInventoryDeadline,
                                claims_of(s_.order, catalog(), c_.inventory) == Claims::queue});
  if (!plan) {
    auto made = decompose(id_, s_.order, catalog(), {}, s_.revision);
    if (!made) return close(OrderStatus::failed, made.error().message);
    plan = *std::move(made);
  }
  open_plan(*std::move(plan));
}

std::optional<Rejection> Decider::on(const SettleClaim& c) {
  auto claim = s_.claims.find(c.product);
  if (claim == s_.claims.end() || claim->second.settled) return {};
  emit(ClaimSettled{c.product, c.granted, c.snapshot, c.reason});
  if (is_final(s_.status)) {  // a correction ended it while it waited: what came after all is set free
    if (c.granted) emit(WritesRequested{{{c.product, product::Outcome::failed}}, c_.now});
    return {};
  }
  if (!c.granted && s_.queues && !s_.unwinding) {  // the next are not asked for
    unwind(UnwindCause::failure, s_.reason);
    return {};
  }
  if (!s_.tally.unclaimed.empty()) return {};
  if (s_.unwinding)
    finish();
  else
    plan_claimed();
  return {};
}

/// All is claimed, or something was refused. What is there now may be other than when the order was submitted: an order before it has
/// changed it.
void Decider::plan_claimed() {
  Inventory inventory;
  for (const auto& [product, entry] : s_.claims) {
    if (!entry.granted) return unwind(UnwindCause::failure, s_.reason);
    inventory[product] = entry.snapshot;
    inventory[product].claimed_by = {};
  }
  if (const auto found = check(s_.order, catalog(), inventory); !found.empty())
    return unwind(UnwindCause::failure, together(found).message);
  auto plan = decompose(id_, s_.order, catalog(), inventory, s_.revision);
  if (plan)
    open_plan(*std::move(plan));
  else
    unwind(UnwindCause::failure, plan.error().message);
}

std::optional<Rejection> Decider::on(const NoteInLine& c) {
  const auto claim = s_.claims.find(c.product);
  if (claim == s_.claims.end() || claim->second.settled || withdraws_claims(s_)) return {};
  if (claim->second.claimed_by == c.claimed_by && claim->second.place == c.place) return {};
  emit(ClaimWaits{c.product, c.claimed_by, c.place});
  return {};
}

}  // namespace comd::product_order
