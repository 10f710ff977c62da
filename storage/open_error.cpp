#include "storage/open_error.h"

#include <filesystem>

#include "storage/file_check.h"

namespace comd::rocks {

namespace fs = std::filesystem;

OpenError refusal(const std::string& directory, const std::string& why) {
  return {"Expected " + directory + " to be comd's data directory, but " + why};
}

OpenError damaged(const std::string& directory, const std::string& how) {
  return refusal(directory, "it is damaged: " + how +
                                ". Keep a copy of it as it is, then restore the latest backup into an empty directory "
                                "(comctl backup restore). More about the damage: comctl doctor --data " +
                                directory);
}

OpenError explain(const std::string& directory, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  const auto says = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (says("lock") && (says("LOCK") || says("hold by current process"))) {
    if (says("Permission denied"))
      return refusal(directory, "its lock file cannot be opened: " + text + ". Run comd as the directory's owner.");
    return refusal(directory, "another process has it open (" + text + "). Stop that comd first (`fuser " + directory +
                                  "/LOCK` names it), or use another directory.");
  }
  if (says("Permission denied"))
    return refusal(directory, "it may not be read or written: " + text + ". Run comd as the directory's owner.");
  if (status.IsNoSpace())
    return refusal(directory, "the disk is full: " + text + ". Free some space and start comd again; nothing recorded is lost.");
  if (status.IsCorruption() || says("No such file")) return damaged(directory, text);
  return refusal(directory, "it cannot be opened: " + text + ".");
}

/// RocksDB names the list of files when a table of it is damaged, and gives a missing one its name of years ago.
OpenError explain_tables(const std::string& directory, const rocksdb::Status& status, rocksdb::Env* env) {
  if (!status.IsCorruption()) return explain(directory, status);
  std::string text;
  for (const auto& table : broken_tables(directory, env)) text += (text.empty() ? "" : "; ") + table;
  if (text.empty()) text = status.ToString();
  for (auto at = text.find(".ldb"); at != std::string::npos; at = text.find(".ldb", at)) text.replace(at, 4, ".sst");
  return damaged(directory, text);
}

std::optional<OpenError> in_use(const std::string& directory, rocksdb::Env* env) {
  rocksdb::FileLock* lock = nullptr;
  if (const auto locked = env->LockFile(directory + "/LOCK", &lock); !locked.ok()) return explain(directory, locked);
  env->UnlockFile(lock).PermitUncheckedError();
  return std::nullopt;
}

namespace {

/// What RocksDB leaves behind when it is stopped before the store exists.
bool left_by_creation(const fs::path& file) {
  const std::string name = file.filename().string();
  const auto starts = [&](std::string_view prefix) { return name.starts_with(prefix); };
  return name == "LOCK" || name == "IDENTITY" || starts("LOG") || starts("MANIFEST-") || starts("OPTIONS-") ||
         name.ends_with(".dbtmp") || name.ends_with(".log");
}

}  // namespace

std::optional<OpenError> prepare_directory(const RocksOptions& options, bool& exists) {
  const std::string& directory = options.directory;
  std::error_code error;
  const auto status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) {
    if (!options.create) return refusal(directory, "there is no such directory. Give the directory of an existing store.");
    fs::create_directories(directory, error);
    if (error)
      return refusal(directory, "it cannot be created: " + error.message() + ". Create it, or use a directory you may write to.");
  } else if (error) {
    return refusal(directory, "it cannot be looked at: " + error.message() + ". Check its path and permissions.");
  } else if (status.type() != fs::file_type::directory) {
    return refusal(directory, "it is not a directory. Give a directory.");
  }
  fs::directory_iterator files(directory, error);
  if (error) return refusal(directory, "it cannot be read: " + error.message() + ". Run comd as the directory's owner.");
  exists = fs::exists(fs::path(directory) / "CURRENT", error);
  if (exists) return std::nullopt;
  if (const auto file = store_without_current(directory))
    return damaged(directory, "it holds " + *file + ", but its file CURRENT is missing");
  if (!options.create) return refusal(directory, "it holds no store. Give the directory of an existing store.");
  for (const auto& file : files)
    if (!left_by_creation(file.path()))
      return refusal(directory, "it holds other files (" + file.path().filename().string() +
                                    "). Give an empty directory or one that comd made.");
  return std::nullopt;
}

}  // namespace comd::rocks
