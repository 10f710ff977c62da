#include "edge/grpc/reader.h"

#include <algorithm>

#include "events/fold.h"

namespace comd::north {
namespace {

constexpr std::string_view kOrder = "a product order", kServiceOrder = "a service order", kProduct = "a product",
                           kService = "a service", kRepair = "a bulk repair";

Rejection undecodable(std::string_view stream, const std::string& why) {
  return {RejectionCode::precondition,
          "Expected the history of " + std::string(stream) + " to be readable, but it is not: " + why, std::string(stream),
          "It is quarantined and harms nothing else; see what can be done: comctl quarantine show " + std::string(stream)};
}

/// Folds one stream; a stream without events is not_found.
template <class State>
Result<Loaded<State>, Rejection> load(const EventLog& log, const StreamId& stream, std::string_view what) {
  if (kind_of(stream.value) != Aggregate<State>::kind) return Err(not_found(what, stream.value));
  const auto commits = log.read_stream(stream);
  if (commits.empty()) return Err(not_found(what, stream.value));
  auto folded = fold<State>(commits, stream, views::skipped_events(log.row(Table::quarantine, stream.value)));
  if (!folded) return Err(undecodable(stream.value, folded.error().message));
  const auto first = decode_readable(commits.front().record, &stream);
  if (!first) return Err(undecodable(stream.value, first.error().message));
  Loaded<State> out{std::move(folded->state),
                    folded->version,
                    commits.front().position,
                    commits.back().position,
                    first->time,
                    first->time,
                    first->cause};
  if (commits.size() > 1) {
    if (const auto last = decode_readable(commits.back().record, &stream)) out.changed = last->time;
  }
  return out;
}

}  // namespace

Rejection not_found(std::string_view what, std::string_view id) {
  return {RejectionCode::not_found,
          "Expected the id of " + std::string(what) + ", but there is none with id \"" + std::string(id) + "\".",
          {},
          "List them to see which there are."};
}

Line describe_any(const AnyEvent& event) {
  return std::visit([](const auto& own) { return describe(own); }, event);
}

Result<Loaded<product_order::State>, Rejection> Reader::order(const OrderId& id, const TenantId& tenant) const {
  auto loaded = load<product_order::State>(log_, stream_of(id), kOrder);
  if (loaded && loaded->state.order.tenant != tenant) return Err(not_found(kOrder, id.value));
  if (loaded) sealing_.open_document(loaded->state.order.document, tenant);
  return loaded;
}

Result<Loaded<service_order::State>, Rejection> Reader::service_order(const ServiceOrderId& id, const TenantId& tenant) const {
  auto loaded = load<service_order::State>(log_, stream_of(id), kServiceOrder);
  if (loaded && loaded->state.spec.tenant != tenant) return Err(not_found(kServiceOrder, id.value));
  return loaded;
}

Result<Loaded<product::State>, Rejection> Reader::product(const ProductId& id, const TenantId& tenant) const {
  auto loaded = load<product::State>(log_, stream_of(id), kProduct);
  if (loaded && loaded->state.product.tenant != tenant) return Err(not_found(kProduct, id.value));
  return loaded;
}

Result<Loaded<service::State>, Rejection> Reader::service(const ServiceId& id, const TenantId& tenant) const {
  auto loaded = load<service::State>(log_, stream_of(id), kService);
  if (loaded && loaded->state.tenant != tenant) return Err(not_found(kService, id.value));
  return loaded;
}

Result<Loaded<repair::State>, Rejection> Reader::repair(const RepairId& id, const TenantId& tenant) const {
  auto loaded = load<repair::State>(log_, stream_of(id), kRepair);
  if (loaded && loaded->state.plan.tenant != tenant) return Err(not_found(kRepair, id.value));
  return loaded;
}

std::optional<views::QuarantineSummary> Reader::quarantine(const StreamId& stream) const {
  const auto row = log_.row(Table::quarantine, stream.value);
  return row ? views::decode_quarantine(*row) : std::nullopt;
}

std::vector<service_order::State> Reader::service_orders(const product_order::State& order) const {
  std::vector<service_order::State> out;
  for (const auto& node : order.nodes) {
    if (auto loaded = service_order(node.spec.id, order.order.tenant)) out.push_back(std::move(loaded->state));
  }
  return out;
}

Result<Reader::History, Rejection> Reader::history(const std::vector<StreamId>& streams, std::size_t limit) const {
  History out;
  for (const auto& stream : streams) {
    const auto skipped = views::skipped_events(log_.row(Table::quarantine, stream.value));
    for (const auto& stored : log_.read_stream(stream)) {
      const auto commit = decode_readable(stored.record, &stream);
      if (!commit) {
        out.entries.push_back({stored.position, {}, stream, {}, {"Unreadable", "a commit", commit.error().message}, {}});
        continue;
      }
      for (const auto& slice : commit->streams) {
        if (slice.stream != stream) continue;  // told when it is its own stream's turn
        Version version = slice.before;
        for (const auto& event : slice.events) {
          version = version + 1;
          auto line = describe_any(event);
          if (skipped.contains(version)) line.text += (line.text.empty() ? "" : ", ") + std::string("skipped");
          out.entries.push_back({stored.position, commit->time, stream, version, std::move(line), commit->cause_of(slice)});
        }
      }
    }
  }
  // Streams were given parent first: within one commit the order stays what it was decided in.
  std::ranges::stable_sort(out.entries, {}, &Told::position);
  if (out.entries.size() > limit) {
    out.entries.erase(out.entries.begin(), out.entries.end() - static_cast<std::ptrdiff_t>(limit));
    out.truncated = true;
  }
  return out;
}

}  // namespace comd::north
