#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/event_log.h"

namespace rocksdb {
class SstFileReader;
}

/// The files that archived records lie in: tables of RocksDB's own form, position → record, compressed, every block with a
/// checksum. Internal to storage/.
namespace comd::rocks {

/// In the place of a record: which file has it, and its digest. It begins with a byte that no commit begins with.
struct Stub {
  std::uint64_t file = 0;
  Digest digest{};
  bool operator==(const Stub&) const = default;
};
std::string to_bytes(const Stub&);
std::optional<Stub> stub_in(std::string_view value);

/// A file's number counts up; with it goes a part of the digest of what is in it, so that files of two stores that were one once
/// can lie in one directory of backups.
std::uint64_t archive_id(std::uint32_t number, std::uint32_t content);
std::uint32_t number_of(std::uint64_t id);
std::string archive_name(std::uint64_t id);
std::optional<std::uint64_t> archive_id_of(std::string_view name);

/// Any thread.
class ArchiveFiles {
 public:
  explicit ArchiveFiles(std::string directory);
  ~ArchiveFiles();
  const std::string& directory() const { return directory_; }
  std::string path_of(const std::string& name) const { return directory_ + "/" + name; }

  /// The record that a stub stands for, exactly as it was archived; or why it cannot be given.
  Result<std::string, std::string> read(const Stub&, Position) const;

 private:
  using Reader = std::shared_ptr<rocksdb::SstFileReader>;
  Result<Reader, std::string> open(std::uint64_t id) const;

  const std::string directory_;
  mutable std::mutex mutex_;
  mutable std::list<std::pair<std::uint64_t, Reader>> open_;  ///< the one used last first
};

/// What is wrong with a file, read from its beginning to its end; nothing: it is whole, and holds that many records.
std::optional<std::string> check_archive_file(const std::string& path, std::optional<std::uint64_t> records = std::nullopt);

/// Written under another name first, synced, named, and the name synced.
std::optional<std::string> write_archive_file(const std::string& directory, const std::string& name,
                                              const std::vector<std::pair<Position, std::string_view>>& records,
                                              const std::function<bool(std::string_view)>& step);
/// Those that are not there yet. The error names the file.
std::optional<std::string> copy_archive_files(const std::string& from, const std::string& to,
                                              const std::vector<std::string>& names, std::uint64_t* copied = nullptr);

}  // namespace comd::rocks
