#include <optional>

#include "domain/service_order_steps.h"

/// What a person may do about a service order, and what it leads to.
namespace comd::service_order {
namespace {

using namespace std::chrono_literals;

/// It does not go on by itself, or only later.
bool stuck(Status status) { return status == Status::held || status == Status::in_doubt || status == Status::retry_waiting; }

bool at_partner(const State& s) { return s.sent && !is_final(s.status); }

Rejection refuse(std::string why, std::string hint) {
  return {RejectionCode::precondition, std::move(why), "action", std::move(hint)};
}

std::string is_now(const State& s) { return s.spec.id.value + " is " + std::string(to_text(s.status)); }

/// While the outcome is unknown a remedy that takes it for failed needs force: the partner may have done the work.
std::optional<Rejection> needs_force(const State& s, const Intervention& what, const std::string& hint) {
  if (!at_partner(s) || what.force) return std::nullopt;
  return refuse(
      "Expected an outcome that is known, but " + s.spec.target + " may have done or still do the work of " + s.spec.id.value,
      hint);
}

std::optional<Rejection> refusal(const State& s, const ServiceSpecification& policy, const Intervention& what, bool reopened) {
  if (what.reason.empty())
    return Rejection{RejectionCode::invalid, "Expected a reason, but it is empty", "reason",
                     "Say why; it is kept in the timeline"};
  if (what.remedy == Remedy::note || what.remedy == Remedy::assign) return std::nullopt;
  if (what.remedy == Remedy::accept || what.remedy == Remedy::prioritise) {
    const std::string name(to_text(what.remedy));
    return refuse("Expected an action for a service order, but " + name + " is one for its product order",
                  "comctl fallout " + name + " " + s.spec.order.value);
  }
  if (is_final(s.status) && !reopened)
    return refuse("Expected a service order that has not ended, but " + is_now(s),
                  "Act on its product order: comctl fallout show " + s.spec.order.value);
  const bool decidable = reopened || stuck(s.status) || s.status == Status::awaiting_person;
  const bool compensation = !s.spec.undoes.empty();
  switch (what.remedy) {
    case Remedy::retry:
      if (s.status == Status::awaiting_person)
        return refuse("Expected a call to repeat, but " + is_now(s), "Complete it, or fail it");
      if (!decidable)
        return refuse("Expected a service order that is stuck, but " + is_now(s), "Wait, or cancel its product order");
      if (s.cancel_wanted)
        return refuse("Expected a service order that is wanted, but it is being cancelled", "Complete it, or fail it");
      if (!what.values.empty() && at_partner(s))
        return refuse("Expected an outcome that is known before characteristics change, but it is not",
                      "Retry without them first");
      if (policy.delivery == Delivery::neither)
        return needs_force(s, what, "Ask " + s.spec.target + ". If it was not done: --force. If it was: complete it");
      return std::nullopt;
    case Remedy::resume:
      if (s.status != Status::held) return refuse("Expected a held service order, but " + is_now(s), "Nothing is to be resumed");
      return needs_force(s, what, "Retry it, which finds out what became of it");
    case Remedy::complete:
      if (s.status == Status::waiting)
        return refuse("Expected a service order that was started, but " + is_now(s), "Complete what it waits for first");
      if (!decidable && !what.force)
        return refuse("Expected a service order that is stuck, but " + is_now(s), "If the work is done nevertheless: --force");
      return std::nullopt;
    case Remedy::skip:
      if (s.partly && !reopened)
        return refuse("Expected work of which nothing is there, but " + s.spec.id.value + " was activated in part",
                      "Complete it, or fail it: what is there stays with the order or is undone with it");
      if (compensation)
        return refuse("Expected work to skip, but this undoes " + s.spec.undoes.value, "Complete it, or accept the remainder");
      if (!decidable)
        return refuse("Expected a service order that is stuck, but " + is_now(s), "Wait, or cancel its product order");
      if (!s.spec.optional && !what.force)
        return refuse("Expected an optional service order, but " + s.spec.id.value + " is required",
                      "If the order may go on without it: --force");
      return needs_force(s, what, "If it may stay undecided what the partner did: --force");
    case Remedy::compensate:
      if (compensation) return refuse("Expected work to undo, but this undoes " + s.spec.undoes.value + " itself", "Fail it");
      [[fallthrough]];
    case Remedy::fail:
      if (!decidable)
        return refuse("Expected a service order that is stuck, but " + is_now(s), "Wait, or cancel its product order");
      return needs_force(s, what,
                         "If it was done: complete it, and what was done is undone with the order. If it was not: --force");
    case Remedy::hold:
      if (s.status != Status::queued && s.status != Status::retry_waiting && s.status != Status::in_doubt)
        return refuse("Expected a service order that is queued, waits for its retry or is in doubt, but " + is_now(s),
                      "Hold its product order: comctl fallout hold " + s.spec.order.value);
      return std::nullopt;
    default: return std::nullopt;
  }
}

/// The same key while the outcome is unknown and the partner can bear it; otherwise a new attempt.
Event try_again(const State& s, const ServiceSpecification& policy, const Intervention& what, Instant now) {
  const std::string why = "retried by " + what.by + ": " + what.reason;
  Values inputs = s.inputs;
  for (const auto& [name, value] : what.values) inputs[name] = value;
  if (at_partner(s) && policy.delivery == Delivery::idempotent)
    return start_attempt(policy, s.attempt, std::move(inputs), why, now);
  if (at_partner(s) && policy.delivery == Delivery::queryable)
    return Doubted{s.fault, 1, true, now, now + policy.timeouts.call + policy.timeouts.queue};
  return start_attempt(policy, s.attempt + 1, std::move(inputs), why, now);
}

Failed failed(const State& s, const Intervention& what, Then then) {
  Fault fault = s.fault;
  if (fault.code.empty()) fault = {FaultClass::business, "FAILED_BY_HAND", what.reason};
  return {std::move(fault), then, false, s.failures + 1};
}

}  // namespace

Event start_attempt(const ServiceSpecification& policy, std::uint32_t attempt, Values inputs, std::string reason, Instant now) {
  if (policy.target == kManualTarget)
    return TaskOpened{attempt, std::move(inputs), now, now + policy.timeouts.complete, std::move(reason)};
  return Queued{attempt, std::move(inputs), now + policy.timeouts.queue, policy.timeouts.call, std::move(reason)};
}

Result<std::vector<Event>, Rejection> intervene(const State& s, const ServiceSpecification& policy, const Context& c,
                                                const Intervention& what, bool reopened) {
  if (auto refused = refusal(s, policy, what, reopened)) return Err(*std::move(refused));
  std::vector<Event> out{Intervened{what, reopened, c.now}};
  switch (what.remedy) {
    case Remedy::retry:
    case Remedy::resume: out.push_back(try_again(s, policy, what, c.now)); break;
    case Remedy::complete: out.push_back(Completed{what.values}); break;
    case Remedy::skip: out.push_back(failed(s, what, Then::skip)); break;
    case Remedy::fail: out.push_back(failed(s, what, Then::fail)); break;
    case Remedy::compensate: out.push_back(failed(s, what, Then::compensate)); break;
    case Remedy::hold:
      out.push_back(
          Held{{FaultClass::business, "HELD_BY_HAND", what.by + ": " + what.reason}, s.sent, c.now + kReview, 0, c.now});
      break;
    case Remedy::accept:
    case Remedy::assign:
    case Remedy::prioritise:
    case Remedy::note: break;
  }
  return out;
}

}  // namespace comd::service_order
