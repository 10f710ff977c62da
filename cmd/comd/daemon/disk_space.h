#pragma once
#include <memory>
#include <optional>
#include <string>

#include "actors/disk.h"

namespace comd::daemon {

/// The file system of a directory that is there, or will be: then that of the nearest one above it. The reserve is a file in it
/// called "reserve"; one that an earlier process left counts.
std::unique_ptr<DiskSpace> make_disk_space(const std::string& directory);

/// Before the log in the directory is opened: gives the reserve free if what is read again after a crash, the write-ahead log, needs
/// that room. The error says how much is missing; RocksDB would not say it well.
std::optional<std::string> make_room_to_open(DiskSpace&, const std::string& directory);

}  // namespace comd::daemon
