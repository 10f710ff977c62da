#pragma once
#include <nlohmann/json.hpp>

#include "domain/product_order.h"

/// What TMF641 says of the way to the end of an order, and of its being late: milestone[] and jeopardyAlert[]. TMF622 has the
/// latter from v5 on, as productOrderJeopardyAlert[].
namespace comd::tmf {

/// `eased`: it was in jeopardy and no longer is, which is an alert of type "Normal".
enum class Alert : std::uint8_t { as_it_is, eased };

/// Each empty where there is nothing to say.
nlohmann::ordered_json milestones(const service_order::State&);
nlohmann::ordered_json jeopardy_alerts(const service_order::State&, Alert = Alert::as_it_is);
nlohmann::ordered_json jeopardy_alerts(const product_order::State&, Alert = Alert::as_it_is);

}  // namespace comd::tmf
