#include "actors/admission.h"

#include <algorithm>

namespace comd {
namespace {

using namespace std::chrono_literals;

constexpr Millis kRetrySoonest = 1s, kRetryLatest = 5min;

/// 100003 → "100,003".
std::string with_commas(std::size_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

/// "12 min": as exactly as such a guess deserves.
std::string roughly(Millis span) {
  if (span < 2min) return std::to_string(span / 1s) + " s";
  if (span < 2h) return std::to_string(span / 1min) + " min";
  if (span < 48h) return std::to_string(span / 1h) + " h";
  return std::to_string(span / 24h) + " days";
}

Turned turned(const LaneFigures& lane, Instant now) {
  Turned out{{RejectionCode::limit, {}, {}, {}}, kRetrySoonest};
  std::string& text = out.rejection.message;
  text = "Expected at most " + with_commas(lane.limits.backlog) + " calls waiting for activation system " + lane.name +
         " (its backlog), but there are " + with_commas(lane.waiting);
  if (lane.oldest) text += "; the oldest waits " + roughly(std::max(now - *lane.oldest, Millis{0}));
  if (const auto drained = drained_in(lane)) {
    text += "; drained in about " + roughly(*drained);
    out.retry_after = std::chrono::duration_cast<Millis>(*drained * (static_cast<double>(lane.waiting - lane.limits.backlog) /
                                                                     static_cast<double>(lane.waiting + lane.under_way)));
  } else {
    text += lane.breaker == BreakerState::closed ? "; none ended in the last minutes" : "; it does not answer at present";
    out.retry_after = 30s;
  }
  out.retry_after = std::clamp(out.retry_after, kRetrySoonest, kRetryLatest);
  out.rejection.hint = "Send it again in " + roughly(out.retry_after) + "; nothing of it was recorded";
  return out;
}

}  // namespace

namespace {

/// Calls `f` with each specification that the services of the order's offerings use.
template <class F>
void each_specification(const Order& order, const Catalog& catalog, F f) {
  for (const OrderItem& item : order.items) {
    const Offering* offering = item.offering ? find_offering(catalog, *item.offering) : nullptr;
    if (offering == nullptr || item.action == Action::no_change) continue;
    for (const ServiceRule& rule : offering->services)
      if (const auto found = catalog.specifications.find(rule.specification); found != catalog.specifications.end())
        f(found->first, found->second);
  }
}

}  // namespace

std::set<std::string> targets_of(const Order& order, const Catalog& catalog) {
  std::set<std::string> out;
  each_specification(order, catalog, [&](const std::string&, const ServiceSpecification& found) { out.insert(found.target); });
  return out;
}

std::optional<Turned> over_backlog(const Lanes& lanes, const Order& order, const Catalog* catalog, Instant now) {
  const auto over = [](const LaneFigures& lane) { return lane.waiting > lane.limits.backlog; };
  if (catalog == nullptr || std::ranges::none_of(lanes, over)) return std::nullopt;
  const auto targets = targets_of(order, *catalog);
  for (const LaneFigures& lane : lanes)
    if (over(lane) && targets.contains(lane.name)) return turned(lane, now);
  return std::nullopt;
}

std::optional<Turned> refused_by_hold(const hold::State& held, const Order& order, const Catalog* catalog, Instant now) {
  using hold::Kind;
  std::set<hold::Scope> needs{{Kind::tenant, order.tenant.value}};
  if (catalog != nullptr)
    each_specification(order, *catalog, [&](const std::string& id, const ServiceSpecification& specification) {
      needs.insert({Kind::specification, id});
      needs.insert({Kind::target, specification.target});
    });
  for (const auto& [scope, hold] : held.in_force) {
    if (!hold.refuse_new || !needs.contains(scope)) continue;
    const Millis retry = std::clamp(std::chrono::duration_cast<Millis>(hold.review_at - now), kRetrySoonest, kRetryLatest);
    return Turned{{RejectionCode::unavailable,
                   "Expected nothing that is held, but " + to_text(hold),
                   {},
                   "Send it again when the hold is lifted; nothing of it was recorded"},
                  retry};
  }
  return std::nullopt;
}

}  // namespace comd
