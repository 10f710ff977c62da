#include <algorithm>
#include <set>

#include "domain/view_text.h"

namespace comd::views {
namespace {

void add_prefix(std::string& out, const TenantId& tenant, std::string_view dimension, std::string_view value) {
  for (const std::string_view part : {std::string_view(tenant.value), dimension, value}) out.append(part).push_back('\0');
}

std::string index_key(const TenantId& tenant, std::string_view dimension, std::string_view value, std::string_view date,
                      std::string_view id) {
  std::string out;
  out.reserve(tenant.value.size() + dimension.size() + value.size() + date.size() + id.size() + 3);
  add_prefix(out, tenant, dimension, value);
  return out.append(date).append(id);
}

}  // namespace

std::string index_prefix(const TenantId& tenant, std::string_view dimension, std::string_view value) {
  std::string out;
  add_prefix(out, tenant, dimension, value);
  return out;
}

std::string date_key(Instant at) {
  static constexpr char kHex[] = "0123456789abcdef";
  auto n = static_cast<std::uint64_t>(at.time_since_epoch().count());
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; n >>= 4) out[i] = kHex[n & 15];
  return out;
}

std::string tenant_prefix(const TenantId& tenant) { return tenant.value + '\0'; }

std::string dated_key(const TenantId& tenant, Instant at, std::string_view id) {
  return tenant_prefix(tenant).append(date_key(at)).append(id);
}

std::string id_of_index_key(std::string_view key) {
  const std::string_view last = key.substr(key.rfind('\0') + 1);
  const bool dated = last.size() > 16 && last.substr(0, 16).find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return std::string(dated ? last.substr(16) : last);
}

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, OrderSummary>
void fields(Io& io, Row& s) {
  io("id", s.id);
  io("tenant", s.tenant);
  io("external", s.external_id);
  io("source", s.source);
  io("state", s.state);
  io("reason", s.reason);
  io("offering", s.offerings);
  io("party", s.parties);
  io("priority", s.priority);
  io("submitted", s.submitted_at);
  io("closed", s.closed_at);
  io("serviceOrders", s.service_orders);
  io("done", s.service_orders_done);
  io("catalog", s.catalog_version);
  io("archived", s.archived_at);
}

std::string encode(const OrderSummary& s) { return write_row(s); }

std::optional<OrderSummary> decode_order(std::string_view bytes) {
  OrderSummary row;
  row.priority = 0;  // what is zero is not written
  return read_row(bytes, std::move(row));
}

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, ProductSummary>
void fields(Io& io, Row& s) {
  io("id", s.id);
  io("tenant", s.tenant);
  io("status", s.status);
  io("offering", s.offering);
  io("offeringName", s.offering_name);
  io("party", s.parties);
  io("lastOrder", s.last_order);
  io("claimedBy", s.claimed_by);
  io("services", s.services);
  io("writes", s.writes);
}

std::string encode(const ProductSummary& s) { return write_row(s); }

std::optional<ProductSummary> decode_product(std::string_view bytes) { return read_row<ProductSummary>(bytes); }

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, ServiceSummary>
void fields(Io& io, Row& s) {
  io("id", s.id);
  io("tenant", s.tenant);
  io("product", s.product);
  io("specification", s.specification);
  io("state", s.state);
  io("operating", s.operating_status);
  io("lastOrder", s.last_order);
}

std::string encode(const ServiceSummary& s) { return write_row(s); }

std::optional<ServiceSummary> decode_service(std::string_view bytes) { return read_row<ServiceSummary>(bytes); }

