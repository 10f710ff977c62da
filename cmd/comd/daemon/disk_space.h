#pragma once
#include <memory>
#include <string>

#include "actors/disk.h"

namespace comd::daemon {

/// The file system of a directory that is there, or will be: then that of the nearest one above it. The reserve is a file in it
/// called "reserve"; one that an earlier process left counts.
std::unique_ptr<DiskSpace> make_disk_space(const std::string& directory);

}  // namespace comd::daemon
