#pragma once
#include "domain/ids.h"

/// What a hold of more than one service order (domain/holds.h) does to a single one's deadlines.
namespace comd::service_order {

/// A deadline was put off, because a hold freezes it; nothing else changed.
struct Deferred {
  std::string timer;
  Instant until{};
  std::string reason;
  bool operator==(const Deferred&) const = default;
};

/// A hold that freezes the deadlines of a service order.
struct Freeze {
  std::string reason;  ///< "target network is held by ann since …: …"; empty: nothing is frozen
  Instant review_at{};
};

/// A frozen deadline is looked at again after this, or when the hold is reviewed: when the hold is lifted, no deadline is farther off.
inline constexpr Millis kFrozenFor{3'600'000};

}  // namespace comd::service_order
