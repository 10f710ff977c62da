#pragma once
#include <optional>

#include "actors/shared.h"

namespace comd {

/// Whether a call to an activation system must not leave now, because of a hold (domain/holds.h).
bool is_held(const Shared&, const Effect&, const std::string& specification, const TenantId&);
/// What a specification's target promises; nothing: it is in no catalogue. Asked of the newest one that has it: it is a matter of how
/// calls leave, not of what was decided.
std::optional<Delivery> delivery_of(const Shared&, const std::string& specification);

/// The call that a service order wants made now, with a place in its lane; nothing: there is none, or it has to go by the outbox,
/// where it waits for its turn. What leaves so is of an attempt of which nothing was sent, and in no outbox (`before`: what is).
std::optional<Departure> departure_of(const Shared&, const StreamId&, const service_order::State&, const Agenda& before,
                                      const AgendaChange&, const Cause& about, Instant now);

}  // namespace comd
