#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// RocksDB's record files (write-ahead logs and manifests), read by their checksums alone, before RocksDB opens them: it stops
/// at the first record that it cannot read and takes the rest for a write that a crash cut off, which at the end of a file is
/// right, and anywhere else would lose what was synced. Internal to storage/.
namespace comd::rocks {

enum class RecordFile { wal, manifest };

struct LogFileScan {
  std::uint64_t size = 0;
  std::uint64_t whole = 0;  ///< bytes up to the end of the last record before the first that cannot be read
  /// Where a record cannot be read although a later one can. Every record is synced before the next is written, so no crash
  /// leaves that: the file was damaged afterwards.
  std::optional<std::uint64_t> damaged_at;

  bool complete() const { return whole == size; }
};

/// Nothing if the file cannot be read at all.
std::optional<LogFileScan> scan_log_file(const std::string& path, RecordFile);

/// Castagnoli, as RocksDB's files have it.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace comd::rocks
