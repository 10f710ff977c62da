#include "events/fold.h"

namespace comd {

template <class State>
Result<void, DecodeError> apply(Folded<State>& folded, const StreamSlice& slice) {
  if (slice.before != folded.version) {
    return Err(DecodeError{"stream " + slice.stream.value + ": Expected it to go on from version " +
                           std::to_string(number(folded.version)) + ", but the record goes on from " +
                           std::to_string(number(slice.before))});
  }
  using Event = typename Aggregate<State>::Event;
  for (std::size_t i = 0; i < slice.events.size(); ++i) {
    if (!std::holds_alternative<Event>(slice.events[i])) {
      return Err(DecodeError{"stream " + slice.stream.value + ", version " + std::to_string(number(slice.before) + 1 + i) +
                             ": Expected an event of the stream's own aggregate, but it is another's"});
    }
  }
  for (const AnyEvent& event : slice.events) evolve(folded.state, std::get<Event>(event));
  folded.version = slice.before + slice.events.size();
  return {};
}

template Result<void, DecodeError> apply(Folded<product_order::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<service_order::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<product::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<service::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<catalog_log::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<unmatched::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<repair::State>&, const StreamSlice&);

}  // namespace comd
