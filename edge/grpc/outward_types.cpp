#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "edge/grpc/outward.h"
#include "edge/tmf/render.h"

namespace comd::outward {
namespace {

/// Which TMF API a type belongs to, and what it says in words.
struct Description {
  Type type;
  std::string_view name, domain, title;
};

constexpr std::array kTypes = {
    Description{Type::product_order_create, "ProductOrderCreateEvent", "productOrdering", "A product order was acknowledged"},
    Description{Type::product_order_state_change, "ProductOrderStateChangeEvent", "productOrdering",
                "A product order is in another state"},
    Description{Type::service_order_create, "ServiceOrderCreateEvent", "serviceOrdering", "A service order was opened"},
    Description{Type::service_order_state_change, "ServiceOrderStateChangeEvent", "serviceOrdering",
                "A service order is in another state"},
    Description{Type::product_create, "ProductCreateEvent", "productInventory", "The inventory has a new product"},
    Description{Type::product_state_change, "ProductStateChangeEvent", "productInventory", "A product has another status"},
    Description{Type::product_attribute_change, "ProductAttributeValueChangeEvent", "productInventory", "A product was changed"},
    Description{Type::fallout_raised, "FalloutRaisedEvent", "fallout", "An order or service order waits for a person"},
    Description{Type::fallout_resolved, "FalloutResolvedEvent", "fallout", "It does not wait for a person any more"},
    Description{Type::task_opened, "TaskOpenedEvent", "serviceOrdering", "A service order is a person's task"},
    Description{Type::product_order_jeopardy, "ProductOrderJeopardyEvent", "productOrdering",
                "Whether a product order is expected to miss its date is another than before"},
    Description{Type::service_order_jeopardy, "ServiceOrderJeopardyEvent", "serviceOrdering",
                "Whether a service order takes longer than expected is another than before"},
    Description{Type::service_order_milestone, "ServiceOrderMilestoneEvent", "serviceOrdering",
                "A service order has reached a milestone"},
};

const Description& description(Type type) { return kTypes[static_cast<std::size_t>(type)]; }

const std::set<std::string_view>& known_states() {
  static const auto states = [] {
    std::set<std::string_view> out{"pendingCancellation"};
    for (int i = 1; i <= static_cast<int>(OrderStatus::rejected); ++i) out.insert(to_tmf(static_cast<OrderStatus>(i)));
    for (int i = 2; i <= static_cast<int>(service_order::Status::awaiting_person); ++i)
      out.insert(tmf::to_tmf(static_cast<service_order::Status>(i)));
    for (int i = 1; i <= static_cast<int>(product::Status::aborted); ++i)
      out.insert(product::to_text(static_cast<product::Status>(i)));
    return out;
  }();
  return states;
}

template <class Names>
std::string list(const Names& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

}  // namespace

std::string_view to_text(Type type) { return description(type).name; }

const std::vector<Type>& all_types() {
  static const auto all = [] {
    std::vector<Type> out;
    for (const auto& each : kTypes) out.push_back(each.type);
    return out;
  }();
  return all;
}

std::string to_json(const Event& event) {
  using Out = nlohmann::ordered_json;
  const auto& about = description(event.type);
  Out out = {{"eventId", event.id},
             {"eventTime", comd::to_text(event.time)},
             {"eventType", std::string{about.name}},
             {"domain", std::string{about.domain}},
             {"title", std::string{about.title}}};
  if (!event.reason.empty()) out["description"] = event.reason;
  if (!event.correlation.empty()) out["correlationId"] = event.correlation;
  out["tenant"] = event.tenant.value;
  out["position"] = number(event.position);
  out["productOrderId"] = event.order.value;
  if (!event.external_id.empty()) out["externalId"] = event.external_id;
  out["subject"] = event.subject;
  if (!event.before.empty()) out["stateBefore"] = event.before;
  out["state"] = event.after;
  out["event"] = Out::parse(event.payload, nullptr, false);
  return out.dump(-1, ' ', false, Out::error_handler_t::replace);
}

Result<Filter, std::string> Filter::make(const std::vector<std::string>& patterns) {
  Filter out;
  for (const auto& text : patterns) {
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    Pattern pattern{{}, colon == std::string::npos ? "" : text.substr(colon + 1)};
    for (const auto& each : kTypes) {
      const bool fits = name.ends_with('*') ? each.name.starts_with(name.substr(0, name.size() - 1)) : each.name == name;
      if (fits) pattern.types.push_back(each.type);
    }
    if (pattern.types.empty()) {
      std::vector<std::string_view> names;
      for (const auto& each : kTypes) names.push_back(each.name);
      return Err("Expected an event type, one of " + list(names) + ", or the start of some with *, but got \"" + name + "\".");
    }
    if (colon != std::string::npos && !known_states().contains(pattern.state))
      return Err("Expected a state behind \"" + name + ":\", one of " + list(known_states()) + ", but got \"" + pattern.state +
                 "\".");
    out.patterns_.push_back(std::move(pattern));
  }
  return out;
}

bool Filter::wants(const Event& event) const {
  return patterns_.empty() || std::ranges::any_of(patterns_, [&event](const Pattern& pattern) {
           return std::ranges::find(pattern.types, event.type) != pattern.types.end() &&
                  (pattern.state.empty() || pattern.state == event.after);
         });
}

}  // namespace comd::outward
