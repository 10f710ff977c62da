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

}  // namespace comd::test
