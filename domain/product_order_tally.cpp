#include "domain/product_order_tally.h"

#include "domain/product_order_evolve.h"

namespace comd::product_order {
namespace {

/// One more, or one less; what has come to nothing is not kept, so that equal states have equal tallies.
template <class Key, class Less, class Wanted>
void add(std::map<Key, std::size_t, Less>& counts, const Wanted& key, bool more) {
  const auto found = counts.try_emplace(key).first;
  if ((found->second += more ? 1 : -1) == 0) counts.erase(found);
}

void set_ready(State& s, std::size_t at, bool ready) {
  const std::pair key{s.nodes[at].not_before, at};
  if (ready)
    s.tally.ready.insert(key);
  else
    s.tally.ready.erase(key);
}

}  // namespace

void count(State& s, std::size_t at, bool more) {
  Tally& t = s.tally;
  const Node& node = s.nodes[at];
  const std::size_t by = more ? 1 : -1;
  if (is_open(node)) t.open += by;
  if (node.superseded)
    t.superseded += by;
  else
    t.wanted[static_cast<std::size_t>(node.progress)] += by;
  if (!node.superseded && node.spec.undoes.empty()) {
    t.planned += by;
    if (node.progress == Progress::done) t.planned_done += by;
  }
  if (node.unwanted) t.unwanted += by;
  if (waits(node)) add(t.deadlines, node.deadline, more);
  if (node.progress != Progress::not_started) return;
  add(t.not_started, node.spec.item, more);
  if (!node.spec.replaces.empty()) t.replacing += by;
  if (t.places[at].open_before == 0) set_ready(s, at, more);
}

void link(State& s, std::size_t first) {
  auto& places = s.tally.places;
  places.resize(s.nodes.size());
  for (std::size_t at = first; at < s.nodes.size(); ++at) {
    for (const ServiceOrderId& id : s.nodes[at].spec.depends_on) {
      const auto before = s.index.find(id);
      if (before == s.index.end()) continue;
      places[before->second].dependents.push_back(at);
      if (is_open(s.nodes[before->second])) ++places[at].open_before;
    }
    count(s, at, true);
  }
}

void tell_dependents(State& s, std::size_t at) {
  const bool open = is_open(s.nodes[at]);
  for (const std::size_t dependent : s.tally.places[at].dependents) {
    std::size_t& open_before = s.tally.places[dependent].open_before;
    const bool was_ready = open_before == 0;
    open_before += open ? 1 : -1;
    const bool ready = open_before == 0;
    if (ready != was_ready && s.nodes[dependent].progress == Progress::not_started) set_ready(s, dependent, ready);
  }
}

void list_offerings(State& s) {
  auto& offerings = s.tally.offerings;
  offerings.clear();
  std::set<std::string_view> seen;
  for (const OrderItem& item : s.order.items)
    if (item.offering && seen.insert(item.offering->id).second) offerings.push_back(item.offering->id);
}

}  // namespace comd::product_order
