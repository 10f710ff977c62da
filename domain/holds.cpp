#include "domain/holds.h"

#include <algorithm>

#include "domain/overload.h"
#include "domain/view_text.h"

namespace comd::hold {
namespace {

using namespace std::chrono_literals;
constexpr Millis kReview = 24h;

using Events = std::vector<Event>;
using Decided = Result<Events, Rejection>;

Rejection refuse(RejectionCode code, std::string message, std::string where, std::string hint) {
  return {code, std::move(message), std::move(where), std::move(hint)};
}

class Decider {
 public:
  Decider(const State& state, Instant now) : s_(state), now_(now) {}

  Decided on(const Place& c) const {
    if (c.scope.name.empty())
      return Err(refuse(RejectionCode::invalid,
                        "Expected the name of a " + std::string(to_text(c.scope.kind)) + ", but it is empty", "name",
                        "Say what is to be held"));
    if (auto refused = without_reason(c.reason)) return Err(*std::move(refused));
    const auto found = s_.in_force.find(c.scope);
    if (found != s_.in_force.end()) {
      const Hold& h = found->second;
      if (h.timers == c.timers && h.refuse_new == c.refuse_new && h.reason == c.reason) return Events{};
    } else if (s_.in_force.size() >= kHoldsMax) {
      return Err(refuse(RejectionCode::limit, "Expected at most " + std::to_string(kHoldsMax) + " holds, but there are that many",
                        "name", "Lift some: comctl hold list"));
    }
    return Events{Placed{c.scope, c.timers, c.refuse_new, c.by, c.reason, now_, now_ + kReview}};
  }

  Decided on(const Lift& c) const {
    if (auto refused = without_reason(c.reason)) return Err(*std::move(refused));
    if (!s_.in_force.contains(c.scope))
      return Err(refuse(RejectionCode::not_found, "Expected a hold of " + to_text(c.scope) + ", but there is none", "name",
                        "List them with: comctl hold list"));
    return Events{Lifted{c.scope, c.by, c.reason, now_}};
  }

  Decided on(const TimerDue& c) const {
    Events out;
    if (c.name != kReviewTimer) return out;
    for (const auto& [scope, hold] : s_.in_force)
      if (hold.review_at <= now_) out.push_back(Reviewed{scope, hold.reviews + 1, now_ + kReview});
    return out;
  }

 private:
  static std::optional<Rejection> without_reason(const std::string& reason) {
    if (!reason.empty()) return std::nullopt;
    return refuse(RejectionCode::invalid, "Expected a reason, but it is empty", "reason", "Say why; it is shown to all who wait");
  }

  const State& s_;
  const Instant now_;
};

std::string row_key(const Scope& scope) { return std::string(to_text(scope.kind)) + "/" + scope.name; }

const Hold* find(const State& s, Kind kind, const std::string& name) {
  const auto found = s.in_force.find(Scope{kind, name});
  return found == s.in_force.end() ? nullptr : &found->second;
}

}  // namespace

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::target: return "target";
    case Kind::specification: return "specification";
    case Kind::tenant: return "tenant";
  }
  return "unknown";
}

std::optional<Kind> kind_named(std::string_view name) {
  for (const Kind kind : {Kind::target, Kind::specification, Kind::tenant})
    if (to_text(kind) == name) return kind;
  return std::nullopt;
}

std::string to_text(const Scope& scope) { return std::string(to_text(scope.kind)) + " " + scope.name; }

std::string to_text(const Hold& hold) {
  return to_text(hold.scope) + " is held by " + hold.by + " since " + comd::to_text(hold.since) + ": " + hold.reason;
}

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command, Instant now) {
  const Decider decider(state, now);
  return std::visit([&](const auto& c) { return decider.on(c); }, command);
}

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Placed& e) {
                   Hold& hold = s.in_force[e.scope];
                   const Instant since = hold.since == Instant{} ? e.at : hold.since;
                   hold = {e.scope, e.timers, e.refuse_new, e.by, e.reason, since, e.review_at, 0};
                 },
                 [&](const Lifted& e) { s.in_force.erase(e.scope); },
                 [&](const Reviewed& e) {
                   const auto found = s.in_force.find(e.scope);
                   if (found == s.in_force.end()) return;
                   found->second.reviews = e.count;
                   found->second.review_at = e.next;
                 },
             },
             event);
}

Agenda agenda(const State& s) {
  Agenda out;
  Instant review = Instant::max();
  for (const auto& [scope, hold] : s.in_force) {
    review = std::min(review, hold.review_at);
    const std::string label = "{kind=\"" + std::string(to_text(scope.kind)) + "\"}";
    out.counters.push_back("holds" + label);
    if (hold.reviews > 0) out.counters.push_back("holds_overdue" + label);
    out.rows.push_back({Table::hold, row_key(scope), views::encode(hold)});
  }
  if (!s.in_force.empty()) out.wakeups.push_back({std::string(kReviewTimer), review, "a person's decision on what is held"});
  return out;
}

