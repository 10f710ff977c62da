#pragma once
#include <rocksdb/status.h>

#include "storage/archive_files.h"
#include "storage/rocks_store.h"

/// What a value of the log's own table stands for: a record, or a stub that is followed to its file. Internal to storage/.
namespace comd::rocks {

class Records {
 public:
  using Tell = std::function<void(std::string_view)>;
  Records(const Store& store, std::string archive, Tell on_lost);

  /// Positions are dense, so a record that is not there is lost too. A disk that cannot say either ends the process.
  StoredCommit at(Position, const rocksdb::Status&, std::string value) const;
  const ArchiveFiles& archive() const { return archive_; }

 private:
  std::string lost(Position, const std::string& but) const;

  const Store& store_;
  const ArchiveFiles archive_;
  const Tell on_lost_;
};

}  // namespace comd::rocks
