#pragma once
#include "domain/product_order.h"

/// Inside of product_order::evolve: what its parts take from one another.
namespace comd::product_order {

/// To change what is not counted (product_order_tally.h).
Node* find(State&, const ServiceOrderId&);
void add_nodes(State&, const std::vector<service_order::Spec>&);
/// It runs, or a person decides about it.
bool waits(const Node&);

// product_order_tally.cpp
/// Takes a service order into the tally, or out of it.
void count(State&, std::size_t at, bool more);
/// It has come to its end, or is open again.
void tell_dependents(State&, std::size_t at);
/// What depends on what, for service orders from `first` on.
void link(State&, std::size_t first);
/// The items have changed.
void list_offerings(State&);

/// Changes one service order, and with it what they add up to.
template <class Change>
void change(State& s, const ServiceOrderId& id, Change how) {
  const auto found = s.index.find(id);
  if (found == s.index.end()) return;
  Node& node = s.nodes[found->second];
  const bool was_open = is_open(node);
  count(s, found->second, false);
  how(node);
  count(s, found->second, true);
  if (is_open(node) != was_open) tell_dependents(s, found->second);
}

/// Without an instant there is no such timer.
void set_timer(State&, std::string_view name, std::optional<Instant> due);
/// It no longer has a date to meet: it is being undone, or has ended.
void forget_date(State&);

// product_order_changes.cpp
void set_priority(State&, std::uint8_t priority);
void add_task(State&, CancelTask);
void end_task(State&, TaskState, Instant at, std::vector<Obstacle> obstacles = {});
void apply(State&, const CancelAssessing&);
void apply(State&, const CancelDenied&);
void apply(State&, const OrdersAwaited&);
void apply(State&, const ItemHeld&);
void apply(State&, const UnwindStarted&);
void apply(State&, const Revised&);
void keep_subjects(State&, const Order&);

// product_order_queue.cpp
void apply(State&, const RevisionQueued&);
void apply(State&, const RevisionDropped&);
void forget_queued(State&, const Revised&);

// product_order_amend.cpp
void start_amending(State&, std::uint32_t revision, const Amendment&);
void apply(State&, const AmendAnswered&);

}  // namespace comd::product_order
