#pragma once
#include "actors/kinds.h"

/// How a stream goes into quarantine and comes out of it: what the actors do around the aggregate in domain/quarantine.h.
namespace comd {

/// Reports what makes a stream unusable. Durable once the stream "qu-…" has taken it in; until then its actor refuses everything,
/// and whoever wakes it reports it again.
void enter_quarantine(const Shared&, const StreamId&, const quarantine::Finding&, const Cause& first);

/// Somebody else could not read that stream: its own actor looks, and reports it.
void wake(const Shared&, const StreamId&);

/// What a refused command of such a stream is answered.
Answer in_quarantine(const StreamId&, const std::string& why);

/// What is in the way of going on with a stream, with these events passed over; nothing: it folds, and its invariants hold.
std::optional<quarantine::Finding> examine(const EventLog&, const StreamId&, std::set<Version> skipped);

/// What a decision on a quarantine may look at.
quarantine::Context quarantine_context(const EventLog&, const StreamId&, const quarantine::State&, const quarantine::Command&,
                                       Instant now);

/// A stream leaves its quarantine with this append: the events of a correction, and the rows as its state asks for them. Nothing
/// else knows what an event asked for that could not be read.
Result<void, Rejection> add_release(Draft&, const std::vector<quarantine::Event>&, const quarantine::State& after,
                                    const EventLog&, const Cause&);

/// After the append: the fence is as the state says; what was held back goes on, or stops.
void apply_fence(Shared&, const quarantine::State&);

}  // namespace comd
