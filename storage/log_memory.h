#pragma once
#include <cstdint>
#include <optional>

#include "storage/event_log.h"

namespace comd {

/// Where a log on disk keeps what it has in memory, bytes. Any thread.
struct LogMemory {
  std::uint64_t cache = 0;      ///< blocks that were read, their indexes and filters; ends at RocksOptions::block_cache_bytes
  std::uint64_t memtables = 0;  ///< what was written and is not in a table yet
  std::uint64_t tables = 0;     ///< what each open table keeps outside the cache
};
/// Nothing: the log is not on disk.
std::optional<LogMemory> memory_of(const EventLog&);

}  // namespace comd
