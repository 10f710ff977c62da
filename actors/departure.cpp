#include "actors/departure.h"

#include <algorithm>

namespace comd {
namespace {

/// A target that promises nothing is sent one call at a time, which is for the dispatcher to see to.
bool may_leave(const Shared& shared, const Effect& effect, const service_order::Spec& spec) {
  if (is_held(shared, effect, spec.specification, spec.tenant)) return false;
  const auto delivery = delivery_of(shared, spec.specification);
  return delivery && *delivery != Delivery::neither;
}

}  // namespace

bool is_held(const Shared& shared, const Effect& effect, const std::string& specification, const TenantId& tenant) {
  return shared.holds.any() && hold::holding(*shared.holds.get(), effect.kind, effect.lane, specification, tenant) != nullptr;
}

std::optional<Delivery> delivery_of(const Shared& shared, const std::string& specification) {
  const auto catalogs = shared.catalogs.get();
  const auto* found = service_order::find_specification(*catalogs, {}, specification);
  return found == nullptr ? std::nullopt : std::optional(found->delivery);
}

std::optional<Departure> departure_of(const Shared& shared, const StreamId& stream, const service_order::State& state,
                                      const Agenda& before, const AgendaChange& change, const Cause& about, Instant now) {
  // A store that was restored may be a copy of one that has sent it: the dispatcher asks first.
  if (shared.faults.skip_mark_sent || shared.epoch.known_elsewhere() != Position{}) return std::nullopt;
  if (state.status != service_order::Status::queued || state.sent) return std::nullopt;
  const auto effect = std::ranges::find(change.effects_added, true, &Effect::record_send);
  if (effect == change.effects_added.end()) return std::nullopt;
  const bool in_outbox = std::ranges::find(before.effects, effect->key, &Effect::key) != before.effects.end();
  if (in_outbox || effect->not_before > now || !may_leave(shared, *effect, state.spec)) return std::nullopt;
  auto slot = shared.slots->take(effect->lane);
  if (!slot) return std::nullopt;
  const CallMeta meta{about.tenant, state.spec.order, about.correlation, about.traceparent};
  return Departure{{stream, *effect, service_order::request_of(state, *effect), meta}, std::move(*slot), now};
}

}  // namespace comd
