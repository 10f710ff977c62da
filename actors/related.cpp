#include "actors/related.h"

#include "actors/quarantine.h"
#include "domain/views.h"

namespace comd {
namespace {

Result<std::optional<product_order::Related>, Rejection> find_related(const Shared& shared, const OrderId& id) {
  if (const auto why = shared.fence.why(stream_of(id)); !why.empty())
    return Err(Rejection{RejectionCode::unavailable, id.value + " is in quarantine: " + why, "orderRelationship",
                         "Try again when somebody has seen to it: comctl quarantine show " + id.value});
  const auto loaded = load<ProductOrderKind>(*shared.log, stream_of(id));
  if (!loaded) {
    wake(shared, stream_of(id));
    return Err(Rejection{RejectionCode::unavailable, loaded.error().reason, "orderRelationship", {}});
  }
  if (loaded->folded.version == Version{}) return std::nullopt;
  const auto& state = loaded->folded.state;
  return product_order::Related{state.order.tenant, state.status, state.order.relations};
}

}  // namespace

bool may_begin(const product_order::Command& command) {
  using namespace product_order;
  return std::holds_alternative<Submit>(command) || std::holds_alternative<Revise>(command) ||
         std::holds_alternative<CheckRelated>(command) || std::holds_alternative<TimerDue>(command) ||
         std::holds_alternative<Intervene>(command);
}

Result<std::map<OrderId, product_order::Related>, Rejection> related_orders(const Shared& shared, const Order& order,
                                                                            bool known) {
  using Found = Result<std::optional<product_order::Related>, Rejection>;
  return product_order::related_to(order, !known, [&](const OrderId& id) -> Found {
    if (known && shared.fence.holds(stream_of(id))) return product_order::Related{order.tenant, OrderStatus::held, {}};
    return find_related(shared, id);
  });
}

void hint_related(const Shared& shared, const TenantId& tenant, const OrderId& ended) {
  constexpr std::size_t kPage = 256;
  const std::string prefix = views::index_prefix(tenant, "related", ended.value);
  for (std::string after;;) {
    const RowPage page = shared.log->scan(Table::order_index, prefix, after, kPage);
    for (const auto& [key, value] : page.rows)
      send_mail(shared, std::make_shared<Mail>(StreamId{views::id_of_index_key(key)},
                                               product_order::Command{product_order::CheckRelated{}},
                                               Cause{"CheckRelated", "comd", {}, {}, {}}));
    if (!page.more || page.rows.empty()) return;
    after = page.rows.back().first;
  }
}

}  // namespace comd
