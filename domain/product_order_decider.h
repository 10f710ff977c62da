#pragma once
#include "domain/product_order.h"

/// Inside of product_order::decide. One decision: collects events while keeping the state they lead to, so that a later step sees
/// an earlier one.
namespace comd::product_order {

/// Claims and writes are answered by our own products: later means lost, or that it waits in line.
inline constexpr Millis kInventoryDeadline = std::chrono::seconds(60);

/// It cannot be done with the order as it is; `where`: the field of the request that asks for it.
inline Rejection refuse(std::string why, std::string hint, std::string where) {
  return {RejectionCode::precondition, std::move(why), std::move(where), std::move(hint)};
}

/// What is left may be accepted once nothing undoes it any more: a compensation that was started anew would outlive its order.
std::optional<Rejection> still_undoing(const State&);

/// It should be gone and is not, and nothing undoes it any more.
bool is_stuck(const State&, const Node&);

/// What the order has claimed is its own, as it was then.
Inventory inventory_of(const State&, const Context&);

class Decider {
 public:
  /// Moves `state` along with what it decides.
  Decider(const OrderId& id, State& state, const Context& context) : id_(id), s_(state), c_(context) {}
  Result<Decision, Rejection> handle(const Command&);

 private:
  using Refusal = std::optional<Rejection>;

  void emit(Event event);
  Refusal on(const Submit&);
  static Rejection together(const std::vector<Rejection>& found);
  Refusal related_orders(const Order& wanted) const;
  void start(std::optional<Plan> plan);
  void start_on_date(std::optional<Plan> plan);
  void await(std::vector<OrderId> orders, bool due);
  void begin(std::optional<Plan> plan);
  Refusal on(const CheckRelated&);
  void look_at_related(bool due);
  void cancel_with_others();
  Refusal go_on_without_others(const Intervene&);
  Refusal on(const SettleClaim&);
  Refusal on(const NoteInLine&);
  void plan_claimed();
  void open_plan(Plan plan);
  void schedule();
  void open(const std::vector<service_order::Spec>& specs);
  Refusal on(const NoteSettled&);
  void apply_policy(const Node& node, Then then);
  Refusal on(const NoteHeld&);
  Refusal on(const NotePonr&);
  Refusal on(const NoteExpected&);
  Refusal on(const Cancel&);
  Refusal end_with_remainder(const Cancel&);
  void deny(const Cancel&, std::vector<Obstacle> obstacles);
  void carry_out(const Cancel&);
  bool ask_first(const Cancel&);
  void conclude_assessment();
  void take_up_again(const Node& node);
  Refusal on(const NoteCancelRefused&);
  Refusal on(const Archive&);
  Refusal archived(const Command&) const;
  Refusal on(const Revise&);
  Refusal may_revise(const Revise&) const;
  Result<Plan, Rejection> plan_of(const Revise&) const;
  Refusal carry_out(const Revise&, Plan);
  bool has_to_wait() const;
  Refusal queue(const Revise&);
  void take_queued();
  void drop_queued(const std::string& why);
  Refusal points_of_no_return(const std::vector<ServiceOrderId>& superseded, bool accept_cost) const;
  void revise_before_plan(const Revise&, const Catalog&);
  void undo_superseded();
  void hold_if_blocked();
  Refusal on(const NoteAmended&);
  void amend_ended(const Node&, const NoteSettled&);
  void redo_what_refused();
  void take_over(Revised);
  Refusal on(const Intervene&);
  Refusal hold(const Intervene&);
  Refusal resume(const Intervene&);
  Refusal hold_item(const Intervene&);
  Refusal resume_item(const Intervene&);
  Refusal prioritise(const Intervene&);
  Refusal reopen(const Intervene&);
  Refusal give_up(const Intervene&);
  Refusal accept(const Intervene&);
  void unwind(UnwindCause cause, const std::string& reason);
  void advance();
  void release();
  std::string obstacle(const Node& node) const;
  void plan_compensation();
  bool undoes_parts(const service_order::Spec& spec) const;
  void undo_alone(const Node& node);
  void finish();
  void write_products();
  Refusal on(const SettleWrite&);
  void close_by_items();
  void close(OrderStatus status, std::string reason);
  Refusal on(const TimerDue&);
  void assess();
  Instant deadline_of(const service_order::Spec& spec) const;
  const Catalog& catalog() const;
  const Node* find(const ServiceOrderId& id) const;

  const OrderId& id_;
  State& s_;
  const Context& c_;
  Decision out_;
};

}  // namespace comd::product_order
