#include "edge/grpc/narrator.h"

#include "edge/grpc/convert.h"

namespace comd::north {
namespace {

/// Streams of orders, a product order before the service orders that it opened in the same commit.
std::vector<const StreamSlice*> parents_first(const Commit& commit) {
  std::vector<const StreamSlice*> out;
  for (const auto kind : {StreamKind::product_order, StreamKind::service_order}) {
    for (const auto& slice : commit.streams) {
      if (kind_of(slice.stream.value) == kind) out.push_back(&slice);
    }
  }
  return out;
}

}  // namespace

Narrator::Entry& Narrator::entry_of(const StreamId& stream, Version before) {
  auto found = recent_.find(stream);
  if (found == recent_.end()) {
    if (recent_.size() >= capacity_) {
      older_ = std::move(recent_);
      recent_.clear();
    }
    auto node = older_.extract(stream);
    found = node.empty() ? recent_.try_emplace(stream, begin(stream)).first : recent_.insert(std::move(node)).position;
  }
  auto& entry = found->second;
  std::visit([&](auto& folded) { catch_up(folded, stream, before); }, entry);
  return entry;
}

Narrator::Entry Narrator::begin(const StreamId& stream) {
  if (kind_of(stream.value) == StreamKind::service_order) return Folded<service_order::State>{};
  return Folded<product_order::State>{fresh<product_order::State>(stream), {}};
}

template <class State>
void Narrator::catch_up(Folded<State>& folded, const StreamId& stream, Version before) const {
  if (folded.version == before) return;
  if (folded.version > before) folded = {fresh<State>(stream), {}};
  if (before == Version{}) return;
  for (const auto& stored : log_.read_stream(stream, folded.version)) {
    const auto part = decode_part(stored.record, stream);
    if (!part) return;
    for (const auto& slice : part->streams)
      if (slice.before >= before || !apply(folded, slice)) return;
  }
}

std::vector<Moment> Narrator::tell(const StoredCommit& stored, const Wanted& wanted) {
  std::vector<Moment> out;
  const auto commit = decode(stored.record);
  if (!commit) return out;
  for (const auto* each : parents_first(*commit)) {
    const auto& slice = *each;
    const OrderId order{family_of(slice.stream).value};
    if (!wanted(order)) continue;
    auto& entry = entry_of(slice.stream, slice.before);
    Version version = slice.before;
    for (const auto& event : slice.events) {
      std::visit([&](auto& folded) { (void)apply(folded, StreamSlice{slice.stream, version, {event}, {}}); }, entry);
      version = version + 1;
      const auto line = describe_any(event);
      Moment moment;
      moment.order = order;
      auto& message = moment.message;
      message.set_position(number(stored.position));
      fill(*message.mutable_time(), commit->time);
      message.set_order_id(order.value);
      message.set_stream(slice.stream.value);
      message.set_event(line.name);
      message.set_text(line.text);
      message.set_reason(line.reason);
      message.set_correlation_id(commit->cause_of(slice).correlation);
      if (const auto* state = std::get_if<Folded<product_order::State>>(&entry)) {
        moment.tenant = state->state.order.tenant;
        message.set_state(std::string(to_text(state->state.status)));
        message.set_terminal(is_final(state->state.status));
      } else {
        const auto& service_order = std::get<Folded<service_order::State>>(entry).state;
        moment.tenant = service_order.spec.tenant;
        message.set_state(std::string(to_text(service_order.status)));
      }
      out.push_back(std::move(moment));
    }
  }
  return out;
}

}  // namespace comd::north
