#include "edge/grpc/pinned_orders.h"

namespace comd::north {
namespace {

constexpr std::size_t kFetch = 256, kPiece = 4'096;  // rows

}  // namespace

std::optional<views::OrderSummary> PinnedOrders::next() {
  for (std::size_t seen = 0; seen < kPiece; ++seen) {
    if (next_ == page_.rows.size() && !fetch()) {
      done_ = true;
      return std::nullopt;
    }
    ++looked_at_;
    auto order = views::decode_order(page_.rows[next_++].second);
    if (order && fits(*order)) return order;
  }
  return std::nullopt;
}

bool PinnedOrders::fits(const views::OrderSummary& order) const {
  return order.catalog_version == version_ && order.closed_at == Instant{} && (tenant_.empty() || order.tenant == tenant_);
}

bool PinnedOrders::fetch() {
  if (!page_.more) return false;
  page_ = log_.scan(Table::order, {}, after_, kFetch);
  next_ = 0;
  if (page_.rows.empty()) return false;
  after_ = page_.rows.back().first;
  return true;
}

}  // namespace comd::north
