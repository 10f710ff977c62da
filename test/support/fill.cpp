#include "test/support/fill.h"

namespace comd::test {
namespace {

template <std::size_t Aggregate = 0>
AnyEvent make_event_of(Fill& fill, std::size_t kind) {
  if constexpr (Aggregate < std::variant_size_v<AnyEvent>) {
    using Event = std::variant_alternative_t<Aggregate, AnyEvent>;
    if (kind >= std::variant_size_v<Event>) return make_event_of<Aggregate + 1>(fill, kind - std::variant_size_v<Event>);
    Event event;
    fill.fill_alternative(event, kind);
    return event;
  } else {
    return {};
  }
}

}  // namespace

void Fill::fill(AnyEvent& event) { fill_alternative(event, below(std::variant_size_v<AnyEvent> - 1)); }
void Fill::fill(Commit& commit) { fill_fields(commit); }

AnyEvent make_event(Fill& fill, std::size_t kind) { return make_event_of(fill, kind); }

std::size_t kind_of_event(const AnyEvent& event) {
  constexpr std::size_t service_orders = std::variant_size_v<product_order::Event>;
  constexpr std::size_t products = service_orders + std::variant_size_v<service_order::Event>;
  constexpr std::size_t services = products + std::variant_size_v<product::Event>;
  constexpr std::size_t catalog = services + std::variant_size_v<service::Event>;
  constexpr std::size_t quarantine = catalog + 2 + std::variant_size_v<repair::Event>;
  constexpr std::size_t epochs = quarantine + std::variant_size_v<quarantine::Event>;
  constexpr std::size_t subjects = epochs + std::variant_size_v<epoch::Event>;
  constexpr std::size_t before[] = {0,           service_orders, products, services, catalog,    catalog + 1,
                                    catalog + 2, quarantine,     epochs,   subjects, kEventKinds};
  return before[event.index()] + std::visit([](const auto& e) { return e.index(); }, event);
}

}  // namespace comd::test
