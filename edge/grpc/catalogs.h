#pragma once
#include "comd/api/v1/catalog.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

/// Of a version that is live; when it was loaded, only the log knows.
api::CatalogSummary summary_of(const Core&, const Catalog&);

grpc::Status validate_catalog(const Core&, const api::ValidateCatalogRequest&, api::ValidateCatalogResponse&);
void load_catalog(const Core&, const Caller&, const api::LoadCatalogRequest&, api::LoadCatalogResponse&, Done);
grpc::Status list_catalogs(const Core&, api::ListCatalogsResponse&);
grpc::Status get_catalog(const Core&, const api::GetCatalogRequest&, api::GetCatalogResponse&);

}  // namespace comd::north
