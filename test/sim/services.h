#pragma once
#include "test/sim/auditor.h"
#include "test/sim/submitted.h"

/// What is really deployed, as the partners know it, against what clients ordered and what the inventory shows.
namespace comd::sim {

/// At the end: services that the inventory does not show, and services that are there although nobody wants them any more.
/// `order_of_work`: service orders as their work was done.
std::vector<std::string> left_behind(const EventLog&, const Auditor&, const std::vector<std::string>& order_of_work,
                                     const std::vector<Submitted>&);

}  // namespace comd::sim
