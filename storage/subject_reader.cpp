#include "storage/subject_reader.h"

#include <algorithm>
#include <iterator>

#include "domain/sealed.h"
#include "domain/views.h"
#include "events/fold.h"

namespace comd {
namespace {

class Search {
 public:
  Search(const EventLog& log, const TenantId& tenant, const StreamId& subject)
      : log_(log), tenant_(tenant), pseudonym_(pseudonym_of(subject)) {}

  subject::Findings run() && {
    std::set<ProductId> products;
    std::vector<std::string> orders = listed(Table::order_index);
    std::ranges::move(listed(Table::archived), std::back_inserter(orders));
    for (const std::string& id : orders) {
      if (const auto order = state_of<product_order::State>(id)) {
        add(*order);
        for (const ProductPlan& product : order->products) products.insert(product.product);
      }
      if (out_.truncated) return std::move(out_);
    }
    for (const std::string& id : listed(Table::product_index)) products.insert(ProductId{id});
    for (const ProductId& id : products) add(id);
    return std::move(out_);
  }

 private:
  std::vector<std::string> listed(Table table) {
    const std::string prefix = views::index_prefix(tenant_, "party", pseudonym_);
    std::vector<std::string> out;
    std::string after;
    for (RowPage page; page = log_.scan(table, prefix, after, kPage), !page.rows.empty(); after = page.rows.back().first) {
      for (const auto& row : page.rows) out.push_back(views::id_of_index_key(row.first));
      if (!page.more || out.size() > subject::kOrdersMax) break;
    }
    return out;
  }

  template <class State>
  std::optional<State> state_of(const std::string& id) const {
    const StreamId stream{id};
    auto folded = fold<State>(log_.read_stream(stream), stream, views::skipped_events(log_.row(Table::quarantine, id)));
    if (!folded || folded->version == Version{}) return std::nullopt;
    return std::move(folded->state);
  }

  /// The keys of what it holds of the subject: its own entry, and the document, which names it.
  std::vector<std::string> keys_of(const product_order::State& state) const {
    const Order& order = state.order;
    std::vector<std::string> out;
    const auto take = [&](std::string key) {
      if (!key.empty() && std::ranges::find(out, key) == out.end()) out.push_back(std::move(key));
    };
    for (const auto* list : {&order.parties, &order.others})
      for (const PartyRef& party : *list)
        if (party.id == pseudonym_) take(key_of_token(party.sealed));
    take(key_of_token(order.document));
    for (const PartyRef& former : state.former)
      if (former.id.empty() || former.id == pseudonym_) take(former.sealed);
    return out;
  }

  void add(const product_order::State& order) {
    if (!seen_.insert(order.id).second) return;
    if (out_.orders.size() >= subject::kOrdersMax) {
      out_.truncated = true;
      return;
    }
    out_.orders.push_back({order.id, !is_final(order.status), std::string(to_text(order.status)), keys_of(order)});
  }

  void add(const ProductId& id) {
    const auto product = state_of<product::State>(id.value);
    if (!product || product->product.status == product::Status::absent) return;
    using product::Status;
    const Status status = product->product.status;
    const bool over = status == Status::terminated || status == Status::cancelled || status == Status::aborted;
    out_.products.push_back({id, !over, std::string(product::to_text(status))});
    for (const std::string& entry : product->orders) {  // "order/item"
      const OrderId order{entry.substr(0, entry.find('/'))};
      if (seen_.contains(order)) continue;
      const auto state = state_of<product_order::State>(order.value);
      if (state && names_nobody(state->order)) add(*state);
    }
  }

  static bool names_nobody(const Order& order) {
    return order.parties.empty() && std::ranges::all_of(order.others, [](const PartyRef& p) { return p.role == kOrderItself; });
  }

  static constexpr std::size_t kPage = 500;
  const EventLog& log_;
  const TenantId& tenant_;
  const std::string pseudonym_;
  std::set<OrderId> seen_;
  subject::Findings out_;
};

}  // namespace

subject::Findings find_subject(const EventLog& log, const TenantId& tenant, const StreamId& subject) {
  return Search(log, tenant, subject).run();
}

}  // namespace comd
