#pragma once
#include "domain/fields.h"

/// An order decomposed again by another catalogue, as if that had been the one when it was: what would be different. Pure: nothing
/// is recorded, and nobody is asked.
namespace comd {

enum class Verdict : std::uint8_t {
  same = 1,
  differs = 2,
  refused = 3,      ///< would not be taken, or could not be decomposed
  undecidable = 4,  ///< what was asked for is not known any more
  unplanned = 5,    ///< has no plan to compare with, and would not be refused
};
std::string_view to_text(Verdict);

/// One service order, by its identity: item, unit, site, key.
struct ServiceOrderDifference {
  enum class Kind : std::uint8_t { added = 1, dropped = 2, changed = 3 } kind{};
  service_order::Spec spec;              ///< of the other plan; dropped: of the one there was
  std::vector<FieldDifference> changes;  ///< changed only
  bool operator==(const ServiceOrderDifference&) const = default;
};
std::string_view to_text(ServiceOrderDifference::Kind);

struct Rehearsal {
  Verdict verdict{};
  std::vector<FieldDifference> changes;  ///< of the order (failure policy) and its products
  std::vector<ServiceOrderDifference> service_orders;
  std::vector<Rejection> rejections;  ///< refused only
};

/// `inventory`: the products that the order names, as they were when it was submitted. What the order claimed since, it was decomposed
/// with as it was claimed.
Rehearsal rehearse(const product_order::State&, const Catalog& other, const Inventory& inventory);

}  // namespace comd
