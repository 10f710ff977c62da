#include "events/fold.h"

namespace comd {

template <class State>
Result<void, DecodeError> apply(Folded<State>& folded, const StreamSlice& slice) {
  const bool gap = slice.before > folded.version && folded.skipped.contains(folded.version + 1);
  if (slice.before != folded.version && !gap) {
    return Err(DecodeError{"stream " + slice.stream.value + ": Expected it to go on from version " +
                               std::to_string(number(folded.version)) + ", but the record goes on from " +
                               std::to_string(number(slice.before)),
                           folded.version + 1});
  }
  using Event = typename Aggregate<State>::Event;
  for (std::size_t i = 0; i < slice.events.size(); ++i) {
    const Version version = slice.before + (i + 1);
    if (std::holds_alternative<Event>(slice.events[i]) || folded.skipped.contains(version)) continue;
    const std::string where = "stream " + slice.stream.value + ", version " + std::to_string(number(version));
    if (const auto* event = std::get_if<unreadable::Event>(&slice.events[i]))
      return Err(DecodeError{where + ", " + std::get<unreadable::Unreadable>(*event).why, version});
    return Err(DecodeError{where + ": Expected an event of the stream's own aggregate, but it is another's", version});
  }
  for (std::size_t i = 0; i < slice.events.size(); ++i)
    if (!folded.skipped.contains(slice.before + (i + 1))) evolve(folded.state, std::get<Event>(slice.events[i]));
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
template Result<void, DecodeError> apply(Folded<quarantine::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<epoch::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<subject::State>&, const StreamSlice&);
template Result<void, DecodeError> apply(Folded<hold::State>&, const StreamSlice&);

}  // namespace comd