OrderSummary summary_of(const product_order::State& s) {
  OrderSummary row;
  row.id = s.id;
  row.tenant = s.order.tenant;
  row.external_id = s.order.external_id;
  row.source = s.order.source;
  row.state = to_text(s.status);
  row.reason = s.reason;
  row.parties = s.order.parties;
  row.priority = s.order.priority;
  row.submitted_at = s.submitted_at;
  row.closed_at = s.closed_at;
  row.catalog_version = s.catalog_version;
  row.archived_at = s.archived_at;
  row.offerings = s.tally.offerings;
  row.service_orders = static_cast<std::uint32_t>(s.tally.planned);
  row.service_orders_done = static_cast<std::uint32_t>(s.tally.planned_done);
  return row;
}

namespace {

/// Adds a row to an index of orders.
auto order_indexer(const product_order::State& s, Table table, Agenda& out) {
  return [&out, &s, table, date = date_key(s.submitted_at)](std::string_view dimension, std::string_view value,
                                                            std::string content = {}) {
    out.rows.push_back({table, index_key(s.order.tenant, dimension, value, date, s.id.value), std::move(content)});
  };
}

/// Also those that an earlier revision named.
std::set<std::string> parties_in(const product_order::State& s) {
  std::set<std::string> out;
  for (const auto* list : {&s.order.parties, &s.order.others})
    for (const PartyRef& party : *list) out.insert(party.id);
  for (const PartyRef& party : s.former)
    if (!party.id.empty()) out.insert(party.id);
  return out;
}

}  // namespace

void add_rows(const product_order::State& s, Agenda& out) {
  const OrderSummary row = summary_of(s);
  const auto index = order_indexer(s, Table::order_index, out);
  index("all", "");
  index("state", row.state);
  for (const std::string& offering : std::set(row.offerings.begin(), row.offerings.end())) index("offering", offering);
  for (const std::string& party : parties_in(s)) index("party", party);
  if (!row.external_id.empty()) index("external", row.external_id);
  if (s.jeopardy) index("jeopardy", "");
  for (const OrderId& other : product_order::watched(s)) index("related", other.value);
  out.rows.push_back({Table::order, row.id.value, encode(row)});
  if (s.on_hold) add_person_row(s, out);
}

/// What a list of them shows, and by what they must still be found: nothing else of it stays at hand.
void add_archived_rows(const product_order::State& s, Agenda& out) {
  OrderSummary row = summary_of(s);
  row.reason.clear();
  row.offerings.clear();
  row.parties.clear();
  const auto index = order_indexer(s, Table::archived, out);
  index("all", "", encode(row));
  for (const std::string& party : parties_in(s)) index("party", party);
  if (!row.external_id.empty()) index("external", row.external_id);
}

void add_rows(const product::State& s, Agenda& out) {
  const product::Snapshot& p = s.product;
  ProductSummary row{p.id,          p.tenant,        std::string(to_text(p.status)),
                     p.offering.id, p.offering.name, p.parties,
                     s.last_order,  p.claimed_by,    static_cast<std::uint32_t>(p.services.size()),
                     s.writes};
  std::set<std::string> parties;
  for (const PartyRef& party : p.parties) parties.insert(party.id);
  auto index = [&](std::string_view dimension, std::string_view value) {
    out.rows.push_back({Table::product_index, index_key(p.tenant, dimension, value, {}, p.id.value), {}});
  };
  index("all", "");
  index("status", row.status);
  if (!row.offering.empty()) index("offering", row.offering);
  for (const std::string& party : parties) index("party", party);
  out.rows.push_back({Table::product, p.id.value, encode(row)});
}

void add_rows(const service::State& s, Agenda& out) {
  ServiceSummary row{s.record.id,        s.tenant,    s.product, s.record.specification, std::string(to_text(s.record.state)),
                     s.operating_status, s.last_order};
  auto index = [&](std::string_view dimension, std::string_view value) {
    out.rows.push_back({Table::service_index, index_key(s.tenant, dimension, value, {}, row.id.value), {}});
  };
  index("all", "");
  index("state", row.state);
  index("product", s.product.value);
  out.rows.push_back({Table::service, row.id.value, encode(row)});
}

}  // namespace comd::views
