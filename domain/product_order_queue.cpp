#include <algorithm>

#include "domain/product_order_decider.h"
#include "domain/product_order_evolve.h"

/// Revisions that wait, where the catalogue says so, until what an earlier one does away with is gone.
namespace comd::product_order {
namespace {

/// An earlier revision is still about to undo, or to amend; what could not be, a person has accepted.
bool is_settling(const State& s) {
  return std::ranges::any_of(s.nodes, [&](const Node& node) {
    const bool stays = s.accepted && (node.unwanted || is_stuck(s, node));
    return node.amending || (!stays && (node.unwanted || (node.superseded && !is_gone(s, node))));
  });
}

}  // namespace

bool is_known(const State& s, const Revise& c) {
  if (c.revision <= s.revision && c.digest == s.digest) return true;  // also where it has revised itself since, to the same
  return std::ranges::any_of(s.queued, [&](const auto& one) { return one.revision == c.revision && one.digest == c.digest; });
}

void apply(State& s, const RevisionQueued& e) {
  keep_subjects(s, e.order);
  s.queued.push_back(e);
}

void apply(State& s, const RevisionDropped& e) {
  if (!s.queued.empty()) s.queued.erase(s.queued.begin());
  s.reason = "revision " + std::to_string(e.revision) + " is not carried out: " + e.why;
}

void forget_queued(State& s, const Revised& e) {
  if (!s.queued.empty() && s.queued.front().digest == e.digest) s.queued.erase(s.queued.begin());
}

/// Where an order waits for a person, a revision may be the way out.
bool Decider::has_to_wait() const {
  if (!s_.queued.empty()) return true;
  return catalog().revisions == Revisions::queue && is_settling(s_) && (!s_.on_hold || s_.held_by_hand);
}

std::optional<Rejection> Decider::queue(const Revise& c) {
  if (s_.queued.size() == kQueuedRevisionsMax)
    return Rejection{RejectionCode::limit,
                     "Expected at most " + std::to_string(kQueuedRevisionsMax) + " revisions that wait, but there are as many",
                     "id",
                     "Wait until revision " + std::to_string(s_.revision) + " is carried out: comctl order explain " + id_.value};
  emit(RevisionQueued{c.revision, c.order, c.digest, c.catalog_version, c.requested_by, c.reason, c.accept_cost, c_.now});
  return {};
}

/// The state has moved since it was asked for, so it is judged anew. What it is numbered may have moved too.
void Decider::take_queued() {
  while (!s_.queued.empty() && !is_settling(s_)) {
    const RevisionQueued next = s_.queued.front();
    const Revise c{next.order,        next.digest, s_.revision + 1, next.catalog_version,
                   next.requested_by, next.reason, next.accept_cost};
    const auto before = s_.order.relations;
    auto plan = plan_of(c);
    const auto refused = plan ? carry_out(c, *std::move(plan)) : plan.error();
    if (refused)
      emit(RevisionDropped{next.revision, refused->message, c_.now});
    else if (before != s_.order.relations)  // looked at as soon as there is a chance to
      emit(OrdersAwaited{{}, s_.order.relations.empty() ? Instant{} : c_.now, 1});
  }
}

void Decider::drop_queued(const std::string& why) {
  while (!s_.queued.empty()) emit(RevisionDropped{s_.queued.front().revision, why, c_.now});
}

}  // namespace comd::product_order
