#include "edge/tmf/alerts.h"

namespace comd::tmf {
namespace {

using Out = nlohmann::ordered_json;

/// A service order has one item.
Out item_of(const service_order::State& state) {
  return Out::array({{{"itemId", "1"}, {"serviceOrderId", state.spec.id.value}, {"@referredType", "ServiceOrder"}}});
}

Out eased_alert() {
  return {{"id", "1"}, {"name", "completion"}, {"jeopardyType", "Normal"}, {"message", "expected to be in time again"}};
}

}  // namespace

Out milestones(const service_order::State& state) {
  Out out = Out::array();
  for (const auto& reached : state.milestones) {
    Out entry = {{"id", std::to_string(out.size() + 1)}, {"name", reached.name}};
    if (!reached.description.empty()) entry["description"] = reached.description;
    if (!reached.message.empty()) entry["message"] = reached.message;
    entry["milestoneDate"] = to_text(reached.at);
    entry["status"] = "Completed";  // v5's word; in v4 it is free text
    entry["serviceOrderItem"] = item_of(state);
    out.push_back(std::move(entry));
  }
  return out;
}

Out jeopardy_alerts(const service_order::State& state, Alert alert) {
  Out out = Out::array();
  if (alert == Alert::eased) out.push_back(eased_alert());
  if (!state.jeopardy) return out;
  out.push_back({{"id", "1"},
                 {"name", "completion"},
                 {"alertDate", to_text(state.jeopardy->at)},
                 {"jeopardyType", "Hazard"},
                 {"exception", "takes longer than expected"},
                 {"message", state.jeopardy->cause},
                 {"serviceOrderItem", item_of(state)}});
  return out;
}

Out jeopardy_alerts(const product_order::State& state, Alert alert) {
  Out out = Out::array();
  if (alert == Alert::eased) out.push_back(eased_alert());
  if (!state.jeopardy) return out;
  const auto& jeopardy = *state.jeopardy;
  const auto& date = state.order.requested_completion;
  Out entry = {{"id", "1"},
               {"name", std::string{product_order::to_text(jeopardy.kind)}},
               {"alertDate", to_text(jeopardy.at)},
               {"jeopardyType", date && jeopardy.at > *date ? "Critical" : "Hazard"},
               {"exception", "expected by " + to_text(jeopardy.expected) + ", later than requested"},
               {"message", jeopardy.cause}};
  if (const auto found = state.index.find(jeopardy.service_order); found != state.index.end())
    entry["productOrderItem"] =
        Out::array({{{"productOrderItemId", state.nodes[found->second].spec.item}, {"productOrderId", state.id.value}}});
  out.push_back(std::move(entry));
  return out;
}

}  // namespace comd::tmf
