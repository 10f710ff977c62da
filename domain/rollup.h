#pragma once
#include <span>
#include <string_view>

#include "domain/ids.h"

/// The one table from service orders to items to the order, and from our states to the TMF622 ones. Tested cell by cell.
namespace comd {

enum class OrderStatus : std::uint8_t {  // on disk: never renumber
  absent = 0,
  acknowledged = 1,
  pending = 2,
  in_progress = 3,
  partially_completed = 4,
  compensating = 5,
  held = 6,
  assessing_cancellation = 7,
  pending_cancellation = 8,
  completed = 9,
  partial = 10,
  failed = 11,
  cancelled = 12,
  rejected = 13,
};
std::string_view to_text(OrderStatus);  ///< the domain's word
std::string_view to_tmf(OrderStatus);   ///< one of TMF622 v4's eleven
bool is_final(OrderStatus);

enum class ItemStatus : std::uint8_t {
  acknowledged = 1,
  pending = 2,
  in_progress = 3,
  held = 4,
  completed = 5,
  partial = 6,
  failed = 7,
  cancelled = 8
};
std::string_view to_text(ItemStatus);
std::string_view to_tmf(ItemStatus);  ///< item states have no `partial` in TMF622 v4: shown as failed

/// One service order, as far as its item is concerned.
enum class Progress : std::uint8_t { not_started, running, held, done, partly_done, failed, skipped, cancelled };
inline constexpr std::size_t kProgresses = 8;

/// `stable`: the failure policy can no longer undo it. Before that a done item is still in progress.
ItemStatus roll_up_item(std::span<const Progress>, bool stable);
/// Final status of an order whose items are all final.
OrderStatus roll_up_order(std::span<const ItemStatus>);

}  // namespace comd
