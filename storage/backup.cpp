#include "storage/backup.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <set>

#include "storage/archive_files.h"
#include "storage/archive_meta.h"
#include "storage/backup_directory.h"
#include "storage/rocks_store.h"

namespace comd {
namespace {

namespace fs = std::filesystem;
using rocks::error_of;

/// Between processes: two that write to one directory would take each other's files for left-overs.
class DirectoryLock {
 public:
  static Result<std::unique_ptr<DirectoryLock>, BackupError> take(const std::string& directory) {
    rocksdb::FileLock* raw = nullptr;
    if (const auto locked = rocksdb::Env::Default()->LockFile(directory + "/LOCK", &raw); !locked.ok())
      return Err(BackupError{"Expected nobody else to write to " + directory + ", but: " + locked.ToString() +
                             ". Wait until the other backup or prune is done."});
    return std::unique_ptr<DirectoryLock>(new DirectoryLock(raw));
  }
  ~DirectoryLock() { rocksdb::Env::Default()->UnlockFile(lock_).PermitUncheckedError(); }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(rocksdb::FileLock* lock) : lock_(lock) {}
  rocksdb::FileLock* lock_;
};

std::optional<BackupError> refuse_directory(const std::string& directory, const std::string& store) {
  const auto refusal = [&](const std::string& but) {
    return BackupError{"Expected " + directory + " to be a place for backups, but " + but};
  };
  if (directory.empty())
    return BackupError{"Expected a directory for the backup, but none is given and comd has no backup-dir. Give one with --to."};
  const fs::path path(directory);
  if (!path.is_absolute()) return refusal("it is no absolute path. Give the whole path on the machine that comd runs on.");
  std::error_code error;
  const auto inside = fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(store, error)).string();
  if (!inside.empty() && !inside.starts_with(".."))
    return refusal("it lies within the data directory, and would be lost with it. Give a directory on another disk.");
  fs::create_directories(path, error);
  if (error) return refusal("it cannot be made: " + error.message() + ". Give one that comd may write to.");
  if (fs::is_empty(path, error) || fs::is_directory(path / "meta", error)) return std::nullopt;
  for (const auto& file : fs::directory_iterator(path, error))
    if (file.path().filename() != "LOCK")
      return refusal("it holds other files (" + file.path().filename().string() + "). Give an empty one, or one of backups.");
  if (error) return refusal("it cannot be read: " + error.message() + ". Give one that comd may read and write.");
  return std::nullopt;
}

std::set<std::string> files_of(rocksdb::BackupEngineReadOnlyBase& engine) {
  std::vector<rocksdb::BackupInfo> all;
  engine.GetBackupInfo(&all, true);
  std::set<std::string> out;
  for (const auto& backup : all)
    for (const auto& file : backup.file_details) out.insert(file.relative_filename);
  return out;
}

Result<BackupMade, BackupError> make_backup(const EventLog& log, const BackupOptions& options, Instant now) {
  const auto* with_store = dynamic_cast<const rocks::HasStore*>(&log);
  if (with_store == nullptr)
    return Err(BackupError{"Expected a log on disk, but this one is in memory: there is nothing to back up."});
  const auto& store = with_store->store();
  if (auto refused = refuse_directory(options.directory, store.directory())) return Err(*refused);
  const auto lock = DirectoryLock::take(options.directory);
  if (!lock) return Err(lock.error());
  const auto began = std::chrono::steady_clock::now();

  rocksdb::BackupEngineOptions engine_options(options.directory);
  engine_options.backup_rate_limit = options.bytes_per_second;
  engine_options.callback_trigger_interval_size = std::uint64_t{1} << 20;
  rocksdb::BackupEngine* raw = nullptr;
  if (const auto opened = rocksdb::BackupEngine::Open(engine_options, rocksdb::Env::Default(), &raw); !opened.ok())
    return Err(error_of(options.directory, opened));
  const std::unique_ptr<rocksdb::BackupEngine> engine(raw);
  const auto before = files_of(*engine);

  const BackupError gave_up{"Expected to make a backup, but was told to give up. What is half there goes with the next one.",
                            false, true};
  if (options.progress && !options.progress(0)) return Err(gave_up);
  std::atomic<std::uint64_t> pieces{0};
  std::atomic<bool> given_up{false};
  rocksdb::CreateBackupOptions create;
  create.flush_before_backup = true;  // otherwise each backup copies the whole write-ahead log, and a restore reads it
  create.progress_callback = [&] {
    const auto copied = ++pieces * engine_options.callback_trigger_interval_size;
    if (options.progress && !options.progress(copied) && !given_up.exchange(true)) engine->StopBackup();
  };
  const std::string about = "comd 1 position=" + std::to_string(number(log.tail())) +
                            " format=" + std::to_string(rocks::kFormat) +
                            " made=" + std::to_string(now.time_since_epoch().count());
  rocksdb::BackupID id = 0;
  if (const auto made = engine->CreateNewBackupWithMetadata(create, &store.db(), about, &id); !made.ok()) {
    return Err(given_up ? gave_up : error_of(options.directory, made));
  }
  rocksdb::BackupInfo info;
  if (const auto found = engine->GetBackupInfo(id, &info, true); !found.ok()) return Err(error_of(options.directory, id, found));
  BackupMade out{rocks::info_of(info), options.directory, 0, {}};
  for (const auto& file : info.file_details)
    if (!before.contains(file.relative_filename)) out.copied += file.size;
  // Behind the picture: what it refers to is there since before it was taken, and archive files never change.
  if (const auto wrong = rocks::copy_archive_files(with_store->archive().directory(), rocks::archive_of(options.directory),
                                                   rocks::archive_names_of(store), &out.copied)) {
    engine->DeleteBackup(id).PermitUncheckedError();
    return Err(BackupError{"Expected to back up every archive file, but " + *wrong + ". Check both disks, then make it again."});
  }
  out.took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
  return out;
}

}  // namespace

