#pragma once
#include <rocksdb/options.h>

#include "storage/rocks_store.h"

/// How RocksDB and each of comd's column families is tuned, and what they are called. Internal to storage/.
namespace comd::rocks {

rocksdb::DBOptions db_options(rocksdb::Env*);
rocksdb::ColumnFamilyOptions table_options(Family, const std::shared_ptr<rocksdb::Cache>&);

/// Which of ours it is, of whatever generation: "views", "views.2".
std::optional<Family> family_named(std::string_view);
/// Those of which there is none in any generation.
std::vector<const char*> missing_families(const std::vector<std::string>& names);

}  // namespace comd::rocks
