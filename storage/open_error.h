#pragma once
#include <rocksdb/env.h>
#include <rocksdb/status.h>

#include "storage/event_log.h"

/// What to tell who cannot open a store, and what to do. Internal to storage/.
namespace comd::rocks {

OpenError refusal(const std::string& directory, const std::string& why);
OpenError damaged(const std::string& directory, const std::string& how);
OpenError explain(const std::string& directory, const rocksdb::Status&);
/// Of an open that failed: which tables are damaged.
OpenError explain_tables(const std::string& directory, const rocksdb::Status&, rocksdb::Env*);

/// Another process has the store open: nothing in its files is to be judged.
std::optional<OpenError> in_use(const std::string& directory, rocksdb::Env*);

/// Creates the directory if that was asked for; says why if it cannot hold a store. `exists`: it already holds one.
std::optional<OpenError> prepare_directory(const RocksOptions&, bool& exists);

}  // namespace comd::rocks
