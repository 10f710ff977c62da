#pragma once
#include "domain/subject.h"
#include "storage/event_log.h"

namespace comd {

/// What there is of a data subject: the orders that name it, its products, and the orders that changed these and name nobody.
/// Reads the index and folds what it finds: for the moments when somebody is to be forgotten. `subject`: its stream.
subject::Findings find_subject(const EventLog&, const TenantId&, const StreamId& subject);

}  // namespace comd
