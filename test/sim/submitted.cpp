#include "test/sim/submitted.h"

#include "test/sim/partner.h"

namespace comd::sim {

void Submitted::now_ends(std::set<OrderStatus> now) {
  const bool cancelled = ends.contains(OrderStatus::cancelled);
  ends = std::move(now);
  if (cancelled) ends.insert(OrderStatus::cancelled);
}

void Submitted::took(int which, std::set<OrderStatus> now, Revisions revisions) {
  if (which < revised) return;
  revised = which;
  if (revisions == Revisions::supersede) now_ends(std::move(now));
}

void Submitted::refused(int which, const Rejection& why) {
  if (which == 2 && why.code == RejectionCode::conflict) ++back;  // it has revised itself
}

std::string Submitted::wrong_end(std::uint64_t seed, bool may_refuse, const Orders& orders) const {
  const auto& state = orders.at(id.value).state;
  Submitted may = *this;
  if (anyhow) may.may_end_anyhow();
  for (const OrderRelation& relation : order.relations) {
    const OrderStatus other = orders.at(relation.order.value).state.status;
    if (relation.kind == OrderRelationKind::cancel_with && other == OrderStatus::cancelled) {
      may.ends.insert(OrderStatus::cancelled);
      if (may_refuse) may.may_end_anyhow();
    }
    // People decide whether it goes on without.
    if (relation.kind == OrderRelationKind::start_after && other != OrderStatus::completed && !accepts(seed, id.value))
      may.ends.insert(OrderStatus::failed);
  }
  if (may.ends.contains(state.status)) return {};
  std::string expected;
  for (OrderStatus status : may.ends) expected += (expected.empty() ? "" : " or ") + std::string(to_text(status));
  return id.value + " should be " + expected + ", but is " + std::string(to_text(state.status)) + ": " + state.reason;
}

std::set<OrderId> held_up_by(const OrderId& id, const std::vector<Submitted>& all) {
  std::set<OrderId> out{id};
  for (const Submitted& one : all)  // whoever depends on another came after it
    for (const OrderRelation& relation : one.order.relations)
      if (out.contains(relation.order)) out.insert(one.id);
  return out;
}

void draw_wishes(Random& random, Instant now, Order& order, const std::vector<OrderId>& others) {
  order.priority = static_cast<std::uint8_t>(random.below(5));
  if (random.chance(0.5)) order.requested_completion = now + Millis{random.below(7'200'000)};
  for (OrderItem& item : order.items)
    if (random.chance(0.1)) item.requested_start = now + Millis{random.below(14'400'000)};
  if (!others.empty() && random.chance(0.3))
    order.relations.push_back({static_cast<OrderRelationKind>(1 + random.below(2)), others[random.below(others.size())]});
}

std::vector<Line> fewer(std::vector<Line> lines) {
  if (lines.size() > 1) {
    lines.pop_back();
    lines[0].fast = lines[0].sites == 0;  // of what is left, one is wanted otherwise
  } else if (!lines.empty() && lines[0].router) {
    lines[0].router = false;
  } else {
    lines.clear();
  }
  return lines;
}

std::optional<product_order::Revise> next_revision(Submitted& what, bool again) {
  if (!what.less) what.less = fewer(what.lines);
  if (what.less->empty()) return std::nullopt;
  const bool back = what.revised > 0 && again;
  const std::string digest(back ? kBack : kLess);
  product_order::Revise out{
      make_order(what.order.external_id, lines_of(what, digest)), digest, back ? what.back : 2, {}, "sim", "wants it " + digest};
  out.order.requested_completion = what.order.requested_completion;
  out.order.relations = what.order.relations;
  return out;
}

std::set<OrderStatus> ends_of(const product_order::Revise& next, const Submitted& what, const Offer& offer, std::uint64_t seed) {
  const auto& lines = lines_of(what, next.digest);
  std::set<OrderStatus> out{expected_end(seed, what.id, lines, offer.keeps_partial(seed, what.id))};
  if (out.contains(OrderStatus::completed)) return out;
  // Who tries again to undo what could not be undone tries also what had failed and was accepted. And an amendment of what was not sent
  // begins an attempt that the rules do not count, so what fails three times is tried a fourth time.
  const std::string amended = service_order_id(what.id, lines[0].item, 1, 0, "access", 1, false).value;
  if (offer.policy != FailurePolicy::rollback) out.insert({OrderStatus::completed, OrderStatus::partial});
  if (offer.catalog->specifications.at("access@1").modify_in_flight && fate_of(seed, amended).transient_failures > 2)
    out.insert({OrderStatus::completed, OrderStatus::partial});
  return out;
}

const std::vector<Line>& lines_of(const Submitted& what, std::string_view digest) {
  return digest == kLess ? *what.less : what.lines;
}

}  // namespace comd::sim
