#include <algorithm>

#include "domain/product_order_decider.h"

/// What people do about an order that does not go on by itself; and of one that is over they want that it is put away.
namespace comd::product_order {
namespace {

bool at_work(const State& s) { return s.decomposed && s.writes.empty(); }

/// For its start date, or for other orders.
bool waits_to_begin(const State& s) { return !s.decomposed && s.claims.empty() && !is_final(s.status); }

}  // namespace

std::optional<Rejection> still_undoing(const State& s) {
  for (const Node& node : s.nodes)
    if (node.progress == Progress::running || node.progress == Progress::held)
      return refuse("Expected every compensation to have ended, but " + node.spec.id.value + " was started anew",
                    "Wait for it, or fail it: comctl fallout show " + node.spec.id.value, "action");
  return std::nullopt;
}

// ── archiving ────────────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::on(const Archive& c) {
  if (s_.status == OrderStatus::absent)
    return Rejection{RejectionCode::not_found, "Expected an order, but there is none with this id", "id",
                     "List orders with: comctl order list"};
  if (!is_final(s_.status))
    return refuse("Expected an order that has ended, but it is " + std::string(to_text(s_.status)),
                  "See what it waits for: comctl order explain " + id_.value, "id");
  std::string busy = c_.still_busy_with;
  if (const Agenda own = agenda(s_); !own.effects.empty()) busy = own.effects.front().key + " of the order";
  if (!busy.empty()) return refuse("Expected nothing of it to be under way, but this is: " + busy, "Archive it later", "id");
  emit(Archived{c.by, c.reason, c_.now});
  for (const Node& node : s_.nodes) out_.archived.push_back(node.spec.id);
  return {};
}

std::string busy_with(const service_order::State& s) {
  if (!service_order::is_final(s.status)) return s.spec.id.value + " is " + std::string(service_order::to_text(s.status));
  const Agenda own = service_order::agenda(s);
  return own.effects.empty() && own.wakeups.empty() ? std::string{} : s.spec.id.value + " is not done yet";
}

/// What is archived stays as it is. What was asked of it before is answered as before.
std::optional<Rejection> Decider::archived(const Command& command) const {
  const auto* cancel = std::get_if<Cancel>(&command);
  const auto* intervene = std::get_if<Intervene>(&command);
  const auto* revise = std::get_if<Revise>(&command);
  if (cancel == nullptr && intervene == nullptr && revise == nullptr) return {};
  if (cancel != nullptr && s_.cancel_requested) return {};
  if (intervene != nullptr && s_.interventions.contains(intervene->what.id)) return {};
  if (revise != nullptr && s_.revision == revise->revision && s_.digest == revise->digest) return {};
  return refusal_of_archived(id_.value);
}

// ── fallout ──────────────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::on(const Intervene& c) {
  if (s_.status == OrderStatus::absent)
    return Rejection{RejectionCode::not_found, "Expected an order, but there is none with this id", "id",
                     "List what needs a person with: comctl fallout list"};
  if (s_.interventions.contains(c.what.id)) return {};
  if (c.what.reason.empty())
    return Rejection{RejectionCode::invalid, "Expected a reason, but it is empty", "reason",
                     "Say why; it is kept in the timeline"};
  if (c.what.remedy == Remedy::note || c.what.remedy == Remedy::assign) {
    emit(Intervened{c.service_order, c.what, c_.now});
    return {};
  }
  if (is_final(s_.status))
    return refuse("Expected an order that has not ended, but it is " + std::string(to_text(s_.status)),
                  "Order the change you want as a new order", "action");
  switch (c.what.remedy) {
    case Remedy::hold: return c.what.item.empty() ? hold(c) : hold_item(c);
    case Remedy::resume: return c.what.item.empty() ? resume(c) : resume_item(c);
    case Remedy::prioritise: return prioritise(c);
    case Remedy::retry:
    case Remedy::complete:
    case Remedy::skip: return reopen(c);
    case Remedy::fail:
    case Remedy::compensate: return give_up(c);
    case Remedy::accept: return accept(c);
    default: return {};
  }
}

