#include "storage/backup_directory.h"

#include <cstdio>
#include <filesystem>

namespace comd::rocks {
namespace {

BackupError expected(const std::string& directory, const std::string& but) {
  return {"Expected " + directory + " to be a directory of backups, but " + but};
}

}  // namespace

BackupError error_of(const std::string& directory, const rocksdb::Status& status) {
  if (status.IsNoSpace())
    return expected(directory,
                    "its disk is full: " + status.ToString() + ". Make room, or prune old backups (comctl backup prune).");
  return expected(directory, "it cannot be used: " + status.ToString() + ". Check the path and that it may be read and written.");
}

BackupError error_of(const std::string& directory, std::uint32_t id, const rocksdb::Status& status) {
  return {"Expected backup " + std::to_string(id) + " in " + directory + " to be whole, but: " + status.ToString() +
          ". Use another one: comctl backup list " + directory};
}

Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>, BackupError> open_backups(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(std::filesystem::path(directory) / "meta", error)) {
    auto refused = expected(directory, "it is none. Give the directory that `comctl backup create --to` was given.");
    refused.not_found = true;
    return Err(refused);
  }
  rocksdb::BackupEngineReadOnly* raw = nullptr;
  const auto opened = rocksdb::BackupEngineReadOnly::Open(rocksdb::BackupEngineOptions(directory), rocksdb::Env::Default(), &raw);
  if (!opened.ok()) return Err(error_of(directory, opened));
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(raw);
}

Result<rocksdb::BackupInfo, BackupError> find_backup(const rocksdb::BackupEngineReadOnly& engine, const std::string& directory,
                                                     std::uint32_t id) {
  rocksdb::BackupInfo info;
  const auto found = id == 0 ? engine.GetLatestBackupInfo(&info, true) : engine.GetBackupInfo(id, &info, true);
  if (found.ok()) return info;
  if (!found.IsNotFound()) return Err(error_of(directory, id, found));
  return Err(BackupError{(id == 0 ? "Expected a backup in " : "Expected backup " + std::to_string(id) + " in ") + directory +
                             ", but there is none. comctl backup list " + directory + " shows what there is.",
                         true});
}

BackupInfo info_of(const rocksdb::BackupInfo& from) {
  BackupInfo out;
  out.id = from.backup_id;
  out.made = Instant{Millis{from.timestamp * 1'000}};
  out.bytes = from.size;
  out.files = from.number_files;
  unsigned long long position = 0, made = 0;
  if (std::sscanf(from.app_metadata.c_str(), "comd 1 position=%llu format=%d made=%llu", &position, &out.format, &made) == 3) {
    out.position = Position{position};
    out.made = Instant{Millis{static_cast<std::int64_t>(made)}};
  }
  return out;
}

}  // namespace comd::rocks
