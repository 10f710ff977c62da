#pragma once
#include "storage/event_log.h"

namespace comd {

/// Begins a new epoch, fenced (domain/epoch.h): after a restore or an import, before comd serves the store. Durable when it
/// returns. Writer thread only.
Result<epoch::State, AppendError> begin_epoch(EventLog&, const std::string& reason, Instant now);

/// As it is now.
epoch::State epoch_of(const EventLog&);

}  // namespace comd
