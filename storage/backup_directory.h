#pragma once
#include <rocksdb/utilities/backup_engine.h>

#include <memory>
#include <string>

#include "storage/backup.h"

/// A directory of backups, as RocksDB's engine sees it. Internal to storage/.
namespace comd::rocks {

/// For reading; whoever writes to it at the same time disturbs neither.
Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>, BackupError> open_backups(const std::string& directory);
/// `id` 0: the latest.
Result<rocksdb::BackupInfo, BackupError> find_backup(const rocksdb::BackupEngineReadOnly&, const std::string& directory,
                                                     std::uint32_t id);
BackupInfo info_of(const rocksdb::BackupInfo&);
/// Archive files lie there once for all backups that need them.
inline std::string archive_of(const std::string& backups) { return backups + "/archive"; }
BackupError error_of(const std::string& directory, const rocksdb::Status&);
BackupError error_of(const std::string& directory, std::uint32_t id, const rocksdb::Status&);

}  // namespace comd::rocks
