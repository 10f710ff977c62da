#pragma once
#include "storage/event_log.h"
#include "test/support/world.h"

namespace comd::test {

/// What comd would append for a commit of the world.
Append append_of(const Commit&, const std::string& record, const World::Changes&);

}  // namespace comd::test
