#include "domain/quarantine.h"

#include <algorithm>

#include "domain/overload.h"
#include "domain/service_order_steps.h"
#include "domain/views.h"

namespace comd::quarantine {
namespace {

using namespace std::chrono_literals;
constexpr Millis kReview = 24h;

using Events = std::vector<Event>;
using Decided = Result<Events, Rejection>;

Rejection refuse(RejectionCode code, std::string message, std::string where, std::string hint) {
  return {code, std::move(message), std::move(where), std::move(hint)};
}

std::optional<Rejection> without_reason(const std::string& reason) {
  if (!reason.empty()) return std::nullopt;
  return refuse(RejectionCode::invalid, "Expected a reason, but it is empty", "reason", "Say why; it is kept in every timeline");
}

/// An event is out of the way if what stands behind it is the next thing found.
bool helps(const Finding& before, const std::optional<Finding>& after) {
  if (!after) return true;
  if (before.cause != Cause::unreadable) return false;
  return after->cause == Cause::inconsistent || after->version > before.version;
}

class Decider {
 public:
  Decider(const StreamId& stream, const State& state, const Context& context) : stream_(stream), s_(state), c_(context) {}

  Decided on(const Enter& c) const {
    if (s_.open) return Events{};
    return Events{Entered{stream_, c.tenant, c.finding, c_.now, c_.now + kReview}};
  }

  Decided on(const Release& c) const {
    if (auto refused = refusal(c.reason)) return Err(*std::move(refused));
    if (!s_.open) return Events{};
    if (c_.stands)
      return Err(refuse(RejectionCode::precondition, "Expected " + stream_.value + " to fold by now, but " + c_.stands->reason,
                        "id", "Start a comd that can read it, skip the event, or append a correction"));
    return Events{released(Exit::upcast, c.by, c.reason)};
  }

  Decided on(const Skip& c) const {
    if (auto refused = refusal(c.reason)) return Err(*std::move(refused));
    if (s_.skipped.contains(c.version)) return Events{};
    if (!s_.open) return Err(not_quarantined());
    if (c.version == Version{} || c.version > c_.head)
      return Err(refuse(
          RejectionCode::invalid,
          "Expected a version from 1 to " + std::to_string(number(c_.head)) + ", but got " + std::to_string(number(c.version)),
          "version", "comctl quarantine show " + stream_.value + " names the event"));
    if (c_.stands && !helps(*c_.stands, c_.would))
      return Err(refuse(RejectionCode::precondition,
                        "Expected that it helps to pass over version " + std::to_string(number(c.version)) + ", but then still " +
                            c_.would->reason,
                        "version", "comctl quarantine show " + stream_.value + " names the event"));
    Events out{Skipped{c.version, c.by, c.reason, c_.now}};
    if (c_.would)
      out.push_back(Found{*c_.would});
    else
      out.push_back(released(Exit::skip, c.by, c.reason));
    return out;
  }

  Decided on(const Correct& c) const {
    if (auto refused = refusal(c.reason)) return Err(*std::move(refused));
    if (!s_.open) return s_.how == Exit::correction ? Decided(Events{}) : Err(not_quarantined());
    if (c_.refusal) return Err(*c_.refusal);
    return Events{Corrected{c.by, c.reason, c_.now}, released(Exit::correction, c.by, c.reason)};
  }

  Decided on(const TimerDue& c) const {
    if (c.name != kReviewTimer || !s_.open || s_.review_at > c_.now) return Events{};
    return Events{Reviewed{s_.reviews + 1, c_.now + kReview}};
  }

 private:
  Released released(Exit how, const std::string& by, const std::string& reason) const {
    return {how, by, reason, c_.now, c_.held};
  }
  Rejection not_quarantined() const {
    return refuse(s_.rounds == 0 ? RejectionCode::not_found : RejectionCode::precondition,
                  "Expected a stream in quarantine, but " + stream_.value + " is not", "id",
                  "List them with: comctl quarantine list");
  }
  std::optional<Rejection> refusal(const std::string& reason) const {
    if (s_.rounds == 0) return not_quarantined();
    return without_reason(reason);
  }

