#pragma once
#include <variant>

#include "domain/recent_streams.h"
#include "edge/grpc/reader.h"
#include "events/fold.h"

namespace comd::north {

/// States that fold along with the feed: streams seen lately are kept, others are read up to where they are asked for. For one
/// thread.
class FoldedStreams {
 public:
  FoldedStreams(const EventLog& log, std::size_t capacity) : log_(log), kept_(capacity) {}

  using Entry = std::variant<Folded<product_order::State>, Folded<service_order::State>, Folded<product::State>>;
  /// The stream as it was at this version; whoever applies more keeps version and state together. REQUIRES: the stream is a
  /// product order's, a service order's or a product's.
  Entry& at(const StreamId&, Version);

 private:
  static Entry begin(const StreamId&);
  template <class State>
  void catch_up(Folded<State>&, const StreamId&, Version before) const;

  const EventLog& log_;
  RecentStreams<Entry> kept_;
};

}  // namespace comd::north
