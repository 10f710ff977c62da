#include <algorithm>

#include "domain/product_order_decider.h"
#include "domain/product_order_evolve.h"
#include "domain/revision.h"

/// Service orders under way that a revision wants otherwise: amended in place, or, where that is refused, done the other way.
namespace comd::product_order {

Values inputs_of(const State& s, const Node& node, const Values& characteristics) {
  Values out = characteristics;
  for (const auto& binding : node.spec.bindings) {
    const auto found = s.index.find(binding.from);
    if (found == s.index.end()) continue;
    const Values& outputs = s.nodes[found->second].outputs;
    if (const auto output = outputs.find(binding.output); output != outputs.end()) out[binding.name] = output->second;
  }
  return out;
}

void start_amending(State& s, std::uint32_t revision, const Amendment& wanted) {
  Node* node = find(s, wanted.service_order);
  if (node == nullptr) return;
  node->amend_doubt |= node->amending.has_value();  // whether it is done as the one before wanted will not be known
  node->amending = Amending{revision, wanted.characteristics, inputs_of(s, *node, wanted.characteristics)};
}

void apply(State& s, const AmendAnswered& e) {
  change(s, e.service_order, [&](Node& node) {
    if (!node.amending) return;
    if (e.accepted) {
      node.spec.characteristics = node.amending->characteristics;
      node.inputs = node.amending->inputs;
      node.amend_doubt = false;
    } else {
      node.amend_refused = e.detail;
      node.amend_doubt |= e.in_doubt;
      node.unwanted = true;
      s.accepted = false;  // whoever accepted what had failed did not accept this
    }
    node.amending.reset();
  });
}

std::optional<Rejection> Decider::on(const NoteAmended& c) {
  const Node* node = find(c.service_order);
  if (node == nullptr || !node->amending || node->amending->revision != c.revision) return {};
  emit(AmendAnswered{c.service_order, c.revision, c.accepted, c.detail.empty() && !c.accepted ? "no reason given" : c.detail,
                     c.in_doubt});
  if (!c.accepted) advance();
  return {};
}

/// It was amended before it ended, or it ended as it was.
void Decider::amend_ended(const Node& node, const NoteSettled& c) {
  const bool accepted = c.amended >= node.amending->revision;
  emit(AmendAnswered{node.spec.id, node.amending->revision, accepted, accepted ? "" : "it has ended", c.amend_doubt});
}

/// What refused to be amended is done the other way: by a revision to the same content, in which it is replaced.
void Decider::redo_what_refused() {
  if (s_.tally.unwanted == 0 || s_.accepted) return;
  const auto refused = std::ranges::find_if(s_.nodes, &Node::unwanted);
  const std::string why = refused->spec.id.value + " cannot be amended: " + refused->amend_refused;
  const auto hold = [&](const std::string& obstacle) {
    emit(Held{why + "; nor can it be done anew: " + obstacle, c_.now + s_.hold_review, 0, c_.now, false});
  };
  const std::uint32_t revision = s_.revision + 1;
  auto plan = decompose(id_, s_.order, catalog(), inventory_of(s_, c_), revision);
  if (!plan) return hold(plan.error().message);
  Merged merged = merge(s_, *std::move(plan), *c_.catalogs);
  if (const auto against = points_of_no_return(merged.superseded, false)) return hold(against->message);
  take_over({revision, s_.order, s_.digest, s_.policy, std::move(merged.plan), std::move(merged.superseded), "comd", why, c_.now,
             std::move(merged.amended)});
}

}  // namespace comd::product_order
