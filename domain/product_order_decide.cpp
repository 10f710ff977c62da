#include <algorithm>

#include "domain/check.h"
#include "domain/decide_in_place.h"
#include "domain/overload.h"
#include "domain/product_order_decider.h"

namespace comd::product_order {
namespace {

using namespace std::chrono_literals;

constexpr Millis kOverdueMargin = 10min;  ///< then asked again, each time after twice as long
constexpr Millis kOverdueMax = 24h;       ///< a service order may wait for a person for weeks
constexpr Millis kInventoryMax = 1h;      ///< and an order in line for a product for days

bool satisfied(Progress progress) { return progress == Progress::done || progress == Progress::skipped; }

}  // namespace

Result<Decision, Rejection> Decider::handle(const Command& command) {
  if (s_.archived() && !std::holds_alternative<Submit>(command)) {
    if (auto refused = archived(command)) return Err(*std::move(refused));
    return Decision{};
  }
  auto refused = std::visit([&](const auto& c) { return on(c); }, command);
  CHECK(!refused || out_.events.empty());  // whoever refuses has changed nothing
  if (refused) return Err(*std::move(refused));
  if (!out_.events.empty()) assess();
  return std::move(out_);
}

void Decider::emit(Event event) {
  evolve(s_, event);
  out_.events.push_back(std::move(event));
}

// ── submission ───────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::on(const Submit& c) {
  if (s_.status != OrderStatus::absent) {
    if (s_.digest == c.digest || std::ranges::find(s_.earlier, c.digest) != s_.earlier.end()) return {};
    return Rejection{RejectionCode::conflict, "Expected the order first submitted under this id, but the content differs",
                     "externalId", "Submit a new order under its own external id, or revise this one"};
  }
  const Catalog* catalog =
      c.catalog_version.empty() ? c_.catalogs->for_order(c.order.tenant, id_) : c_.catalogs->find(c.catalog_version);
  if (catalog == nullptr) {
    if (c.catalog_version.empty())
      return Rejection{
          RejectionCode::unavailable, "Expected a catalogue, but none is loaded", {}, "Load one with: comctl catalog load FILE"};
    return Rejection{RejectionCode::invalid, "Expected a loaded catalogue version, but there is no '" + c.catalog_version + "'",
                     "catalogVersion", "List them with: comctl catalog list"};
  }
  if (auto refused = c_.catalogs->withdrawn(catalog->version)) return refused;
  if (auto found = check(c.order, *catalog, c_.inventory); !found.empty()) return together(found);
  if (auto refused = related_orders(c.order)) return refused;
  auto plan = decompose(id_, c.order, *catalog, c_.inventory, 1);
  if (!plan) return plan.error();
  emit(Submitted{id_, c.order, c.digest, catalog->version, catalog->digest, policy_of(c.order, *catalog), catalog->hold_review,
                 c_.now});
  start(*std::move(plan));
  return {};
}

Rejection Decider::together(const std::vector<Rejection>& found) {
  Rejection out = found.front();
  for (std::size_t i = 1; i < found.size() && i < 20; ++i) out.message += "; " + found[i].where + ": " + found[i].message;
  return out;
}

void Decider::open_plan(Plan plan) {
  const std::vector<service_order::Spec> specs = plan.service_orders;
  emit(Decomposed{std::move(plan)});
  schedule();
  open(specs);
  advance();
}

/// Opens the streams of new service orders; those that wait for nothing are released in the same breath.
void Decider::open(const std::vector<service_order::Spec>& specs) {
  const service_order::Context context{c_.now, 0, c_.catalogs};
  for (const auto& spec : specs) {
    const bool ready = !find(spec.id)->waited;
    const auto wanted_by = spec.undoes.empty() ? s_.order.requested_completion : std::nullopt;
    out_.opened.emplace_back(spec.id, service_order::open(spec, ready, context, wanted_by));
    if (ready) emit(Released{spec.id, spec.characteristics, deadline_of(spec), c_.now});
  }
}

