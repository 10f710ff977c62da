#include "bench/load/shape.h"

#include <fstream>
#include <iterator>

#include "bench/load/order_text.h"
#include "edge/catalog/catalog.h"
#include "edge/tmf/tmf622.h"
#include "events/record.h"
#include "storage/keys.h"

namespace comd::bench {
namespace {

std::string flag(const char* name, std::size_t value) { return std::string("--") + name + "=" + std::to_string(value); }

struct Rows {
  std::size_t count = 0, key_bytes = 0, value_bytes = 0;
  void add(const RowChange& row) {
    ++count;
    key_bytes += row.key.size();
    value_bytes += row.value.value_or("").size();
  }
  std::size_t mean(std::size_t bytes) const { return count == 0 ? 0 : bytes / count; }
};

}  // namespace

std::vector<std::string> shape_flags(const std::string& catalog_file, std::string& error) {
  std::ifstream in(catalog_file, std::ios::binary);
  auto catalog = catalog::parse_catalog(std::string{std::istreambuf_iterator<char>(in), {}});
  const std::string json = order_json("run-64-100000", {.start = kFarAhead});
  const Instant now{Millis{1'767'225'600'000}};
  const TenantId tenant{"default"};
  auto order = tmf::parse(json, {tenant, "load", {}, now});
  if (!catalog || !order) {
    error = "Expected " + catalog_file +
            " to be a catalogue with the offering order-3, but: " + (catalog ? order.error() : catalog.error()).front().message;
    return {};
  }
  const OrderId id = tmf::order_id(tenant, "load", order->external_id);
  CatalogSet catalogs;
  catalogs.versions.push_back(*catalog);
  product_order::Context context;
  context.now = now;
  context.catalogs = &catalogs;
  auto decision = product_order::decide(id, {}, product_order::Submit{*order, tmf::digest(*order), {}}, context);
  if (!decision) {
    error = decision.error().message;
    return {};
  }
  product_order::State state;
  for (const auto& event : decision->events) product_order::evolve(state, event);
  const AgendaChange change = difference({}, product_order::agenda(state));
  std::vector<RowChange> rows;
  keys::add_rows(rows, stream_of(id), change);
  Rows views, work;
  for (const RowChange& row : rows) (row.key.front() == 'V' ? views : work).add(row);
  Commit commit{now, {"Submit", "local", tenant, std::string(32, 'c'), std::string(55, 't')}, {{stream_of(id), {}, {}, {}}}, {}};
  for (auto& event : decision->events) commit.streams.front().events.emplace_back(std::move(event));
  return {flag("request-bytes", json.size() + 8),
          flag("reply-bytes", 110),
          flag("record-bytes", encode(commit).size()),
          flag("streams", 1),
          flag("stream-bytes", id.value.size()),
          flag("work", work.count),
          flag("work-key-bytes", work.mean(work.key_bytes)),
          flag("work-value-bytes", work.mean(work.value_bytes)),
          flag("views", views.count),
          flag("view-key-bytes", views.mean(views.key_bytes)),
          flag("view-value-bytes", views.mean(views.value_bytes)),
          flag("counters", change.counters.size())};
}

}  // namespace comd::bench
