#pragma once
#include <optional>

#include "actors/shared.h"

namespace comd {

/// The call that a service order wants made now, with a place in its lane; nothing: there is none, or it has to go by the outbox,
/// where it waits for its turn. What leaves so is of an attempt of which nothing was sent, and in no outbox (`before`: what is).
std::optional<Departure> departure_of(const Shared&, const StreamId&, const service_order::State&, const Agenda& before,
                                      const AgendaChange&, const Cause& about, Instant now);

}  // namespace comd