// ── from service orders ──────────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::on(const NoteSettled& c) {
  const Node* node = find(c.service_order);
  if (node == nullptr || !is_open(*node) || c.reopens != node->reopens) return {};
  if (node->amending) amend_ended(*node, c);
  const bool failed = c.outcome == Settlement::failed || c.outcome == Settlement::rejected;
  const bool skipped = failed && (c.skipped_by_hand || (node->spec.optional && (c.then == Then::skip || c.then == Then::fail)));
  const bool unasked = c.outcome == Settlement::cancelled && !node->cancel_told && !node->asked;  // the partner gave up by itself
  const bool undo = c.outcome == Settlement::partial && !node->superseded && !node->unwanted && undoes_parts(node->spec);
  const bool left_out = skipped || (undo && node->spec.optional && c.then != Then::compensate);
  // What undoes a service order has no say in what becomes of the rest.
  const bool assessed = node->asked && s_.assessment;  // then it matters only if the cancellation is denied
  const bool bad = !left_out && !node->superseded && !node->unwanted && !assessed && node->spec.undoes.empty() &&
                   (failed || unasked || c.outcome == Settlement::partial);
  emit(Settled{c.service_order, c.outcome, c.inputs, c.outputs, c.fault, c.then, skipped});
  if (bad && !s_.unwinding) apply_policy(*find(c.service_order), c.then);
  if (undo && !s_.unwinding) undo_alone(*find(c.service_order));
  if (const Node& now = *find(c.service_order);
      now.asked && !s_.assessment && !now.unwanted && now.progress == Progress::cancelled)
    take_up_again(now);  // it agreed when the cancellation was denied already
  advance();
  return {};
}

bool Decider::undoes_parts(const service_order::Spec& spec) const {
  const auto* policy = service_order::find_specification(*c_.catalogs, spec.catalog_version, spec.specification);
  return spec.undoes.empty() && policy != nullptr && policy->partial_activation == PartialActivation::undo;
}

void Decider::apply_policy(const Node& node, Then then) {
  const std::string why = node.spec.id.value + " " +
                          (node.progress == Progress::partly_done ? "was activated in part" : "failed") +
                          (node.fault.code.empty() ? "" : ": " + node.fault.code) +
                          (node.fault.message.empty() ? "" : " (" + node.fault.message + ")");
  if (then == Then::compensate || s_.policy == FailurePolicy::rollback)
    unwind(UnwindCause::failure, why);
  else if (s_.policy == FailurePolicy::hold && (!s_.on_hold || s_.held_by_hand))
    emit(Held{why, c_.now + s_.hold_review, 0, c_.now, false});
}

std::optional<Rejection> Decider::on(const NoteHeld& c) {
  const Node* node = find(c.service_order);
  // One that cannot be read may say so before it was released: it still waits for what it waits for.
  if (node == nullptr || !is_open(*node) || node->progress == Progress::not_started) return {};
  if ((node->progress == Progress::held) == c.held) return {};
  emit(ServiceOrderHeld{c.service_order, c.held, c.reason});
  return {};
}

std::optional<Rejection> Decider::on(const NotePonr& c) {
  const Node* node = find(c.service_order);
  if (node != nullptr && !node->ponr_reached) emit(PonrReached{c.service_order});
  return {};
}

std::optional<Rejection> Decider::on(const NoteExpected& c) {
  const Node* node = find(c.service_order);
  if (node == nullptr || !is_open(*node) || node->expected == c.completion) return {};
  emit(ServiceOrderExpected{c.service_order, c.completion});
  return {};
}

// ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Decider::unwind(UnwindCause cause, const std::string& reason) {
  drop_queued("the order is being undone");
  emit(UnwindStarted{cause, reason});
  for (std::size_t i = 0; i < s_.nodes.size(); ++i)
    if (s_.nodes[i].progress == Progress::not_started && s_.nodes[i].spec.undoes.empty())
      emit(Dropped{s_.nodes[i].spec.id, reason});
  advance();
}

/// Moves everything that can move now.
void Decider::advance() {
  if (!s_.decomposed) {
    if (s_.unwinding && s_.tally.unclaimed.empty()) finish();
    return;
  }
  if (!s_.writes.empty()) return;
  if (s_.assessment) conclude_assessment();
  if (s_.assessment) return;
  if (s_.unwinding && !s_.compensation_planned) {
    release();                      // of what a revision had undone; the rest was dropped
    if (s_.tally.open > 0) return;  // quieten first
    plan_compensation();
  }
  if (!s_.unwinding && !s_.on_hold) redo_what_refused();
  if (!s_.unwinding && !s_.on_hold) take_queued();
  if (!s_.unwinding && !s_.on_hold) undo_superseded();
  hold_if_blocked();
  if (!s_.on_hold) release();
  if (s_.tally.open == 0) finish();
}

