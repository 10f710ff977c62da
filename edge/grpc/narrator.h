#pragma once
#include <functional>
#include <vector>

#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/folded_streams.h"

namespace comd::north {

namespace api = ::comd::api::v1;

/// One event of an order's family as watchers see it.
struct Moment {
  TenantId tenant;
  OrderId order;
  api::WatchResponse message;
};

/// Commits to moments. The state after each event is part of the story, so it folds along. For one thread.
class Narrator {
 public:
  using Item = Moment;
  Narrator(const EventLog& log, std::size_t capacity) : streams_(log, capacity) {}

  using Wanted = std::function<bool(const OrderId&)>;
  /// Empty for commits of other families, and of those not wanted. What cannot be decoded is passed over: its order is set aside
  /// by the engine, and the feed must go on.
  std::vector<Moment> tell(const StoredCommit&, const Wanted& wanted);

 private:
  FoldedStreams streams_;
};

}  // namespace comd::north
