#include "domain/product_order.h"

/// The words of a product order.
namespace comd::product_order {

std::string_view to_text(Settlement settlement) {
  switch (settlement) {
    case Settlement::completed: return "completed";
    case Settlement::partial: return "partial";
    case Settlement::failed: return "failed";
    case Settlement::rejected: return "rejected";
    case Settlement::cancelled: return "cancelled";
  }
  return "unknown";
}

std::string_view to_text(JeopardyKind kind) {
  switch (kind) {
    case JeopardyKind::plan: return "plan";
    case JeopardyKind::late_start: return "lateStart";
    case JeopardyKind::overrun: return "overrun";
    case JeopardyKind::partner: return "partner";
    case JeopardyKind::person: return "person";
    case JeopardyKind::inventory: return "inventory";
  }
  return "unknown";
}

std::string_view to_text(TaskState state) {
  switch (state) {
    case TaskState::in_progress: return "inProgress";
    case TaskState::done: return "done";
    case TaskState::terminated_with_error: return "terminatedWithError";
  }
  return "unknown";
}

}  // namespace comd::product_order
