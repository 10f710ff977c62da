#pragma once
#include <functional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/reader.h"
#include "events/fold.h"

namespace comd::north {

namespace api = ::comd::api::v1;

/// One event of an order's family as watchers see it.
struct Moment {
  TenantId tenant;
  OrderId order;
  api::WatchResponse message;
};

/// Commits to moments. The state after each event is part of the story, so it folds along: streams it has seen lately are kept,
/// others are read up to where the commit begins. For one thread.
class Narrator {
 public:
  Narrator(const EventLog& log, std::size_t capacity) : log_(log), capacity_(capacity) {}

  using Wanted = std::function<bool(const OrderId&)>;
  /// Empty for commits of other families, and of those not wanted. What cannot be decoded is passed over: its order is set aside
  /// by the engine, and the feed must go on.
  std::vector<Moment> tell(const StoredCommit&, const Wanted& wanted);

 private:
  using Entry = std::variant<Folded<product_order::State>, Folded<service_order::State>>;
  static Entry begin(const StreamId&);
  Entry& entry_of(const StreamId&, Version before);
  template <class State>
  void catch_up(Folded<State>&, const StreamId&, Version before) const;

  const EventLog& log_;
  const std::size_t capacity_;
  std::unordered_map<StreamId, Entry> recent_, older_;  ///< two generations: the older one is dropped when the recent is full
};

}  // namespace comd::north
