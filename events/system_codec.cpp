#include "comd/events/v1/system.pb.h"
#include "events/codec.h"

/// Events 501 to 699, of the streams "catalog" and "unmatched".
namespace comd::events::v1 {

void put(const catalog_log::Loaded& e, CatalogLoaded& m) {
  m.set_name(e.name);
  m.set_version(e.version);
  m.set_digest(e.digest);
  m.set_bytes(e.bytes);
}
void get(const CatalogLoaded& m, catalog_log::Loaded& e, Trouble&) { e = {m.name(), m.version(), m.digest(), m.bytes()}; }

void put(const catalog_log::RolledOut& e, CatalogRolledOut& m) {
  m.set_version(e.version);
  m.set_percent(e.percent);
  for (const TenantId& tenant : e.tenants) m.add_tenants(tenant.value);
  m.set_by(e.by);
  m.set_reason(e.reason);
}
void get(const CatalogRolledOut& m, catalog_log::RolledOut& e, Trouble&) {
  e = {m.version(), m.percent(), {}, m.by(), m.reason()};
  for (const auto& tenant : m.tenants()) e.tenants.push_back(TenantId{tenant});
}

void put(const catalog_log::Withdrawn& e, CatalogWithdrawn& m) {
  m.set_version(e.version);
  m.set_by(e.by);
  m.set_reason(e.reason);
}
void get(const CatalogWithdrawn& m, catalog_log::Withdrawn& e, Trouble&) { e = {m.version(), m.by(), m.reason()}; }

void put(const unmatched::Recorded& e, UnmatchedRecorded& m) {
  m.set_service_order(e.service_order);
  put(e.report, *m.mutable_report());
  m.set_kept(e.kept);
}
void get(const UnmatchedRecorded& m, unmatched::Recorded& e, Trouble& t) {
  e.service_order = m.service_order();
  get(m.report(), e.report, t);
  e.kept = m.kept();
}

namespace {

using CatalogRows = Rows_<Row<catalog_log::Loaded, CatalogLoaded, CATALOG_LOADED>,
                          Row<catalog_log::RolledOut, CatalogRolledOut, CATALOG_ROLLED_OUT>,
                          Row<catalog_log::Withdrawn, CatalogWithdrawn, CATALOG_WITHDRAWN>>;
using UnmatchedRows = Rows_<Row<unmatched::Recorded, UnmatchedRecorded, UNMATCHED_RECORDED>>;

}  // namespace

void pack(const catalog_log::Event& event, Event& to) { pack<CatalogRows>(event, to); }
void pack(const unmatched::Event& event, Event& to) { pack<UnmatchedRows>(event, to); }

std::optional<AnyEvent> unpack_catalog(const Event& from, Trouble& trouble) {
  return unpack<catalog_log::Event>(CatalogRows{}, from, trouble);
}
std::optional<AnyEvent> unpack_unmatched(const Event& from, Trouble& trouble) {
  return unpack<unmatched::Event>(UnmatchedRows{}, from, trouble);
}

}  // namespace comd::events::v1
