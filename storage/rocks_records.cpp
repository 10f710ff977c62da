#include "storage/rocks_records.h"

#include "events/lost.h"

namespace comd::rocks {

Records::Records(const Store& store, std::string archive, Tell on_lost)
    : store_(store),
      archive_(archive.empty() ? store.directory() + "/archive" : std::move(archive)),
      on_lost_(std::move(on_lost)) {}

StoredCommit Records::at(Position position, const rocksdb::Status& status, std::string value) const {
  if (!status.ok()) {
    if (!status.IsCorruption() && !status.IsNotFound()) store_.must(status);
    return {position, lost(position, status.ToString())};
  }
  const auto stub = stub_in(value);
  if (!stub) return {position, std::move(value)};
  auto record = archive_.read(*stub, position);
  return {position, record ? *std::move(record) : lost(position, record.error()),
          ArchivedRecord{archive_name(stub->file), stub->digest}};
}

std::string Records::lost(Position position, const std::string& but) const {
  const std::string why = "Expected commit " + std::to_string(number(position)) + " of the log to be readable, but: " + but;
  on_lost_(why);
  return lost_record(why);
}

}  // namespace comd::rocks
