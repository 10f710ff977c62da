#include "actors/aggregate_actor.h"

namespace comd {

// Lazy: the first command schedules it, not the spawn.
constexpr auto kSpawn = caf::lazy_init;

caf::actor spawn_aggregate(caf::actor_system& system, const StreamId& stream, const std::shared_ptr<Shared>& shared) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return system.spawn<AggregateActor<ProductOrderKind>, kSpawn>(stream, shared);
    case StreamKind::service_order: return system.spawn<AggregateActor<ServiceOrderKind>, kSpawn>(stream, shared);
    case StreamKind::product: return system.spawn<AggregateActor<ProductKind>, kSpawn>(stream, shared);
    case StreamKind::service: return system.spawn<AggregateActor<ServiceKind>, kSpawn>(stream, shared);
    case StreamKind::catalog: return system.spawn<AggregateActor<CatalogKind>, kSpawn>(stream, shared);
    case StreamKind::unmatched: return system.spawn<AggregateActor<UnmatchedKind>, kSpawn>(stream, shared);
    case StreamKind::repair: return system.spawn<AggregateActor<RepairKind>, kSpawn>(stream, shared);
    case StreamKind::quarantine: return system.spawn<AggregateActor<QuarantineKind>, kSpawn>(stream, shared);
    case StreamKind::epoch: return system.spawn<AggregateActor<EpochKind>, kSpawn>(stream, shared);
    case StreamKind::subject: return system.spawn<AggregateActor<SubjectKind>, kSpawn>(stream, shared);
    case StreamKind::holds: return system.spawn<AggregateActor<HoldsKind>, kSpawn>(stream, shared);
    case StreamKind::unknown: return {};
  }
  return {};
}

}  // namespace comd
