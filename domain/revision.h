#pragma once
#include <tuple>

#include "domain/product_order.h"

/// How the plan of a later revision of an order meets what has been done for the one before; and what a change does, step by step.
namespace comd::product_order {

/// A service of the order: one service order at a time is for it.
using Slot = std::tuple<std::string, std::uint32_t, std::uint32_t, std::string>;
Slot slot_of(const service_order::Spec&);

/// `next`: as decomposed for that revision. A service order of it that is there already, wants the same, and takes its inputs from
/// service orders that are kept themselves, is kept under its id, whatever it has come to. One under way that differs in its
/// characteristics only is kept too, and amended, where its specification can be modified in flight. The rest of what is there is
/// superseded, and what takes its place waits for it to be gone.
struct Merged {
  Plan plan;                                     ///< the service orders that are new; the products with new and kept ones
  std::vector<ServiceOrderId> kept, superseded;  ///< in plan order
  std::vector<Amendment> amended = {};
};
Merged merge(const State&, Plan next, const CatalogSet&);

/// What a change does with one service order: for people, and for whoever asks before.
struct ChangeStep {
  enum class Kind : std::uint8_t {
    keep,
    amend,   ///< it goes on under its id, otherwise than it was told
    drop,    ///< it has not begun, or has come to nothing
    cancel,  ///< it is under way: at its partner, and undone if it completes all the same
    undo,
    leave,  ///< it is done, and cannot be undone: a person decides
    redo,   ///< new, in the place of one that goes
    add,
  };
  Kind kind{};
  service_order::Spec spec;
  std::string why;  ///< leave
};
std::string_view to_text(ChangeStep::Kind);
/// In plan order. `before`: the state that the change was decided on.
std::vector<ChangeStep> steps_of(const State& before, const Revised&);
std::vector<ChangeStep> steps_of_cancelling(const State& before, const CatalogSet&);

}  // namespace comd::product_order
