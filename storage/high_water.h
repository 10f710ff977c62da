#pragma once
#include <rocksdb/env.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "domain/ids.h"

/// How far the store was durable, kept beside it in the file `high-water`: what a damaged file could otherwise hide, because a
/// log whose end is missing looks like one that was never longer. Written after the sync and not synced itself, so it says
/// what is true or, after a power cut, something a little older. Internal to storage/.
namespace comd::rocks {

struct Mark {
  std::uint64_t position = 0;        ///< commits up to here were synced
  std::uint64_t manifest = 0;        ///< number of RocksDB's list of files, 0: not known
  std::uint64_t manifest_bytes = 0;  ///< it was at least as long
  bool operator==(const Mark&) const = default;
};

inline constexpr const char* kHighWaterFile = "high-water";

/// Absent: there is none, or it cannot be read, which harms nothing but the check.
std::optional<Mark> read_mark(rocksdb::Env&, const std::string& directory);

/// The file, open for writing. One thread.
class HighWater {
 public:
  static std::unique_ptr<HighWater> open(rocksdb::Env&, const std::string& directory);  ///< absent: it cannot be made
  void write(const Mark&);
  void sync();

 private:
  explicit HighWater(std::unique_ptr<rocksdb::RandomRWFile> file) : file_(std::move(file)) {}
  std::unique_ptr<rocksdb::RandomRWFile> file_;
};

}  // namespace comd::rocks
