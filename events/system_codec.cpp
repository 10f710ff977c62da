#include "comd/events/v1/system.pb.h"
#include "events/shared_fields.h"

/// Events 501 to 699, of the streams "catalog" and "unmatched".
namespace comd::events::v1 {

void fields(auto& c, Is<catalog_log::Loaded> auto& e) {
  using M = CatalogLoaded;
  c(M::kNameFieldNumber, e.name);
  c(M::kVersionFieldNumber, e.version);
  c(M::kDigestFieldNumber, e.digest);
  c(M::kBytesFieldNumber, e.bytes);
}

void fields(auto& c, Is<catalog_log::RolledOut> auto& e) {
  using M = CatalogRolledOut;
  c(M::kVersionFieldNumber, e.version);
  c(M::kPercentFieldNumber, e.percent);
  c(M::kTenantsFieldNumber, e.tenants);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<catalog_log::Withdrawn> auto& e) {
  using M = CatalogWithdrawn;
  c(M::kVersionFieldNumber, e.version);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<unmatched::Recorded> auto& e) {
  using M = UnmatchedRecorded;
  c(M::kServiceOrderFieldNumber, e.service_order);
  c(M::kReportFieldNumber, e.report);
  c(M::kKeptFieldNumber, e.kept);
}

namespace {

using CatalogRows = Rows_<Row<catalog_log::Loaded, CatalogLoaded, CATALOG_LOADED>,
                          Row<catalog_log::RolledOut, CatalogRolledOut, CATALOG_ROLLED_OUT>,
                          Row<catalog_log::Withdrawn, CatalogWithdrawn, CATALOG_WITHDRAWN>>;
using UnmatchedRows = Rows_<Row<unmatched::Recorded, UnmatchedRecorded, UNMATCHED_RECORDED>>;

}  // namespace

void pack(const catalog_log::Event& event, Writer& to) { pack<CatalogRows>(event, to); }
void pack(const unmatched::Event& event, Writer& to) { pack<UnmatchedRows>(event, to); }

void unpack_catalog(const Envelope& from, AnyEvent& to, Trouble& trouble) {
  unpack<catalog_log::Event>(CatalogRows{}, from, to, trouble);
}
void unpack_unmatched(const Envelope& from, AnyEvent& to, Trouble& trouble) {
  unpack<unmatched::Event>(UnmatchedRows{}, from, to, trouble);
}

}  // namespace comd::events::v1
