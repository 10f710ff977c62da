#pragma once
#include <optional>
#include <string>
#include <vector>

#include "storage/high_water.h"

/// What can be said about a store's files before RocksDB opens them. Opening is not harmless: RocksDB takes what it cannot read at
/// the end of a log for a write that never finished, goes on without it, and deletes what then seems to be of no use.
/// Internal to storage/.
namespace comd::rocks {

struct FileCheck {
  std::optional<std::string> damage;  ///< which file, where, and how that shows; the store must not be opened
  bool torn = false;                  ///< a file ends within a record: after a crash that is as it should be
};
FileCheck check_files(const std::string& directory, const std::optional<Mark>&);

/// Files that only an existing store has, although CURRENT, which names its list of files, is missing: the name of one.
std::optional<std::string> store_without_current(const std::string& directory);

/// Tables that cannot be opened, each with why. Reads a little of every one.
std::vector<std::string> broken_tables(const std::string& directory, rocksdb::Env*);

/// The number and length of the list of files that CURRENT names; 0 if that cannot be told.
void look_at_manifest(const std::string& directory, Mark&);

}  // namespace comd::rocks
