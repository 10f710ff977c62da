#pragma once
#include "comd/api/v1/catalog.pb.h"
#include "edge/grpc/core.h"

/// Which new orders take a catalogue version.
namespace comd::north {

catalog_log::RollOut rollout_of(const Caller&, const api::LoadCatalogRequest&, const std::string& version);
void roll_out_catalog(const Core&, const Caller&, const api::RollOutCatalogRequest&, api::RollOutCatalogResponse&, Done);
/// Refused with the orders that need it.
void withdraw_catalog(const Core&, const Caller&, const api::WithdrawCatalogRequest&, api::WithdrawCatalogResponse&, Done);

}  // namespace comd::north
