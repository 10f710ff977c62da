#pragma once
#include <cstddef>
#include <cstdint>

namespace comd::tmf {

/// What one submission may be at most. Refused early, with the name and the number in the message.
struct Limits {
  std::size_t max_bytes = 1'048'576;      ///< of the JSON text
  std::size_t max_depth = 32;             ///< nested objects and arrays
  std::size_t max_items = 1'000;          ///< order items, nested ones counted
  std::size_t max_characteristics = 500;  ///< of one item's product
  std::size_t max_places = 1'000;         ///< of one item's product
  std::size_t max_parties = 100;
  std::size_t max_related_orders = 20;  ///< orders it starts after or is cancelled with
  std::uint32_t max_quantity = 1'000;   ///< of one item
  std::size_t max_units = 2'000;        ///< sum over the items of quantity × places: each may become service orders
  std::size_t max_id = 128;             ///< bytes of an id
  std::size_t max_text = 4'096;         ///< bytes of a description or name
  std::size_t max_findings = 50;        ///< errors reported for one submission
};

}  // namespace comd::tmf
