#pragma once
#include <cstddef>
#include <string>

namespace comd::bench {

/// What the product orders of a measurement look like.
struct OrderText {
  std::string offering = "order-3";
  std::string start = {};  ///< requested start date; empty: none
  std::size_t items = 1;   ///< each of that offering
  std::size_t bytes =
      0;  ///< at least so long, filled up with what real orders carry: characteristics and a note. 0: as short as it is
};

/// A TMF622 product order. The same id and text give the same bytes; what fills it up differs from order to order, so that it compresses
/// as text of people does and not as one text repeated.
std::string order_json(const std::string& external_id, const OrderText&);

inline constexpr const char* kFarAhead = "2199-01-01T00:00:00Z";  ///< a start date that does not come

}  // namespace comd::bench
