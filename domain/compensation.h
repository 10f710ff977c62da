#pragma once
#include "domain/service_order.h"

namespace comd {

/// The id of the service order that undoes this one: derived, so it is found without looking for it.
ServiceOrderId compensation_id(const service_order::Spec& done);

}  // namespace comd
