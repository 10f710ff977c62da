#include "domain/rollup.h"

#include <algorithm>

namespace comd {

std::string_view to_text(OrderStatus status) {
  switch (status) {
    case OrderStatus::absent: return "absent";
    case OrderStatus::acknowledged: return "acknowledged";
    case OrderStatus::pending: return "pending";
    case OrderStatus::in_progress: return "inProgress";
    case OrderStatus::partially_completed: return "partiallyCompleted";
    case OrderStatus::compensating: return "compensating";
    case OrderStatus::held: return "held";
    case OrderStatus::assessing_cancellation: return "assessingCancellation";
    case OrderStatus::pending_cancellation: return "pendingCancellation";
    case OrderStatus::completed: return "completed";
    case OrderStatus::partial: return "partial";
    case OrderStatus::failed: return "failed";
    case OrderStatus::cancelled: return "cancelled";
    case OrderStatus::rejected: return "rejected";
  }
  return "unknown";
}

std::string_view to_tmf(OrderStatus status) {
  switch (status) {
    case OrderStatus::partially_completed:
    case OrderStatus::compensating: return "inProgress";
    default: return to_text(status);
  }
}

bool is_final(OrderStatus status) {
  return status == OrderStatus::completed || status == OrderStatus::partial || status == OrderStatus::failed ||
         status == OrderStatus::cancelled || status == OrderStatus::rejected;
}

std::string_view to_text(ItemStatus status) {
  switch (status) {
    case ItemStatus::acknowledged: return "acknowledged";
    case ItemStatus::pending: return "pending";
    case ItemStatus::in_progress: return "inProgress";
    case ItemStatus::held: return "held";
    case ItemStatus::completed: return "completed";
    case ItemStatus::partial: return "partial";
    case ItemStatus::failed: return "failed";
    case ItemStatus::cancelled: return "cancelled";
  }
  return "unknown";
}

std::string_view to_tmf(ItemStatus status) { return status == ItemStatus::partial ? "failed" : to_text(status); }

ItemStatus roll_up_item(std::span<const Progress> services, bool stable) {
  auto any = [&](Progress p) { return std::ranges::find(services, p) != services.end(); };
  const bool failed = any(Progress::failed), cancelled = any(Progress::cancelled);
  const bool done = any(Progress::done) || any(Progress::partly_done);
  if (any(Progress::held)) return ItemStatus::held;
  if (any(Progress::running)) return ItemStatus::in_progress;
  if (any(Progress::not_started))
    return done || failed || cancelled || any(Progress::skipped) ? ItemStatus::in_progress : ItemStatus::acknowledged;
  // Everything is settled.
  if (!stable) return ItemStatus::in_progress;
  if (any(Progress::partly_done) || (done && (failed || cancelled))) return ItemStatus::partial;
  if (failed) return ItemStatus::failed;
  if (cancelled) return ItemStatus::cancelled;
  return ItemStatus::completed;
}

OrderStatus roll_up_order(std::span<const ItemStatus> items) {
  auto any = [&](ItemStatus s) { return std::ranges::find(items, s) != items.end(); };
  const bool completed = any(ItemStatus::completed), failed = any(ItemStatus::failed), cancelled = any(ItemStatus::cancelled);
  if (any(ItemStatus::partial) || (completed && (failed || cancelled))) return OrderStatus::partial;
  if (failed) return OrderStatus::failed;
  if (cancelled) return OrderStatus::cancelled;
  return OrderStatus::completed;
}

}  // namespace comd
