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

std::vector<Moment> Narrator::tell(const StoredCommit& stored, const Wanted& wanted) {
  std::vector<Moment> out;
  const auto commit = decode_readable(stored.record);
  if (!commit) return out;
  for (const auto* each : parents_first(*commit)) {
    const auto& slice = *each;
    const OrderId order{family_of(slice.stream).value};
    if (!wanted(order)) continue;
    auto& entry = streams_.at(slice.stream, slice.before);
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
