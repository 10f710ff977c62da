#pragma once
#include <algorithm>

#include "domain/service_order.h"

/// Inside of service_order::decide: what its parts take from one another.
namespace comd::service_order {

/// A person's part in a service order; `reopened`: it had ended. Part of decide.
Result<std::vector<Event>, Rejection> intervene(const State&, const ServiceSpecification&, const Context&, const Intervention&,
                                                bool reopened);
/// The start of an attempt: into its target's lane or, where a person does the work, as a task.
Event start_attempt(const ServiceSpecification&, std::uint32_t attempt, Values inputs, std::string reason, Instant now);
/// Adds what follows from a decision's events for forecasts and milestones: that it has started, and what it has reached. Adds
/// nothing where the order has no date and the specification no milestones. Part of decide.
void add_progress(const State& before, const ServiceSpecification&, Instant now, std::vector<Event>&);
/// Part of decide: while a part of it is there its end is told so, and its outputs are kept.
void keep_what_is_there(const State& before, std::vector<Event>&);
/// It has not ended when it was expected to. Part of decide.
JeopardyRaised run_over(const State&, Instant now);
// service_order_amend.cpp
/// Part of decide: what a revision of its order wants otherwise, and the outcome of the call about it.
Result<std::vector<Event>, Rejection> amend(const State&, const ServiceSpecification&, const Amend&, Instant now);
std::vector<Event> amend_settled(const State&, const ServiceSpecification&, const SettleEffect&, Instant now);
std::vector<Event> amend_again(const State&, const ServiceSpecification&, const Fault&, Instant now);
/// Part of decide: answers an amendment where a decision's events have answered it: nothing of it is at the partner, or it is to be
/// cancelled.
void follow_amendment(const State& before, const ServiceSpecification&, Instant now, std::vector<Event>&);
/// Part of evolve.
void apply(State&, const AmendRequested&);
void apply(State&, const AmendAnswered&);
void apply(State&, const AmendUnanswered&);
void forget_amendment(State&);  ///< it has ended

inline constexpr std::uint32_t kCancelsMax = 6;  ///< calls to cancel or to amend; then the service order runs to its own end
/// 1, 2, 4, … times the first, at most five minutes.
inline Millis backoff(Millis first, std::uint32_t count) {
  return std::min<Millis>(first * (1LL << std::min(count, 16u)), Millis{300'000});
}
/// Held, and waiting for prerequisites: looked at again after this.
inline constexpr Millis kReview{86'400'000};

}  // namespace comd::service_order
