#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/comd/daemon/settings.h"

/// disk.warn, disk.refuse, disk.read_only and disk.reserve.
namespace comd::daemon {

std::vector<Setting> disk_settings();

/// "512MiB", "4GiB", "1048576", and for a watermark also "10%". The error completes "Expected <name> …".
Result<std::uint64_t, std::string> parse_bytes(std::string_view text);
Result<Watermark, std::string> parse_watermark(std::string_view text);
/// Such that it is read back as the same number.
std::string bytes_setting(std::uint64_t bytes);

/// What can be said of their order without knowing the disk: nothing where bytes meet percent.
std::optional<std::string> watermark_error(const DiskLimits&);

}  // namespace comd::daemon
