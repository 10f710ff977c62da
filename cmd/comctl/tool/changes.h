#pragma once
#include "cmd/comctl/tool/output.h"
#include "comd/api/v1/product_order.pb.h"

namespace comd::ctl {

/// What a change does with each service order.
Json steps_of(const google::protobuf::RepeatedPtrField<api::v1::ChangeStep>& steps);

}  // namespace comd::ctl
