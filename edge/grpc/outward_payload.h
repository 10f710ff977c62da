#pragma once
#include <string>

#include "domain/views.h"
#include "edge/tmf/alerts.h"

/// The resources of outward events as short TMF JSON: what they are and where they stand. Characteristics stay inside: who may see
/// them asks for the resource.
namespace comd::outward {

std::string payload_of(const product_order::State&, tmf::Alert = tmf::Alert::as_it_is);
std::string payload_of(const service_order::State&, tmf::Alert = tmf::Alert::as_it_is);
std::string payload_of(const product::State&);
/// `what`: "fallout" or "task".
std::string payload_of(std::string_view what, const views::PersonSummary&);
/// Fallout that is over: by whom, what was done, and why. `remedy` is empty when no person took part.
std::string payload_of(const views::PersonSummary&, std::string_view by, std::string_view remedy, std::string_view reason);

}  // namespace comd::outward
