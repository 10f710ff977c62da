#include "test/support/person.h"

#include <algorithm>

namespace comd::test {

void Person::act() {
  resume_item();
  std::vector<StreamId> waiting;
  for (const auto& [key, value] : world_.rows)
    if (std::get<1>(key) == Table::person) waiting.push_back(std::get<0>(key));
  if (waiting.empty()) return;
  const StreamId& stream = waiting[random_.below(waiting.size())];
  if (kind_of(stream.value) == StreamKind::product_order)
    act_on_order(stream);
  else
    act_on_service_order(stream);
}

/// Whoever has held an item lets it go on again.
void Person::resume_item() {
  for (const auto& [stream, member] : world_.members) {
    if (kind_of(stream.value) != StreamKind::product_order) continue;
    const auto& order = *world_.find<product_order::State>(stream);
    if (order.held_items.empty() || random_.below(2) == 0) continue;
    Intervention what{next_id(), Remedy::resume, "person", "go on", {}, {}, false};
    what.item = order.held_items.begin()->first;
    static_cast<void>(world_.execute(stream, product_order::Command{product_order::Intervene{{}, what}}));
    return;
  }
}

void Person::hold() {
  if (world_.members.empty()) return;
  const auto member = std::next(world_.members.begin(), static_cast<std::ptrdiff_t>(random_.below(world_.members.size())));
  const StreamId stream = member->first;
  Intervention what{next_id(), Remedy::hold, "person", "let me see", {}, {}, false};
  if (const auto* order = world_.find<product_order::State>(stream); kind_of(stream.value) == StreamKind::product_order) {
    if (random_.below(2) == 0 && !order->order.items.empty())
      what.item = order->order.items[random_.below(order->order.items.size())].id;
    if (random_.below(3) == 0) {
      what.remedy = Remedy::prioritise;
      what.item.clear();
      what.priority = static_cast<std::uint8_t>(random_.below(5));
    }
  }
  if (kind_of(stream.value) == StreamKind::product_order)
    static_cast<void>(world_.execute(stream, product_order::Command{product_order::Intervene{{}, what}}));
  if (kind_of(stream.value) == StreamKind::service_order)
    static_cast<void>(world_.execute(stream, service_order::Command{service_order::Intervene{what}}));
}

Intervention Person::something() {
  Intervention out{next_id(), static_cast<Remedy>(1 + random_.below(10)), "person", "because", {}, {}, false};
  if (out.remedy == Remedy::complete) out.values["portId"] = text_value("by hand");
  if (out.remedy == Remedy::retry && random_.below(3) == 0) out.values["speed"] = number_value(7);
  if (out.remedy == Remedy::assign) out.assignee = "anna";
  return out;
}

void Person::act_on_service_order(const StreamId& stream) {
  Intervention what = something();
  auto done = world_.execute(stream, service_order::Command{service_order::Intervene{what}});
  if (done || done.error().code != RejectionCode::precondition || at_work(stream)) return;
  what.force = true;
  static_cast<void>(world_.execute(stream, service_order::Command{service_order::Intervene{what}}));
}

void Person::act_on_order(const StreamId& stream) {
  product_order::Intervene command{{}, something()};
  const auto& order = *world_.find<product_order::State>(stream);
  for (const auto& node : order.nodes)
    if (product_order::can_reopen(order, node) && random_.below(2) == 0) command.service_order = node.spec.id;
  command.what.force = random_.below(2) == 0;
  static_cast<void>(world_.execute(stream, product_order::Command{command}));
}

bool Person::at_work(const StreamId& stream) const {
  return std::ranges::any_of(partner_.works, [&](const auto& entry) {
    const auto& work = entry.second;
    return work.service_order.value == stream.value &&
           (work.status == Partner::Kind::in_progress || work.status == Partner::Kind::completed ||
            work.status == Partner::Kind::partial);
  });
}

}  // namespace comd::test
