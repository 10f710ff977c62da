#pragma once
#include <functional>
#include <string>
#include <vector>

#include "storage/event_log.h"

/// The examination of a whole store that no process has open: its files, its records, what is derived from them, and its chain.
/// It reads only.
namespace comd {

struct StoreFinding {
  std::string kind;     ///< file, record, index, stream, invariant, row, chain
  std::string where;    ///< the file, position, stream or row
  std::string problem;  ///< "Expected …, but …"
  std::string remedy;
};

struct InspectionStep {
  std::string_view what;  ///< "files", "records", "rows", "chain"
  std::uint64_t done = 0, of = 0;
};

struct InspectionOptions {
  std::string data;
  std::function<void(const InspectionStep&)> progress = {};
  std::size_t findings = 1'000;  ///< told in full; the rest are counted
};

struct Inspection {
  std::uint64_t files = 0, commits = 0, events = 0, streams = 0, rows = 0, links = 0;
  Position tail{};
  std::uint64_t found = 0;
  std::vector<StoreFinding> findings;
  std::vector<std::string> unchecked;  ///< what could not be looked at because of what was found before
  Millis folding{}, took{};
};

/// The error: it is no store, or a process has it open.
Result<Inspection, OpenError> inspect_store(const InspectionOptions&);

}  // namespace comd
