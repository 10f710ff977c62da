#pragma once
#include "domain/product_order.h"

/// What every later version must make of the same events. A projection is a list of named fields of a state, each as a 32-bit digest
/// (FNV-1a, folded) of its canonical text; it is recorded with some events (events/record.h), so that a later version can show that
/// it folds history to the same states, or say which field it sees otherwise. It never takes in what was personal data: of that
/// there are only sealed texts here, which erasure leaves as they are.
///
/// A projection that was once released never changes: what is to be compared in another way is a new one, with a new number.
namespace comd {

struct ProjectedField {
  std::string_view name;
  std::uint32_t digest = 0;
  bool operator==(const ProjectedField&) const = default;
};
using Projection = std::vector<ProjectedField>;

inline constexpr std::uint8_t kProjection = 1;  ///< the one that is recorded now

/// Empty: a number this version does not know.
Projection project(const product_order::State&, std::uint8_t number = kProjection);
Projection project(const service_order::State&, std::uint8_t number = kProjection);
Projection project(const product::State&, std::uint8_t number = kProjection);
Projection project(const service::State&, std::uint8_t number = kProjection);
/// Of other aggregates nothing is recorded.
template <class State>
Projection project(const State&, std::uint8_t = kProjection) {
  return {};
}

/// One byte number, then four bytes for each field, in order, big endian. Empty: nothing is recorded of such a state.
std::string to_bytes(const Projection&);
/// The number that recorded bytes begin with; zero: none.
std::uint8_t number_of(std::string_view recorded);
/// The names of the fields in which `state`, projected with the recorded number, differs from what was recorded.
std::vector<std::string> differing(std::string_view recorded, const Projection& state);

}  // namespace comd