/// What is dropped may make others ready that stand before it.
void Decider::release() {
  const auto& ready = s_.tally.ready;
  for (bool moved = true; std::exchange(moved, false);) {
    for (auto next = ready.begin(); next != ready.end() && next->first <= c_.now;) {
      const auto at = *next;
      const Node& node = s_.nodes[at.second];
      if (!is_held_back(s_, node) && !waits_for_others(s_, node)) {
        if (auto why = obstacle(node); !why.empty())
          emit(Dropped{node.spec.id, why});
        else
          emit(Released{node.spec.id, inputs_of(s_, node, node.spec.characteristics), deadline_of(node.spec), c_.now});
        moved = true;
      }
      next = ready.upper_bound(at);
    }
  }
}

/// Why this service order will never run; empty if it can run now. A failed compensation stops nobody: the rest is undone.
std::string Decider::obstacle(const Node& node) const {
  if (!node.spec.undoes.empty()) return {};
  if (!node.spec.replaces.empty() && !is_gone(s_, *find(node.spec.replaces)))
    return node.spec.replaces.value + " is still there: it could not be undone";
  for (const ServiceOrderId& id : node.spec.depends_on)
    if (!satisfied(find(id)->progress)) return id.value + " did not complete";
  for (const auto& binding : node.spec.bindings) {
    const Node* from = find(binding.from);
    if (binding.required && (from == nullptr || !from->outputs.contains(binding.output)))
      return "output '" + binding.output + "' of " + binding.from.value + " is missing";
  }
  return {};
}

void Decider::plan_compensation() {
  std::vector<service_order::Spec> done;
  std::map<ServiceOrderId, Values> outputs, inputs;
  for (const Node& node : s_.nodes) {
    if (node.progress != Progress::done && node.progress != Progress::partly_done) continue;
    if (!node.spec.undoes.empty() || undo_decided(s_, node.spec.id)) continue;  // undone alone before
    done.push_back(node.spec);
    done.back().priority = s_.order.priority;
    outputs[node.spec.id] = node.outputs;
    inputs[node.spec.id] = node.inputs;
  }
  Compensation plan = compensate(done, outputs, inputs, *c_.catalogs);
  const std::vector<service_order::Spec> specs = plan.service_orders;
  emit(CompensationPlanned{std::move(plan.service_orders), std::move(plan.remainder)});
  open(specs);
}

/// Undoes what is there of one service order, while the others go on. Nothing that depends on it was started: it did not complete.
void Decider::undo_alone(const Node& node) {
  service_order::Spec done = node.spec;
  done.priority = s_.order.priority;
  Compensation plan = compensate({done}, {{node.spec.id, node.outputs}}, {{node.spec.id, node.inputs}}, *c_.catalogs);
  const std::vector<service_order::Spec> specs = plan.service_orders;
  emit(CompensationPlanned{std::move(plan.service_orders), std::move(plan.remainder)});
  open(specs);
}

/// Every service order has ended.
void Decider::finish() {
  if (!s_.writes.empty() || is_final(s_.status)) return;
  if (!s_.on_hold && (s_.unwinding || !s_.accepted)) {
    if (const std::string rest = not_undone(s_); !rest.empty())
      return emit(Held{"could not be undone: " + rest, c_.now + s_.hold_review, 0, c_.now, false});
  }
  if (s_.on_hold) return;
  write_products();
}

void Decider::write_products() {
  std::vector<std::pair<ProductId, product::Outcome>> writes;
  for (const ProductPlan& plan : s_.products) writes.emplace_back(plan.product, product_outcome(s_, plan));
  // Claimed, and nothing is changed: the claim goes.
  for (const auto& [product, claim] : s_.claims)
    if (claim.granted && std::ranges::find(s_.products, product, &ProductPlan::product) == s_.products.end())
      writes.emplace_back(product, s_.unwinding && s_.unwind_cause == UnwindCause::failure ? product::Outcome::failed
                                                                                           : product::Outcome::cancelled);
  if (writes.empty()) return close_by_items();
  emit(WritesRequested{std::move(writes), c_.now + kInventoryDeadline});
}

std::optional<Rejection> Decider::on(const SettleWrite& c) {
  auto write = s_.writes.find(c.product);
  if (write == s_.writes.end() || write->second.settled) return {};
  emit(WriteSettled{c.product, c.status});
  if (s_.tally.unwritten.empty() && !is_final(s_.status))
    close_by_items();  // a correction ends it first, and sets its products free after
  return {};
}

