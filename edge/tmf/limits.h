#pragma once
#include <cstddef>
#include <cstdint>

namespace comd::tmf {

/// What one submission may be at most. Refused early, with the name and the number in the message. An order of 5,000 items (a chain's
/// sites, a block of numbers) is one that comd is measured with (./dev bench wide-order); bytes and units leave each of its items room.
struct Limits {
  std::size_t max_bytes = 4'194'304;      ///< of the JSON text: 800 for each item
  std::size_t max_depth = 32;             ///< nested objects and arrays
  std::size_t max_items = 5'000;          ///< order items, nested ones counted
  std::size_t max_characteristics = 500;  ///< of one item's product
  std::size_t max_places = 1'000;         ///< of one item's product
  std::size_t max_parties = 100;
  std::size_t max_related_orders = 20;  ///< orders it starts after or is cancelled with
  std::uint32_t max_quantity = 1'000;   ///< of one item
  std::size_t max_units = 10'000;       ///< sum over the items of quantity × places: each may become service orders
  std::size_t max_id = 128;             ///< bytes of an id
  std::size_t max_text = 4'096;         ///< bytes of a description or name
  std::size_t max_findings = 50;        ///< errors reported for one submission
};

}  // namespace comd::tmf
