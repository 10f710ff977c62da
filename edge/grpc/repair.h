#pragma once
#include "comd/api/v1/repair.pb.h"
#include "edge/grpc/core.h"

/// Bulk repairs: one action for many that wait for a person.
namespace comd::north {

/// Freezes what the query finds and has the repair's actor begin; a dry run asks each member's decision and records nothing.
void start_repair(const Core&, const Caller&, const api::StartRepairRequest&, api::StartRepairResponse&, Done);
grpc::Status get_repair(const Core&, const Caller&, const api::GetRepairRequest&, api::GetRepairResponse&);
grpc::Status list_repairs(const Core&, const Caller&, const api::ListRepairsRequest&, api::ListRepairsResponse&);
void steer_repair(const Core&, const Caller&, const api::SteerRepairRequest&, api::SteerRepairResponse&, Done);

void fill(api::Repair&, const repair::State&);

/// As every action of a person: never empty, and not a novel.
std::optional<Rejection> refuse_reason(const std::string& reason);

}  // namespace comd::north
