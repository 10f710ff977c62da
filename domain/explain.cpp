#include <algorithm>

#include "domain/views.h"

namespace comd {
namespace {

std::string name_of(const service_order::Spec& spec) {
  return spec.id.value + " (" + std::string(to_text(spec.action)) + " " + spec.specification + ")";
}

std::optional<Instant> due(const std::map<std::string, Instant, std::less<>>& timers, std::string_view name) {
  auto found = timers.find(name);
  return found == timers.end() ? std::nullopt : std::optional(found->second);
}

void wait_for_node(const product_order::State& s, const product_order::Node& node, Explanation& out) {
  switch (node.progress) {
    case Progress::running:
      out.waits.push_back(
          {node.amending ? "service order runs, and is being amended" : "service order runs", name_of(node.spec), node.deadline});
      break;
    case Progress::held: out.waits.push_back({"a person decides: " + node.reason, name_of(node.spec), node.deadline}); break;
    case Progress::not_started: {
      if (product_order::is_held(s, node.spec.item)) {
        out.waits.push_back({"its item is held", name_of(node.spec), due(s.timers, product_order::kItemReviewTimer)});
        break;
      }
      if (node.not_before != Instant{} && !product_order::waits_for_others(s, node)) {
        out.waits.push_back({"its time to come", name_of(node.spec), node.not_before});
        break;
      }
      std::string on = node.spec.replaces.value;
      for (const auto& id : node.spec.depends_on) {
        auto found = s.index.find(id);
        if (found == s.index.end()) continue;
        const Progress p = s.nodes[found->second].progress;
        if (p != Progress::done && p != Progress::skipped) on += (on.empty() ? "" : ", ") + id.value;
      }
      out.waits.push_back({"prerequisites of " + name_of(node.spec), on, due(s.timers, product_order::kServiceOrdersTimer)});
      break;
    }
    default: break;
  }
}

}  // namespace

Explanation explain(const product_order::State& s) {
  Explanation out{std::string(to_text(s.status)), s.reason, {}, {}};
  if (s.archived()) out.because += "; archived at " + to_text(s.archived_at);
  if (s.status == OrderStatus::absent || is_final(s.status)) return out;
  if (s.jeopardy) out.jeopardy = s.jeopardy->cause;
  if (auto at = due(s.timers, product_order::kStartTimer)) out.waits.push_back({"start", "requested start date", at});
  for (const OrderId& id : s.awaited)
    out.waits.push_back({"completion of another order", id.value, due(s.timers, product_order::kRelatedTimer)});
  for (const auto& queued : s.queued)
    out.waits.push_back({"revision " + std::to_string(queued.revision) + " wanted by " + queued.requested_by,
                         "what revision " + std::to_string(s.revision) + " does away with",
                         due(s.timers, product_order::kServiceOrdersTimer)});
  for (const auto& [item, held] : s.held_items) out.waits.push_back({"item " + item + " is held", held.reason, held.review_at});
  if (s.assessment)
    for (const auto& id : s.assessment->asked)
      if (const auto found = s.index.find(id); found != s.index.end() && product_order::is_open(s.nodes[found->second]))
        out.waits.push_back({"whether it can be cancelled", id.value, due(s.timers, product_order::kServiceOrdersTimer)});
  if (auto at = due(s.timers, product_order::kReviewTimer)) out.waits.push_back({"a person decides", s.reason, at});
  const auto inventory = due(s.timers, product_order::kEffectsTimer);
  for (const auto& [product, claim] : s.claims) {
    if (claim.settled) continue;
    const bool in_line = claim.place > 0 && !product_order::withdraws_claims(s);
    out.waits.push_back(
        {in_line ? "claim on product, place " + std::to_string(claim.place) + " in line behind " + claim.claimed_by.value
                 : "claim on product",
         product.value, inventory});
  }
  for (const auto& [product, write] : s.writes)
    if (!write.settled) out.waits.push_back({"inventory update of product", product.value, inventory});
  for (const auto& node : s.nodes) wait_for_node(s, node, out);
  for (const auto& [item, held] : s.held_items)
    out.next.push_back("go on with the item: comctl fallout resume " + s.id.value + " --item " + item + " --reason …");
  if (s.on_hold) out.next.push_back("what can be done, and what it leads to: comctl fallout show " + s.id.value);
  if (const std::string rest = product_order::not_undone(s); s.on_hold && !rest.empty())
    out.next.push_back("undo by hand what is left, then: comctl fallout accept " + s.id.value +
                       " --reason … (left in place: " + rest + ")");
  else if (s.writes.empty() && !s.unwinding)
    out.next.push_back("cancel: comctl order cancel " + s.id.value + " --reason …");
  out.next.push_back("what happened so far: comctl order timeline " + s.id.value);
  return out;
}

Explanation explain(const service_order::State& s) {
  using service_order::Status;
  Explanation out{std::string(to_text(s.status)), {}, {}, {}};
  if (s.status == Status::absent) return out;
  switch (s.status) {
    case Status::waiting: out.because = "its prerequisites are not complete"; break;
    case Status::queued: out.because = "it waits for its turn at " + s.spec.target; break;
    case Status::submitted:
      out.because = s.spec.target + " has been called" + (s.reference.empty() ? "" : " and accepted it as " + s.reference);
      break;
    case Status::acknowledged: out.because = s.spec.target + " acknowledged it"; break;
    case Status::in_progress: out.because = s.spec.target + " works on it"; break;
    case Status::pending_external: out.because = s.spec.target + " waits for a third party"; break;
    case Status::in_doubt: out.because = "outcome unknown (" + s.fault.code + "), doubt " + std::to_string(s.doubts); break;
    case Status::retry_waiting:
      out.because = "attempt " + std::to_string(s.attempt) +
                    (s.fault.code == kPartialActivation ? " activated a part of it" : " failed (" + s.fault.code + ")");
      break;
    case Status::awaiting_person:
      out.because = s.assignee.empty() ? "a person's task, nobody's yet" : "a task of " + s.assignee;
      break;
    case Status::held:
      out.because = "a person must decide (" + s.fault.code + (s.fault.message.empty() ? "" : ": " + s.fault.message) + ")";
      break;
    case Status::failed:
    case Status::rejected: out.because = s.fault.code + (s.fault.message.empty() ? "" : ": " + s.fault.message); break;
    case Status::cancelled: out.because = s.cancel_reason; break;
    case Status::partial: out.because = s.note; break;
    default: break;
  }
  if (s.cancel_wanted && !is_final(s.status))
    out.because += s.cancel_refused ? "; its cancellation was refused" : "; its cancellation is under way";
  if (s.amendment) out.because += "; its amendment by revision " + std::to_string(s.amendment->revision) + " is under way";
  if (!s.note.empty() && !is_final(s.status)) out.because += "; the partner says: " + s.note;
  if (s.contradictions > 0) {
    out.because += "; " + std::to_string(s.contradictions) + " of its reports " +
                   (s.contradictions == 1 ? "contradicts" : "contradict") + " it";
    out.next.push_back("what " + s.spec.target + " said: comctl order timeline " + s.spec.order.value);
  }
  if (s.status == Status::held)
    out.next.push_back("what can be done, and what it leads to: comctl fallout show " + s.spec.id.value);
  if (s.status == Status::awaiting_person)
    out.next.push_back("when it is done: comctl task complete " + s.spec.id.value + " --reason … [--set output=value]");
  if (s.jeopardy) out.jeopardy = s.jeopardy->cause;
  if (!is_final(s.status)) out.expected = s.expected;
  for (const Wakeup& wakeup : service_order::agenda(s).wakeups) out.waits.push_back({wakeup.reason, s.spec.target, wakeup.due});
  return out;
}

}  // namespace comd
