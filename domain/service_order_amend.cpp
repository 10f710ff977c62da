#include "domain/service_order_steps.h"

/// A revision of its order wants a service order under way otherwise: it is told to its activation system, or is simply so where
/// nothing of it is there.
namespace comd::service_order {
namespace {

using Events = std::vector<Event>;

std::uint32_t newest(const State& s) {
  return std::max(s.amendment ? s.amendment->revision : 0, s.amend_answer ? s.amend_answer->revision : 0);
}

}  // namespace

std::string amend_key(const State& s) {
  return attempt_key(s.spec.id, s.attempt) + "~" + std::to_string(s.amendment ? s.amendment->revision : 0);
}

Result<std::vector<Event>, Rejection> amend(const State& s, const ServiceSpecification& policy, const Amend& c, Instant now) {
  // One that has ended tells so: its product order decides what follows.
  if (is_final(s.status) || c.revision <= newest(s)) return Events{};
  return Events{AmendRequested{c.revision, c.inputs, now + policy.timeouts.queue + policy.timeouts.call}};
}

std::vector<Event> amend_settled(const State& s, const ServiceSpecification& policy, const SettleEffect& c, Instant now) {
  if (!s.amendment || c.effect != amend_key(s)) return {};
  const Fault& fault = c.outcome.fault;
  if (c.outcome.kind == Outcome::Kind::ok) return {AmendAnswered{s.amendment->revision, true, c.outcome.reference}};
  // "Not now" is no answer; nor is "never received": the submission may still be on its way.
  const bool answered = c.outcome.kind == Outcome::Kind::refused && fault.code != "NOT_FOUND";
  if (!answered || fault.fault_class == FaultClass::transient) {
    if (now < s.amend_next) return {};  // the next call is planned: this was told twice
    return amend_again(s, policy, fault, now);
  }
  return {AmendAnswered{s.amendment->revision, false, fault.message.empty() ? fault.code : fault.message}};
}

std::vector<Event> amend_again(const State& s, const ServiceSpecification& policy, const Fault& fault, Instant now) {
  if (s.amend_attempts + 1 >= kCancelsMax)
    return {AmendAnswered{s.amendment->revision, false, "no answer to the amendment: " + fault.message, true}};
  const Instant next = now + backoff(Millis{1000}, s.amend_attempts);
  return {AmendUnanswered{fault, s.amend_attempts + 1, next, next + policy.timeouts.call + policy.timeouts.queue}};
}

void follow_amendment(const State& before, const ServiceSpecification& policy, Instant now, std::vector<Event>& events) {
  const auto asks = [](const Event& event) { return std::holds_alternative<AmendRequested>(event); };
  if (!before.amendment && std::ranges::none_of(events, asks)) return;
  State s = before;
  for (const Event& event : events) evolve(s, event);
  if (!s.amendment) return;
  const AmendRequested wanted = *s.amendment;
  if (s.cancel_wanted) {
    events.push_back(AmendAnswered{wanted.revision, false, "it is being cancelled", true});
  } else if (!s.sent && s.partly) {
    events.push_back(AmendAnswered{wanted.revision, false, "a part of it is there"});
  } else if (!s.sent) {
    events.push_back(AmendAnswered{wanted.revision, true, "nothing of it is at " + s.spec.target});
    // Another attempt: a call of this one may be about to leave, with what was wanted before.
    if (s.status == before.status && (s.status == Status::queued || s.status == Status::awaiting_person))
      events.push_back(
          start_attempt(policy, s.attempt + 1, wanted.inputs, "amended by revision " + std::to_string(wanted.revision), now));
  }
}

void apply(State& s, const AmendRequested& e) {
  s.amendment = e;
  s.amend_attempts = 0;
  s.amend_next = {};
  s.timers[std::string(kAmendTimer)] = e.deadline;
}

void apply(State& s, const AmendAnswered& e) {
  if (e.accepted && s.amendment) s.inputs = s.amendment->inputs;
  s.amend_answer = e;
  s.amendment.reset();
  s.timers.erase(std::string(kAmendTimer));
}

void apply(State& s, const AmendUnanswered& e) {
  s.amend_attempts = e.attempts;
  s.amend_next = e.next;
  s.timers[std::string(kAmendTimer)] = e.deadline;
}

void forget_amendment(State& s) {
  s.amend_doubt = s.amendment.has_value();
  s.amendment.reset();
}

}  // namespace comd::service_order
