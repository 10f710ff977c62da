#include "storage/log_memory.h"

#include "storage/rocks_store.h"

namespace comd {

std::optional<LogMemory> memory_of(const EventLog& log) {
  const auto* with_store = dynamic_cast<const rocks::HasStore*>(&log);
  if (with_store == nullptr) return std::nullopt;
  rocksdb::DB& db = with_store->store().db();
  LogMemory out;
  db.GetIntProperty(with_store->store().family(rocks::Family::log), rocksdb::DB::Properties::kBlockCacheUsage,
                    &out.cache);  // all share one
  db.GetAggregatedIntProperty(rocksdb::DB::Properties::kSizeAllMemTables, &out.memtables);
  db.GetAggregatedIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &out.tables);
  return out;
}

}  // namespace comd