/// What runs at a partner runs on; nothing more is started.
std::optional<Rejection> Decider::hold(const Intervene& c) {
  if (s_.on_hold)
    return refuse("Expected an order that is not held, but it is: " + s_.reason, "Nothing more is started already", "action");
  if ((!at_work(s_) && !waits_to_begin(s_)) || s_.unwinding)
    return refuse("Expected an order whose service orders are being fulfilled, but it is " + std::string(to_text(s_.status)),
                  "Follow it to its end, or cancel it", "action");
  emit(Intervened{c.service_order, c.what, c_.now});
  emit(Held{"held by " + c.what.by + ": " + c.what.reason, c_.now + s_.hold_review, 0, c_.now, true});
  return {};
}

std::optional<Rejection> Decider::resume(const Intervene& c) {
  if (!s_.on_hold)
    return refuse("Expected a held order, but it is " + std::string(to_text(s_.status)), "Nothing is to be resumed", "action");
  if (!s_.held_by_hand)
    return refuse("Expected an order that a person held, but it is held because " + s_.reason,
                  "Retry, complete, skip or compensate what failed, or accept it", "action");
  emit(Intervened{c.service_order, c.what, c_.now});
  emit(HoldLifted{false});
  if (s_.decomposed)
    advance();
  else
    start({});
  return {};
}

/// Starts failed service orders anew: all that can be, or the one that is named.
std::optional<Rejection> Decider::reopen(const Intervene& c) {
  std::vector<ServiceOrderId> which;
  for (const Node& node : s_.nodes)
    if (can_reopen(s_, node) && (c.service_order.empty() || node.spec.id == c.service_order)) which.push_back(node.spec.id);
  if (!s_.on_hold || s_.held_by_hand || which.empty())
    return refuse(
        "Expected an order held because a service order failed, but it is " + std::string(to_text(s_.status)) + ": " + s_.reason,
        "See where it is with: comctl order explain " + id_.value, "action");
  if (which.size() > 1 && c.what.remedy != Remedy::retry)
    return refuse("Expected one service order, but " + std::to_string(which.size()) + " failed",
                  "Name it, for example " + which.front().value, "serviceOrder");
  if (c.what.remedy == Remedy::skip) {
    const Node& node = *find(which.front());
    if (!node.spec.undoes.empty())
      return refuse("Expected work to skip, but this undoes " + node.spec.undoes.value, "Complete it, or accept the remainder",
                    "action");
    if (!node.spec.optional && !c.what.force)
      return refuse("Expected an optional service order, but " + node.spec.id.value + " is required",
                    "If the order may go on without it: --force", "action");
    if (node.progress == Progress::partly_done)
      return refuse("Expected work of which nothing is there, but " + node.spec.id.value + " was activated in part",
                    "Complete it, compensate the order, or accept what is there", "action");
  }
  emit(Intervened{c.service_order, c.what, c_.now});
  for (const ServiceOrderId& id : which) emit(Reopened{id, c.what, deadline_of(find(id)->spec), c_.now});
  advance();
  return {};
}

std::optional<Rejection> Decider::give_up(const Intervene& c) {
  if (!s_.on_hold || s_.unwinding)
    return refuse("Expected a held order that is not being undone yet, but it is " + std::string(to_text(s_.status)),
                  s_.unwinding ? "Complete by hand what could not be undone, or accept it" : "Cancel it", "action");
  emit(Intervened{c.service_order, c.what, c_.now});
  unwind(UnwindCause::failure, c.what.reason);
  return {};
}

/// What failed, or could not be undone, stays so.
std::optional<Rejection> Decider::accept(const Intervene& c) {
  if (!s_.on_hold || s_.held_by_hand)
    return refuse("Expected an order held because something failed, but it is " + std::string(to_text(s_.status)),
                  "Nothing is to be accepted", "action");
  if (!s_.awaited.empty()) return go_on_without_others(c);
  if (s_.compensation_planned)
    if (auto refused = still_undoing(s_)) return refused;
  emit(Intervened{c.service_order, c.what, c_.now});
  if (s_.compensation_planned) {
    write_products();
  } else {
    emit(HoldLifted{true});
    advance();
  }
  return {};
}

}  // namespace comd::product_order
