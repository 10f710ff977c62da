#pragma once
#include "cmd/comctl/tool/session.h"

namespace comd::api::v1 {
class ListFalloutRequest;
}

/// What the commands about fallout have in common.
namespace comd::ctl {

/// The filters that were given.
Outcome<api::v1::ListFalloutRequest> fallout_query(const Session& session);

/// --values, then each --set over it. A JSON text, or empty when there is none.
Outcome<std::string> values_of(const Session& session);

}  // namespace comd::ctl
