#pragma once
#include "cmd/comctl/tool/session.h"

namespace comd::api::v1 {
class Repair;
}

namespace comd::ctl {

/// "[####----]  12/20  60%  …  canary, 2 stuck": a repair under way, on one line.
std::string repair_line(const api::v1::Repair& repair, Time now);

/// Shows how far a repair is until it has ended or is paused.
Outcome<api::v1::Repair> follow_repair(const Session& session, const std::string& id);

}  // namespace comd::ctl
