#pragma once
#include "domain/holds.h"
#include "storage/event_log.h"

namespace comd {

/// What is held, as the rows have it.
hold::State holds_of(const EventLog&);
/// The same from the stream: for a log of the past, which has no rows of holds.
hold::State holds_folded(const EventLog&);

}  // namespace comd
