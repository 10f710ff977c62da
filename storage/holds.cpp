#include "storage/holds.h"

#include "events/fold.h"

namespace comd {

hold::State holds_of(const EventLog& log) {
  hold::State out;
  const RowPage page = log.scan(Table::hold, {}, {}, hold::kHoldsMax);
  for (const auto& [key, value] : page.rows)
    if (auto hold = views::decode_hold(value)) out.in_force.emplace(hold->scope, *hold);
  return out;
}

hold::State holds_folded(const EventLog& log) {
  const StreamId stream{std::string(kHoldsStream)};
  auto folded =
      fold<hold::State>(log.read_stream(stream), stream, views::skipped_events(log.row(Table::quarantine, stream.value)));
  return folded ? std::move(folded->state) : hold::State{};
}

}  // namespace comd
