#include "domain/check.h"
#include "domain/overload.h"
#include "domain/product_order.h"
#include "domain/views.h"

/// What is due of a product order, and what the messages it leads to say.
namespace comd::product_order {
namespace {

std::string reason_of(const State& s, std::string_view timer) {
  if (timer == kStartTimer) return "requested start date";
  if (timer == kRelatedTimer) return "other orders that it depends on";
  if (timer == kItemReviewTimer) return "a person's decision on an item that is held";
  if (timer == kEffectsTimer) return s.writes.empty() ? "claims on products" : "product inventory update";
  if (timer == kReviewTimer) return "a person's decision: " + s.reason;
  if (timer == kServiceOrdersTimer) return "service orders to end";
  if (timer == kJeopardyTimer) return "something to move: later than that the order is expected to miss its date";
  return std::string(timer);
}

std::string numbered(const std::string& name, std::uint32_t count) {
  return count == 0 ? name : name + "#" + std::to_string(count);
}

bool asks(const State& s) { return s.status != OrderStatus::absent && !s.archived(); }

void add_effect(const State& s, std::string_view what, const ProductId& product, Agenda& out) {
  const auto timer = s.timers.find(kEffectsTimer);
  out.effects.push_back({numbered(std::string(what) + "/" + product.value, s.effects_overdue),
                         EffectKind::product,
                         "inventory",
                         {},
                         timer == s.timers.end() ? Instant{} : timer->second,
                         false,
                         Millis{10'000}});
}

/// Who may have to wait asks for one claim at a time, in the order of their ids: so no two orders ever wait for each other.
bool is_claimed_next(const State& s, const ProductId& product) {
  if (!s.tally.unclaimed.contains(product)) return false;
  return !s.queues || withdraws_claims(s) || *s.tally.unclaimed.begin() == product;
}

void add_product(const State& s, const ProductId& product, Agenda& out) {
  if (is_claimed_next(s, product)) add_effect(s, withdraws_claims(s) ? "unclaim" : "claim", product, out);
  if (s.tally.unwritten.contains(product)) add_effect(s, "write", product, out);
}

void add_service_order(const Node& node, Agenda& out) {
  const StreamId to = stream_of(node.spec.id);
  if (node.released && node.waited) out.tells.push_back({to, "release"});
  if (node.cancel_told) out.tells.push_back({to, numbered("cancel", node.cancels_denied)});
  if (node.priority_told > 0 && is_open(node)) out.tells.push_back({to, numbered("priority", node.priority_told)});
  if (node.reopens > 0) out.tells.push_back({to, "reopen#" + std::to_string(node.reopens)});
  if (node.amending) out.tells.push_back({to, "amend#" + std::to_string(node.amending->revision)});
  if (node.nudges > 0) out.tells.push_back({to, "nudge#" + std::to_string(node.nudges)});
}

void add_own(const State& s, Agenda& out) {
  const std::string& tenant = s.order.tenant.value;
  if (s.archived()) {
    views::add_archived_rows(s, out);
    out.counters.push_back("orders_archived{tenant=\"" + tenant + "\"}");
    return;
  }
  for (const auto& [name, due] : s.timers) out.wakeups.push_back({name, due, reason_of(s, name)});
  views::add_rows(s, out);
  out.counters.push_back("orders{tenant=\"" + tenant + "\",state=\"" + std::string(to_text(s.status)) + "\"}");
  if (s.jeopardy) out.counters.push_back("orders_in_jeopardy{tenant=\"" + tenant + "\"}");
}

}  // namespace

Agenda agenda(const State& s) {
  Agenda out;
  if (s.status == OrderStatus::absent) return out;
  add_own(s, out);
  if (!asks(s)) return out;
  for (const ProductId& product : s.tally.unclaimed) add_product(s, product, out);
  for (const ProductId& product : s.tally.unwritten)
    if (!s.tally.unclaimed.contains(product)) add_product(s, product, out);
  for (const Node& node : s.nodes) add_service_order(node, out);
  return out;
}

Agenda agenda(const State& s, const StreamId& part) {
  Agenda out;
  if (part.empty() && s.status != OrderStatus::absent) add_own(s, out);
  if (part.empty() || !asks(s)) return out;
  if (kind_of(part.value) == StreamKind::product)
    add_product(s, ProductId{part.value}, out);
  else if (const auto found = s.index.find(ServiceOrderId{part.value}); found != s.index.end())
    add_service_order(s.nodes[found->second], out);
  return out;
}

std::set<StreamId> parts_of(const State& s) {
  std::set<StreamId> out;
  if (!asks(s)) return out;
  for (const auto* products : {&s.tally.unclaimed, &s.tally.unwritten})
    for (const ProductId& product : *products) out.insert(stream_of(product));
  for (const Node& node : s.nodes) out.insert(stream_of(node.spec.id));
  return out;
}

/// Named are the events that a wide order has many of. What is not named touches everything, so that none can be forgotten.
void touch(Touched& out, const State& after, const Event& event) {
  std::visit(
      [&]<class E>(const E& e) {
        if constexpr (is_any_of<E, PonrReached, ServiceOrderExpected, OnTime, JeopardyRaised, CompensationPlanned>) {
          // The order's own part only.
        } else if constexpr (is_any_of<E, Released, Settled, Dropped, ServiceOrderHeld, Reopened, AmendAnswered>) {
          out.parts.insert(stream_of(e.service_order));
        } else if constexpr (is_any_of<E, ClaimSettled, WriteSettled>) {
          out.parts.insert(stream_of(e.product));
          const auto& unclaimed = after.tally.unclaimed;
          if (is_any_of<E, ClaimSettled> && !unclaimed.empty()) out.parts.insert(stream_of(*unclaimed.begin()));
        } else {
          out.all = true;
        }
      },
      event);
}

service_order::Command message_of(const State& s, const Tell& tell) {
  const auto found = s.index.find(ServiceOrderId{tell.to.value});
  CHECK(found != s.index.end());  // tells come from this state's agenda
  const Node& node = s.nodes[found->second];
  if (tell.name == "release") return service_order::Release{node.inputs};
  if (tell.name.starts_with("reopen#")) return service_order::Reopen{node.reopening};
  if (tell.name.starts_with("cancel")) return service_order::Cancel{node.reason.empty() ? s.reason : node.reason, node.asked};
  if (tell.name.starts_with("priority")) return service_order::Prioritise{s.order.priority};
  if (tell.name.starts_with("amend#"))
    return node.amending ? service_order::Amend{node.amending->revision, node.amending->inputs} : service_order::Amend{};
  return service_order::Nudge{node.inputs};
}

Command note_of(const service_order::State& s, const Tell& tell) {
  using service_order::Status;
  if (tell.name == "ponr") return NotePonr{s.spec.id};
  if (tell.name.starts_with("cancel-refused")) return NoteCancelRefused{s.spec.id, s.note};
  if (tell.name.starts_with("amended") && s.amend_answer) {
    const service_order::AmendAnswered& answer = *s.amend_answer;
    return NoteAmended{s.spec.id, answer.revision, answer.accepted, answer.detail, answer.in_doubt};
  }
  if (tell.name.starts_with("expected")) return NoteExpected{s.spec.id, s.expected.value_or(Instant{})};
  if (tell.name.starts_with("held"))
    return NoteHeld{s.spec.id, true, s.fault.code + (s.fault.message.empty() ? "" : ": " + s.fault.message)};
  if (tell.name.starts_with("resumed")) return NoteHeld{s.spec.id, false, {}};
  const Settlement outcome = s.status == Status::completed  ? Settlement::completed
                             : s.status == Status::partial  ? Settlement::partial
                             : s.status == Status::rejected ? Settlement::rejected
                             : s.status == Status::failed   ? Settlement::failed
                                                            : Settlement::cancelled;
  const std::uint32_t amended = s.amend_answer && s.amend_answer->accepted ? s.amend_answer->revision : 0;
  return NoteSettled{s.spec.id, outcome,   s.inputs,          s.outputs, s.fault,
                     s.then,    s.reopens, s.skipped_by_hand, amended,   s.amend_doubt};
}

}  // namespace comd::product_order
