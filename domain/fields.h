#pragma once
#include <map>
#include <string>
#include <vector>

#include "domain/product_order.h"

/// A state as flat fields for people: "status" → "inProgress", "outputs.portId" → "\"P-7\"". Two states that differ have fields that
/// differ, but for the ids of interventions taken; what is empty, zero or false has no field.
namespace comd {

using Fields = std::map<std::string, std::string>;

Fields fields_of(const product_order::State&);
Fields fields_of(const service_order::State&);
Fields fields_of(const product::State&);
Fields fields_of(const service::State&);

/// What a plan says of one service order, but for the catalogue version and its id; and of one product.
Fields fields_of(const service_order::Spec&);
Fields fields_of(const ProductPlan&);

struct FieldDifference {
  std::string field, before, after;  ///< empty: not there
  bool operator==(const FieldDifference&) const = default;
};
std::vector<FieldDifference> differences(const Fields& before, const Fields& after);

}  // namespace comd
