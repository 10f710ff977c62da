#include "actors/holds.h"

#include "actors/kinds.h"
#include "domain/check.h"
#include "storage/holds.h"

namespace comd {

void HoldRegistry::load(const EventLog& log) { set(holds_of(log)); }

void HoldRegistry::set(const hold::State& state) {
  state_.store(std::make_shared<const hold::State>(state));
  any_.store(!state.in_force.empty(), std::memory_order_release);
  version_.fetch_add(1, std::memory_order_release);
}

void apply_holds(Shared& shared, const hold::State& state) {
  shared.holds.set(state);
  caf::anon_send(shared.dispatcher, HoldsChanged{});
}

Result<Decided<hold::Event>, Rejection> HoldsKind::decide(const StreamId&, const State& state, const Command& command,
                                                          const Asked& asked) {
  auto events = hold::decide(state, command, asked.now);
  if (!events) return Err(events.error());
  return Decided<Event>{std::move(*events), {}};
}

AnyCommand HoldsKind::message(const State&, const Tell&) {
  CHECK(false && "holds tell nobody");
  return {};
}

}  // namespace comd
