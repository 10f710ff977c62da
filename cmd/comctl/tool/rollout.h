#pragma once
#include "cmd/comctl/tool/options.h"

namespace comd::ctl {

/// Which new orders a version takes, as the request says it: of a load or a rollout.
template <class Request>
void set_rollout(Request& request, const Options& options) {
  if (options.rollout.percent) request.set_percent(static_cast<std::uint32_t>(*options.rollout.percent));
  for (const auto& tenant : options.rollout.tenants) request.add_tenants(tenant);
}

}  // namespace comd::ctl
