#pragma once
#include "events/record.h"
#include "test/support/world.h"

/// What the kernels work on: one order-3 of bench/catalog.yaml with 1 KB of JSON, from its submission to its end, as comd records it.
namespace comd::bench {

struct History {
  std::string json;
  Order order;
  std::string digest;
  OrderId id;
  CatalogSet catalogs;
  Instant now{};
  std::vector<Commit> commits;
  std::vector<std::string> records;           ///< of each
  std::vector<test::World::Changes> changes;  ///< of each, to the rows
  std::size_t events = 0;

  // Before the first report of a completion, and before the first service order's end is taken note of.
  service_order::State working;
  service_order::Command completion;
  product_order::State in_progress;
  product_order::Command settlement;
};

/// The error says what is wrong with the catalogue.
Result<History, std::string> make_history(const std::string& catalog_file);

}  // namespace comd::bench