void Decider::close_by_items() {
  if (s_.unwinding) {
    const std::string rest = not_undone(s_);
    const OrderStatus status = s_.unwind_cause == UnwindCause::cancellation ? OrderStatus::cancelled : OrderStatus::failed;
    std::string why = cause_of_end(s_);
    if (!rest.empty()) why += "; not undone: " + rest;
    return close(status, why);
  }
  std::vector<ItemStatus> items;
  const ItemStatuses statuses(s_);
  for (const OrderItem& item : s_.order.items) items.push_back(statuses.of(item.id));
  const OrderStatus status = roll_up_order(items);
  std::string why = status == OrderStatus::completed ? "all service orders completed" : failure_of(s_);
  if (const std::string rest = not_undone(s_); !rest.empty()) why += "; not undone: " + rest;
  close(status, why);
}

void Decider::close(OrderStatus status, std::string reason) {
  drop_queued("the order has ended");
  emit(Closed{status, std::move(reason), c_.now});
}

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<Rejection> Decider::on(const TimerDue& c) {
  auto timer = s_.timers.find(c.name);
  if (timer == s_.timers.end() || timer->second > c_.now) return {};
  if (c.name == kStartTimer) {
    if (s_.decomposed)
      advance();
    else
      begin({});
  } else if (c.name == kRelatedTimer) {
    look_at_related(true);
  } else if (c.name == kItemReviewTimer) {
    for (const auto& [item, held] : std::map(s_.held_items))
      if (held.review_at <= c_.now) emit(ItemHeld{item, true, held.reason, c_.now + s_.hold_review, held.reviews + 1, c_.now});
  } else if (c.name == kEffectsTimer) {
    const Millis pause = std::min<Millis>(kInventoryDeadline * (1 << std::min(s_.effects_overdue, 6u)), kInventoryMax);
    emit(EffectsOverdue{c_.now + pause, s_.effects_overdue + 1});
  } else if (c.name == kReviewTimer) {
    emit(Held{s_.reason, c_.now + s_.hold_review, s_.reviews + 1, c_.now, s_.held_by_hand});
  } else if (c.name == kJeopardyTimer) {
    assess();
  } else if (c.name == kServiceOrdersTimer) {
    std::vector<ServiceOrderId> late;
    for (const Node& node : s_.nodes)
      if ((node.progress == Progress::running || node.progress == Progress::held) && node.deadline <= c_.now)
        late.push_back(node.spec.id);
    const Millis pause = std::min<Millis>(kOverdueMargin * (1 << std::min(s_.overdue, 8u)), kOverdueMax);
    emit(Overdue{std::move(late), s_.overdue + 1, c_.now + pause});
  }
  return {};
}

Instant Decider::deadline_of(const service_order::Spec& spec) const {
  const auto* policy = service_order::find_specification(*c_.catalogs, spec.catalog_version, spec.specification);
  CHECK(policy != nullptr);  // the plan took it from there
  return c_.now + policy->timeouts.queue + std::max(policy->timeouts.complete, policy->timeouts.pending_external) +
         kOverdueMargin;
}

const Catalog& Decider::catalog() const {
  const Catalog* found = c_.catalogs->find(s_.catalog_version);
  CHECK(found != nullptr);  // versions are events: once loaded, always there
  return *found;
}

const Node* Decider::find(const ServiceOrderId& id) const {
  auto found = s_.index.find(id);
  return found == s_.index.end() ? nullptr : &s_.nodes[found->second];
}

Result<Decision, Rejection> decide(const OrderId& id, const State& state, const Command& command, const Context& context) {
  State after = state;
  return Decider{id, after, context}.handle(command);
}

bool decides_in_place(const Command& command) {
  return std::visit(
      []<class C>(const C&) {
        return is_any_of<C, NoteSettled, NoteHeld, NotePonr, NoteExpected, NoteCancelRefused, NoteAmended, SettleClaim,
                         SettleWrite, NoteInLine, TimerDue>;
      },
      command);
}

Result<Decision, Rejection> decide_in_place(const OrderId& id, State& state, const Command& command, const Context& context) {
  CHECK(decides_in_place(command));
  return Decider{id, state, context}.handle(command);
}

}  // namespace comd::product_order
