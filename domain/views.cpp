#include "domain/views.h"

#include "domain/view_text.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace comd::views {
namespace {

void write(Writer& out, const std::vector<PartyRef>& parties) {
  for (const PartyRef& party : parties) {
    out.text("party", party.id);
    out.text("role", party.role.empty() ? "-" : party.role);
  }
}

bool read_party(std::vector<PartyRef>& parties, std::string_view name, const std::string& value) {
  if (name == "party")
    parties.push_back({value, {}});
  else if (name == "role" && !parties.empty())
    parties.back().role = value == "-" ? "" : value;
  else
    return false;
  return true;
}

std::string index_key(const TenantId& tenant, std::string_view dimension, std::string_view value, std::string_view date,
                      std::string_view id) {
  return index_prefix(tenant, dimension, value).append(date).append(id);
}

}  // namespace

std::string index_prefix(const TenantId& tenant, std::string_view dimension, std::string_view value) {
  std::string out = tenant.value;
  out.push_back('\0');
  out.append(dimension).push_back('\0');
  out.append(value).push_back('\0');
  return out;
}

std::string date_key(Instant at) {
  static constexpr char kHex[] = "0123456789abcdef";
  auto n = static_cast<std::uint64_t>(at.time_since_epoch().count());
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; n >>= 4) out[i] = kHex[n & 15];
  return out;
}

std::string id_of_index_key(std::string_view key) {
  const std::string_view last = key.substr(key.rfind('\0') + 1);
  const bool dated = last.size() > 16 && last.substr(0, 16).find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return std::string(dated ? last.substr(16) : last);
}

std::string encode(const OrderSummary& s) {
  Writer out;
  out.text("id", s.id.value);
  out.text("tenant", s.tenant.value);
  out.text("external", s.external_id);
  out.text("source", s.source);
  out.text("state", s.state);
  out.text("reason", s.reason);
  for (const std::string& offering : s.offerings) out.text("offering", offering);
  write(out, s.parties);
  out.number("priority", s.priority);
  out.time("submitted", s.submitted_at);
  out.time("closed", s.closed_at);
  out.number("serviceOrders", s.service_orders);
  out.number("done", s.service_orders_done);
  out.text("catalog", s.catalog_version);
  return std::move(out).take();
}

std::optional<OrderSummary> decode_order(std::string_view bytes) {
  OrderSummary s;
  s.priority = 0;
  const bool ok = read(bytes, [&](std::string_view name, std::string value) {
    if (name == "id")
      s.id.value = std::move(value);
    else if (name == "tenant")
      s.tenant.value = std::move(value);
    else if (name == "external")
      s.external_id = std::move(value);
    else if (name == "source")
      s.source = std::move(value);
    else if (name == "state")
      s.state = std::move(value);
    else if (name == "reason")
      s.reason = std::move(value);
    else if (name == "offering")
      s.offerings.push_back(std::move(value));
    else if (read_party(s.parties, name, value))
      return;
    else if (name == "priority")
      s.priority = static_cast<std::uint8_t>(to_number(value));
    else if (name == "submitted")
      s.submitted_at = to_instant(value);
    else if (name == "closed")
      s.closed_at = to_instant(value);
    else if (name == "serviceOrders")
      s.service_orders = static_cast<std::uint32_t>(to_number(value));
    else if (name == "done")
      s.service_orders_done = static_cast<std::uint32_t>(to_number(value));
    else if (name == "catalog")
      s.catalog_version = std::move(value);
  });
  return ok ? std::optional(std::move(s)) : std::nullopt;
}

std::string encode(const ProductSummary& s) {
  Writer out;
  out.text("id", s.id.value);
  out.text("tenant", s.tenant.value);
  out.text("status", s.status);
  out.text("offering", s.offering);
  out.text("offeringName", s.offering_name);
  write(out, s.parties);
  out.text("lastOrder", s.last_order.value);
  out.text("claimedBy", s.claimed_by.value);
  out.number("services", s.services);
  out.number("writes", s.writes);
  return std::move(out).take();
}

std::optional<ProductSummary> decode_product(std::string_view bytes) {
  ProductSummary s;
  const bool ok = read(bytes, [&](std::string_view name, std::string value) {
    if (name == "id")
      s.id.value = std::move(value);
    else if (name == "tenant")
      s.tenant.value = std::move(value);
    else if (name == "status")
      s.status = std::move(value);
    else if (name == "offering")
      s.offering = std::move(value);
    else if (name == "offeringName")
      s.offering_name = std::move(value);
    else if (read_party(s.parties, name, value))
      return;
    else if (name == "lastOrder")
      s.last_order.value = std::move(value);
    else if (name == "claimedBy")
      s.claimed_by.value = std::move(value);
    else if (name == "services")
      s.services = static_cast<std::uint32_t>(to_number(value));
    else if (name == "writes")
      s.writes = to_number(value);
  });
  return ok ? std::optional(std::move(s)) : std::nullopt;
}

std::string encode(const ServiceSummary& s) {
  Writer out;
  out.text("id", s.id.value);
  out.text("tenant", s.tenant.value);
  out.text("product", s.product.value);
  out.text("specification", s.specification);
  out.text("state", s.state);
  out.text("operating", s.operating_status);
  out.text("lastOrder", s.last_order.value);
  return std::move(out).take();
}

std::optional<ServiceSummary> decode_service(std::string_view bytes) {
  ServiceSummary s;
  const bool ok = read(bytes, [&](std::string_view name, std::string value) {
    if (name == "id")
      s.id.value = std::move(value);
    else if (name == "tenant")
      s.tenant.value = std::move(value);
    else if (name == "product")
      s.product.value = std::move(value);
    else if (name == "specification")
      s.specification = std::move(value);
    else if (name == "state")
      s.state = std::move(value);
    else if (name == "operating")
      s.operating_status = std::move(value);
    else if (name == "lastOrder")
      s.last_order.value = std::move(value);
  });
  return ok ? std::optional(std::move(s)) : std::nullopt;
}

void add_rows(const product_order::State& s, Agenda& out) {
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
  std::set<std::string> offerings, parties;
  for (const OrderItem& item : s.order.items)
    if (item.offering && offerings.insert(item.offering->id).second) row.offerings.push_back(item.offering->id);
  for (const PartyRef& party : row.parties) parties.insert(party.id);
  for (const auto& node : s.nodes) {
    if (!node.spec.undoes.empty()) continue;
    ++row.service_orders;
    row.service_orders_done += node.progress == Progress::done ? 1 : 0;
  }
  const std::string date = date_key(s.submitted_at);
  auto index = [&](std::string_view dimension, std::string_view value) {
    out.rows.push_back({Table::order_index, index_key(row.tenant, dimension, value, date, row.id.value), {}});
  };
  index("all", "");
  index("state", row.state);
  for (const std::string& offering : offerings) index("offering", offering);
  for (const std::string& party : parties) index("party", party);
  if (!row.external_id.empty()) index("external", row.external_id);
  if (s.jeopardy) index("jeopardy", "");
  out.rows.push_back({Table::order, row.id.value, encode(row)});
  if (s.on_hold) add_person_row(s, out);
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
