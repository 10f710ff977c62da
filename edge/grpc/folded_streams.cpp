#include "edge/grpc/folded_streams.h"

namespace comd::north {

FoldedStreams::Entry& FoldedStreams::at(const StreamId& stream, Version before) {
  kept_.make_room();
  Entry* kept = kept_.find(stream);
  Entry& entry = kept != nullptr ? *kept : kept_.put(stream, begin(stream));
  std::visit([&](auto& folded) { catch_up(folded, stream, before); }, entry);
  return entry;
}

FoldedStreams::Entry FoldedStreams::begin(const StreamId& stream) {
  switch (kind_of(stream.value)) {
    case StreamKind::service_order: return Folded<service_order::State>{};
    case StreamKind::product: return Folded<product::State>{};
    default: return Folded<product_order::State>{fresh<product_order::State>(stream), {}};
  }
}

template <class State>
void FoldedStreams::catch_up(Folded<State>& folded, const StreamId& stream, Version before) const {
  if (folded.version == before) return;
  // One that is behind may have stopped at an event that is skipped by now.
  auto skipped = views::skipped_events(log_.row(Table::quarantine, stream.value));
  if (folded.version > before || folded.skipped != skipped) folded = {fresh<State>(stream), {}};
  folded.skipped = std::move(skipped);
  if (before == Version{}) return;
  for (const auto& stored : log_.read_stream(stream, folded.version)) {
    const auto part = decode_readable(stored.record, &stream);
    if (!part) continue;
    for (const auto& slice : part->streams)
      if (slice.before >= before || !apply(folded, slice)) return;
  }
}

}  // namespace comd::north
