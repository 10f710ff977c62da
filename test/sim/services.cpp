#include "test/sim/services.h"

#include <algorithm>

namespace comd::sim {
namespace {

using service_order::Spec;

/// What partners have done, by service: the one that made it, or changed it last. `gone`: what they removed.
struct Deployed {
  std::map<ServiceId, const Spec*> there;
  std::set<ServiceId> gone;
};

Deployed deployed(const Auditor& auditor, const std::vector<std::string>& order_of_work) {
  Deployed out;
  std::set<std::string> worked;
  for (const std::string& id : order_of_work) {
    const auto found = auditor.service_orders().find(id);
    if (found == auditor.service_orders().end()) continue;  // the auditor has told of it
    const Spec& spec = found->second.state.spec;
    worked.insert(id);
    if (spec.action == Action::remove) {
      out.there.erase(spec.service);
      out.gone.insert(spec.service);
    } else {
      out.there[spec.service] = &spec;
      out.gone.erase(spec.service);
    }
  }
  // Of what people did by hand the partners know nothing.
  for (const auto& [id, folded] : auditor.service_orders()) {
    const Spec& spec = folded.state.spec;
    if (folded.state.status != service_order::Status::completed) continue;
    if (spec.action == Action::remove)
      out.there.erase(spec.service);
    else if (!worked.contains(id))
      out.gone.erase(spec.service);
  }
  return out;
}

bool shows(const EventLog& log, const ServiceId& service) {
  const std::string& id = service.value;  // "sv-<suffix>.<item>.<unit>.<site>.<key>", of product "pr-<suffix>.<item>.<unit>"
  std::size_t end = id.find('.');
  for (int parts = 0; parts < 2; ++parts) end = id.find('.', end + 1);
  const StreamId stream{"pr-" + id.substr(3, end - 3)};
  const auto product = fold<product::State>(log.read_stream(stream), stream);
  if (!product) return false;
  return std::ranges::any_of(product->state.product.services, [&](const product::ServiceRecord& record) {
    return record.id == service && record.state != product::ServiceState::terminated;
  });
}

bool wants(const std::vector<Line>& lines, const Spec& spec) {
  const auto line = std::ranges::find(lines, spec.item, &Line::item);
  if (line == lines.end()) return false;
  if (line->sites > 0) return spec.key == "evc" || static_cast<int>(spec.site) <= line->sites;
  return spec.key != "cpe" || line->router;
}

/// A revision that was taken is what is done in the end, or the log says that it was dropped.
bool is_lost(const EventLog& log, const Submitted& client, const product_order::State& order) {
  if (client.revised == 0 || order.digest == kBack || (client.revised == 1 && order.digest == kLess)) return false;
  const StreamId stream = stream_of(client.id);
  for (const StoredCommit& stored : log.read_stream(stream)) {
    const auto commit = decode(stored.record);
    if (!commit) return false;  // the auditor has told of it
    for (const StreamSlice& slice : commit->streams)
      for (const AnyEvent& event : slice.events)
        if (const auto* of_order = std::get_if<product_order::Event>(&event))
          if (std::holds_alternative<product_order::RevisionDropped>(*of_order)) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> left_behind(const EventLog& log, const Auditor& auditor, const std::vector<std::string>& order_of_work,
                                     const std::vector<Submitted>& submitted) {
  std::vector<std::string> out;
  const Deployed deployed = sim::deployed(auditor, order_of_work);
  for (const ServiceId& service : deployed.gone)
    if (shows(log, service)) out.push_back(service.value + " is gone, and the inventory shows it");
  for (const auto& [service, spec] : deployed.there) {
    if (!shows(log, service)) out.push_back(service.value + " is there, and the inventory does not show it");
    const auto& order = auditor.orders().at(spec->order.value).state;
    const auto client = std::ranges::find(submitted, spec->order, &Submitted::id);
    if (order.status != OrderStatus::completed || client == submitted.end() || client->lines.empty()) continue;
    if (!wants(lines_of(*client, order.digest), *spec))
      out.push_back(service.value + " is there, and " + order.id.value + " does not want it");
  }
  for (const Submitted& client : submitted)
    if (const auto order = auditor.orders().find(client.id.value); order != auditor.orders().end())
      if (is_lost(log, client, order->second.state)) out.push_back(client.id.value + " has lost a revision");
  return out;
}

}  // namespace comd::sim