  const StreamId& stream_;
  const State& s_;
  const Context& c_;
};

}  // namespace

std::string_view to_text(Cause cause) {
  switch (cause) {
    case Cause::unreadable: return "unreadable";
    case Cause::inconsistent: return "inconsistent";
  }
  return "unknown";
}

std::string_view to_text(Exit exit) {
  switch (exit) {
    case Exit::upcast: return "upcast";
    case Exit::skip: return "skip";
    case Exit::correction: return "correction";
  }
  return "unknown";
}

Result<std::vector<Event>, Rejection> decide(const StreamId& stream, const State& state, const Command& command,
                                             const Context& context) {
  const Decider decider(stream, state, context);
  return std::visit([&](const auto& c) { return decider.on(c); }, command);
}

void evolve(State& s, const Event& event) {
  const auto person = [&](const auto& e) {
    s.by = e.by;
    s.reason = e.reason;
  };
  std::visit(Overload{
                 [&](const Entered& e) {
                   s.stream = e.stream;
                   s.tenant = e.tenant;
                   s.open = true;
                   ++s.rounds;
                   s.finding = e.finding;
                   s.since = e.at;
                   s.review_at = e.review_at;
                   s.reviews = 0;
                   s.by = "comd";
                   s.reason.clear();
                 },
                 [&](const Skipped& e) {
                   s.skipped.insert(e.version);
                   person(e);
                 },
                 [&](const Found& e) { s.finding = e.finding; },
                 [&](const Corrected& e) { person(e); },
                 [&](const Released& e) {
                   s.open = false;
                   s.how = e.how;
                   s.released_at = e.at;
                   s.held = e.held;
                   person(e);
                 },
                 [&](const Reviewed& e) {
                   s.reviews = e.count;
                   s.review_at = e.next;
                 },
             },
             event);
}

Agenda agenda(const State& s) {
  Agenda out;
  if (s.rounds == 0) return out;
  if (kind_of(s.stream.value) == StreamKind::service_order)
    out.tells.push_back({family_of(s.stream), (s.open ? "quarantined#" : "released#") + std::to_string(s.rounds)});
  if (s.open) {
    out.wakeups.push_back({std::string(kReviewTimer), s.review_at, "a person's decision on the quarantine"});
    out.counters.push_back("quarantined_streams{tenant=\"" + s.tenant.value + "\"}");
  }
  views::add_rows(s, out);
  return out;
}

product_order::Command note_of(const State& s, const Tell&) {
  const ServiceOrderId id{s.stream.value};
  if (s.open) return product_order::NoteHeld{id, true, "QUARANTINED: " + s.finding.reason};
  return product_order::NoteHeld{id, !s.held.empty(), s.held};
}

// ── corrections ─────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

Intervention by_hand(const Correction& c) { return {c.id, Remedy::fail, c.by, "corrected: " + c.reason, {}, {}, true}; }

}  // namespace

Result<std::vector<service_order::Event>, Rejection> correction(const service_order::State& s,
                                                                const std::optional<service_order::Spec>& planned,
                                                                const Correction& c) {
  using namespace service_order;
  std::vector<service_order::Event> out;
  if (s.status == Status::absent) {
    if (!planned)
      return Err(refuse(RejectionCode::precondition,
                        "Expected to know what the service order is, but neither it nor its product order says", "id",
                        "Only a comd that can read the history helps"));
    out.push_back(Opened{*planned, c.now + service_order::kReview});
  }
  out.push_back(Intervened{by_hand(c), false, c.now});
  out.push_back(Failed{{FaultClass::business, "CORRECTED", c.by + ": " + c.reason}, Then::fail, false, s.failures + 1});
  return out;
}

Result<std::vector<product_order::Event>, Rejection> correction(const product_order::State& s, const Correction& c) {
  using namespace product_order;
  if (s.status == OrderStatus::absent)
    return Err(refuse(RejectionCode::precondition, "Expected to know what was ordered, but its submission cannot be read", "id",
                      "Only a comd that can read the history helps"));
  std::vector<product_order::Event> out{product_order::Intervened{{}, by_hand(c), c.now}};
  std::vector<std::pair<ProductId, product::Outcome>> writes;
  for (const auto& [product, claim] : s.claims)
    if (claim.granted && !s.writes.contains(product)) writes.emplace_back(product, product::Outcome::failed);
  if (!writes.empty()) out.push_back(WritesRequested{std::move(writes), c.now});
  out.push_back(Closed{OrderStatus::failed, "corrected by " + c.by + ": " + c.reason, c.now});
  return out;
}

}  // namespace comd::quarantine

// ── invariants ──────────────────────────────────────────────────────────────────────────────────────────────────────

namespace comd {
namespace {

/// Law 7: what is not finished waits for something, until a known time.
std::string waits_for_nothing(const std::string& id, const Agenda& agenda) {
  if (!agenda.wakeups.empty()) return {};
  return "Expected " + id + ", which is not finished, to wait for something, but it has no deadline";
}

}  // namespace

std::string broken_invariant(const product_order::State& s, const Agenda& agenda) {
  if (s.status == OrderStatus::absent) return "Expected its history to begin with a submission, but it does not";
  if (s.nodes.size() != s.index.size())
    return "Expected each of its " + std::to_string(s.nodes.size()) + " service orders once, but it knows " +
           std::to_string(s.index.size());
  if (s.decomposed && is_final(s.status) && s.closed_at == Instant{}) return "Expected an end with a time, but it has none";
  return is_final(s.status) ? std::string{} : waits_for_nothing(s.id.value, agenda);
}

std::string broken_invariant(const service_order::State& s, const Agenda& agenda) {
  using service_order::Status;
  if (s.status == Status::absent || s.spec.id.empty()) return "Expected its history to begin with its opening, but it does not";
  if (s.status == Status::queued && s.attempt == 0) return "Expected an attempt that is queued to have a number, but it has none";
  if (service_order::is_final(s.status))
    return agenda.wakeups.empty() && agenda.effects.empty() ? std::string{}
                                                            : "Expected an ended service order to want nothing, but it does";
  return waits_for_nothing(s.spec.id.value, agenda);
}

std::string broken_invariant(const repair::State& s, const Agenda&) {
  const repair::Totals& t = s.totals;
  const std::uint64_t sum = t.open + t.tried + t.moved + t.stuck + t.refused + t.skipped;
  if (s.status == repair::Status::absent) return "Expected its history to begin with a start, but it does not";
  if (sum == t.members && t.members == s.members.size()) return {};
  return "Expected its totals to sum to its " + std::to_string(s.members.size()) + " members, but they sum to " +
         std::to_string(sum);
}

}  // namespace comd
