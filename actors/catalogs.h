#pragma once
#include <memory>
#include <mutex>

#include "actors/ports.h"
#include "storage/event_log.h"

namespace comd {

/// The live catalogue versions, and which new orders take them. Both come from the "catalog" stream at start, and from what becomes
/// durable after that. The set is immutable and swapped as a whole, so a decision keeps the one it started with.
class CatalogRegistry {
 public:
  std::shared_ptr<const CatalogSet> get() const;
  void add(std::shared_ptr<const Catalog>);
  void roll_out(const catalog_log::State&);

  /// Reads and parses every version that the log holds, and how far each is rolled out. What cannot be read any more is logged and left out: orders pinned to
  /// it say so when they are asked to decide.
  void load(const EventLog&, const CatalogParser&);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const CatalogSet> set_ = std::make_shared<CatalogSet>();
};

}  // namespace comd
