#pragma once
#include <optional>
#include <variant>

#include "domain/product_order.h"
#include "domain/result.h"

/// Commands that were decided on a version of the stream that somebody had looked at.
namespace comd {

/// It was taken before: the same one sent twice.
template <class State, class Command>
bool is_known(const State& state, const Command& c) {
  if constexpr (requires { c.revision; })
    return product_order::is_known(state, c);
  else if constexpr (requires { c.accept_remainder; })
    return state.cancel_requested || state.assessment.has_value();
  else
    return state.interventions.contains(c.what.id);
}

/// A person decided on what they saw; if the stream has moved since, they look again. Not if it was their own intervention that
/// moved it: that is the same one sent twice.
template <class State, class Command>
std::optional<Rejection> moved_since(const State& state, const Command& command, Version now) {
  return std::visit(
      [&](const auto& c) -> std::optional<Rejection> {
        if constexpr (requires { c.if_version; })
          if (c.if_version && *c.if_version != now && !is_known(state, c))
            return Rejection{RejectionCode::conflict,
                             "Expected version " + std::to_string(number(*c.if_version)) + ", but it is at version " +
                                 std::to_string(number(now)) + " by now",
                             "ifVersion", "Look at it again, then decide"};
        return std::nullopt;
      },
      command);
}

}  // namespace comd
