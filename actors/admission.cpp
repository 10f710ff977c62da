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

std::set<std::string> targets_of(const Order& order, const Catalog& catalog) {
  std::set<std::string> out;
  for (const OrderItem& item : order.items) {
    const Offering* offering = item.offering ? find_offering(catalog, *item.offering) : nullptr;
    if (offering == nullptr || item.action == Action::no_change) continue;
    for (const ServiceRule& rule : offering->services)
      if (const auto found = catalog.specifications.find(rule.specification); found != catalog.specifications.end())
        out.insert(found->second.target);
  }
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

}  // namespace comd
