#pragma once
#include <set>
#include <string>
#include <vector>

#include "domain/product_order.h"
#include "test/sim/random.h"

/// An independent model of an order: what was ordered and what the partners were told to do give the end it must reach. It shares
/// no code with decomposition, decisions or roll-up.
namespace comd::sim {

struct Line {
  std::string item;
  bool router = false;          ///< fiber with the optional router
  int sites = 0;                ///< > 0: ethernet with so many sites
  bool after_previous = false;  ///< reliesOn the item before
  bool fast = false;            ///< fiber with more bandwidth
};

/// `keep_partial`: the catalogue's failure policy; otherwise rollback.
OrderStatus expected_end(std::uint64_t seed, const OrderId&, const std::vector<Line>&, bool keep_partial);

/// A delete of the product that a completed order with one fiber line made.
OrderStatus expected_delete(std::uint64_t seed, const OrderId& made_by, const Line&, const OrderId&, bool keep_partial);

/// Failure policy, delivery, who does the work, when, and who may refuse to be cancelled: drawn.
struct Offer {
  std::shared_ptr<Catalog> catalog;
  FailurePolicy policy{};
  bool cpe_by_people = false;
  bool may_refuse = false;

  /// Where the policy is to hold, people decide, each order for itself.
  bool keeps_partial(std::uint64_t seed, const OrderId&) const;
};
Offer draw_offer(Random&);

/// The submitted order for these lines.
std::vector<Line> draw_lines(Random&);
Order make_order(const std::string& external_id, const std::vector<Line>&);
Order make_delete(const std::string& external_id, const OrderId& made_by, const Line&);

}  // namespace comd::sim