const Hold* holding(const State& s, EffectKind kind, const std::string& target, const std::string& specification,
                    const TenantId& tenant) {
  const bool submits = kind == EffectKind::submit;
  const bool calls = submits || kind == EffectKind::ask || kind == EffectKind::cancel || kind == EffectKind::amend;
  if (s.in_force.empty() || !calls) return nullptr;
  if (const Hold* hold = find(s, Kind::target, target)) return hold;
  if (!submits) return nullptr;
  if (const Hold* hold = find(s, Kind::specification, specification)) return hold;
  return find(s, Kind::tenant, tenant.value);
}

std::vector<const Hold*> above(const State& s, const service_order::Spec& spec) {
  std::vector<const Hold*> out;
  if (s.in_force.empty()) return out;
  for (const Hold* hold : {find(s, Kind::target, spec.target), find(s, Kind::specification, spec.specification),
                           find(s, Kind::tenant, spec.tenant.value)})
    if (hold != nullptr) out.push_back(hold);
  return out;
}

service_order::Freeze freeze_of(const State& s, const service_order::Spec& spec) {
  for (const Hold* hold : above(s, spec))
    if (hold->timers == Timers::freeze) return {to_text(*hold), hold->review_at};
  return {};
}

namespace {

void explain(const Hold& hold, Explanation& out) {
  out.because += (out.because.empty() ? "" : "; ") + to_text(hold);
  if (hold.timers == Timers::freeze) out.because += ", and its deadlines are frozen";
  out.waits.push_back({"a person lifts the hold", to_text(hold.scope), hold.review_at});
  out.next.push_back("when it may go on: comctl hold lift " + to_text(hold.scope) + " --reason …");
}

/// Something of it could not leave now, or would not for want of a deadline.
bool keeps(const Hold& hold, const service_order::State& s) {
  using service_order::Status;
  if (hold.scope.kind == Kind::target || hold.timers == Timers::freeze) return !service_order::is_final(s.status);
  return s.status == Status::waiting || s.status == Status::queued || s.status == Status::retry_waiting ||
         s.status == Status::in_doubt;
}

}  // namespace

void explain(const State& s, const service_order::State& of, Explanation& out) {
  for (const Hold* hold : above(s, of.spec))
    if (keeps(*hold, of)) explain(*hold, out);
}

void explain(const State& s, const product_order::State& of, Explanation& out) {
  std::set<Scope> told;
  for (const auto& node : of.nodes) {
    if (node.progress != Progress::running && node.progress != Progress::not_started) continue;
    for (const Hold* hold : above(s, node.spec))
      if (told.insert(hold->scope).second) explain(*hold, out);
  }
}

}  // namespace comd::hold

namespace comd::views {

namespace {

/// A hold as its row has it.
struct HoldRow {
  std::uint8_t kind = 0, timers = 0;
  bool refuse_new = false;
  std::string name, by, reason;
  Instant since{}, review_at{};
  std::uint32_t reviews = 0;
};

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, HoldRow>
void fields(Io& io, Row& row) {
  io("kind", row.kind);
  io("name", row.name);
  io("timers", row.timers);
  io("refuse_new", row.refuse_new);
  io("by", row.by);
  io("reason", row.reason);
  io("since", row.since);
  io("review_at", row.review_at);
  io("reviews", row.reviews);
}

}  // namespace

std::string encode(const hold::Hold& h) {
  return write_row(HoldRow{static_cast<std::uint8_t>(h.scope.kind), static_cast<std::uint8_t>(h.timers), h.refuse_new,
                           h.scope.name, h.by, h.reason, h.since, h.review_at, h.reviews});
}

std::optional<hold::Hold> decode_hold(std::string_view bytes) {
  const auto row = read_row<HoldRow>(bytes);
  if (!row) return std::nullopt;
  return hold::Hold{{static_cast<hold::Kind>(row->kind), row->name},
                    static_cast<hold::Timers>(row->timers),
                    row->refuse_new,
                    row->by,
                    row->reason,
                    row->since,
                    row->review_at,
                    row->reviews};
}

}  // namespace comd::views

namespace comd {

Line describe(const hold::Event& event) {
  using namespace hold;
  return std::visit(
      Overload{
          [](const Placed& e) {
            std::string text = to_text(e.scope) + " by " + e.by;
            if (e.timers == Timers::freeze) text += ", deadlines are frozen";
            if (e.refuse_new) text += ", new orders are refused";
            return Line{"HoldPlaced", text, e.reason};
          },
          [](const Lifted& e) {
            return Line{"HoldLifted", to_text(e.scope) + " by " + e.by, e.reason};
          },
          [](const Reviewed& e) {
            return Line{"HoldReviewed", to_text(e.scope) + " is held still, to be looked at by " + comd::to_text(e.next), ""};
          },
      },
      event);
}

}  // namespace comd
