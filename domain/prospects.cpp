#include "domain/views.h"

/// Asks `decide` what it would do: the dry run is the decision itself.
namespace comd {
namespace {

template <class Event>
void tell(const std::vector<Event>& events, Prospect& out) {
  for (std::size_t i = 1; i < events.size(); ++i) {  // the first one says that a person took part
    const Line line = describe(events[i]);
    out.leads.push_back(line.name + (line.text.empty() ? "" : ": " + line.text));
  }
}

/// `attempt`: decides on an intervention; gives its events or why not.
template <class Attempt>
std::vector<Prospect> try_all(Attempt attempt) {
  std::vector<Prospect> out;
  for (const Remedy remedy : {Remedy::retry, Remedy::complete, Remedy::skip, Remedy::fail, Remedy::compensate, Remedy::accept,
                              Remedy::hold, Remedy::resume}) {
    Prospect prospect;
    prospect.remedy = remedy;
    Intervention what{{}, remedy, "you", "your reason", {}, {}, false};
    auto events = attempt(what);
    if (!events) {
      prospect.refusal = events.error().message;
      prospect.hint = events.error().hint;
      what.force = true;
      events = attempt(what);
      prospect.forced = events.has_value();
    }
    prospect.allowed = events.has_value();
    if (events) tell(*events, prospect);
    out.push_back(std::move(prospect));
  }
  return out;
}

}  // namespace

std::vector<Prospect> prospects(const product_order::State& s, const ServiceOrderId& service_order,
                                const product_order::Context& context) {
  return try_all([&](const Intervention& what) -> Result<std::vector<product_order::Event>, Rejection> {
    auto decision = product_order::decide(s.id, s, product_order::Intervene{service_order, what}, context);
    if (!decision) return Err(decision.error());
    return std::move(decision->events);
  });
}

std::vector<Prospect> prospects(const service_order::State& s, const service_order::Context& context) {
  return try_all([&](const Intervention& what) { return service_order::decide(s, service_order::Intervene{what}, context); });
}

}  // namespace comd
