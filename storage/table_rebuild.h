#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "domain/ids.h"

namespace comd {

/// Every derived table made afresh from the log, beside those in use, which go on being read and written meanwhile; then compared
/// with them, byte by byte, as of one moment; then perhaps put in their place. What is begun and not ended is gone on with, also
/// after a restart. Destroying it interrupts it. One at a time; one thread at a time, any.
class TableRebuild {
 public:
  struct Comparison {
    Position at{};  ///< both as of this moment
    std::uint64_t rows = 0, differing = 0;
    std::vector<std::string> differences;  ///< the first ones: "missing …", "extra …", "differs …"
  };

  virtual ~TableRebuild() = default;

  /// Folds on, a bounded piece of the log. False: it has caught up.
  virtual bool fold() = 0;
  virtual Position position() const = 0;
  virtual std::uint64_t events() const = 0;  ///< folded by this object
  /// Compares on, a bounded number of rows. The first call fixes the moment, and writers wait only for that. False: it is done.
  virtual bool compare() = 0;
  virtual const Comparison& comparison() const = 0;
  /// From now on the new tables are the ones in use; durable. Writers wait until it is done. Nothing else may follow.
  virtual void swap() = 0;
  /// Forgets the new tables. Nothing else may follow.
  virtual void drop() = 0;
};

}  // namespace comd