BackupDesk::BackupDesk(std::shared_ptr<const EventLog> log, Now now, BackupOptions usual)
    : log_(std::move(log)), now_(std::move(now)), usual_(std::move(usual)) {}

Result<BackupMade, BackupError> BackupDesk::make(const BackupOptions& options) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(busy_, true))
      return Err(BackupError{"Expected no other backup to be under way, but there is one. Wait until it is done."});
  }
  auto asked = options;
  if (asked.directory.empty()) asked.directory = usual_.directory;
  if (asked.bytes_per_second == 0) asked.bytes_per_second = usual_.bytes_per_second;
  auto made = make_backup(*log_, asked, now_());
  const std::lock_guard lock(mutex_);
  busy_ = false;
  if (made)
    last_ = *made;
  else
    failures_ += made.error().given_up ? 0 : 1;
  return made;
}

std::optional<BackupMade> BackupDesk::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::uint64_t BackupDesk::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

Result<BackupList, BackupError> list_backups(const std::string& directory) {
  const auto engine = rocks::open_backups(directory);
  if (!engine) return Err(engine.error());
  std::vector<rocksdb::BackupInfo> found;
  (*engine)->GetBackupInfo(&found);
  BackupList out;
  for (const auto& info : found) out.backups.push_back(rocks::info_of(info));
  (*engine)->GetCorruptedBackups(&out.unreadable);
  return out;
}

Result<BackupVerdict, BackupError> verify_backup(const std::string& directory, std::uint32_t id) {
  const auto engine = rocks::open_backups(directory);
  if (!engine) return Err(engine.error());
  const auto info = rocks::find_backup(**engine, directory, id);
  if (!info) return Err(info.error());
  if (const auto whole = (*engine)->VerifyBackup(info->backup_id, true); !whole.ok())
    return Err(error_of(directory, info->backup_id, whole));
  RocksOptions options;
  options.directory = info->name_for_open;
  options.block_cache_bytes = std::size_t{8} << 20;
  options.archive = rocks::archive_of(directory);
  const auto log = open_read_only(options, info->env_for_open.get());
  if (!log) return Err(BackupError{log.error().message});
  const auto archive = view_archive(**log);
  for (const auto& file : archive->files)
    if (const auto wrong = rocks::check_archive_file(options.archive + "/" + file.name, file.records))
      return Err(BackupError{"Expected backup " + std::to_string(info->backup_id) + " to have all its archive files, but " +
                             *wrong + ". Make a new backup from the store, if it still has the file."});
  BackupVerdict out{rocks::info_of(*info), (*log)->tail(), (*log)->last_link((*log)->tail())};
  if (out.tail < out.info.position)
    return Err(BackupError{"Expected backup " + std::to_string(out.info.id) + " to hold the log up to " +
                           std::to_string(number(out.info.position)) + ", but it ends at " + std::to_string(number(out.tail)) +
                           ". Use another one: comctl backup list " + directory});
  return out;
}

Result<Pruned, BackupError> prune_backups(const std::string& directory, std::uint32_t keep) {
  const auto before = list_backups(directory);
  if (!before) return Err(before.error());
  const auto lock = DirectoryLock::take(directory);
  if (!lock) return Err(lock.error());
  rocksdb::BackupEngine* raw = nullptr;
  if (const auto opened = rocksdb::BackupEngine::Open(rocksdb::BackupEngineOptions(directory), rocksdb::Env::Default(), &raw);
      !opened.ok())
    return Err(error_of(directory, opened));
  const std::unique_ptr<rocksdb::BackupEngine> engine(raw);
  if (const auto done = engine->PurgeOldBackups(keep); !done.ok()) return Err(error_of(directory, done));
  Pruned out;
  rocksdb::BackupInfo still;
  for (const auto& backup : before->backups) {
    if (engine->GetBackupInfo(backup.id, &still).ok())
      ++out.kept;
    else
      out.deleted.push_back(backup.id);
  }
  return out;
}

}  // namespace comd
