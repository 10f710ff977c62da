#pragma once
#include <string>
#include <string_view>

#include "domain/result.h"

namespace comd {

/// Replaces a file as a whole, and makes its directory if there is none: when it returns the new content is on the disk; after a crash
/// it is the old or the new one. The error says what to look at.
Result<void, std::string> replace_synced(const std::string& path, std::string_view bytes);
/// Gone for good when it returns; one that is not there is no error.
Result<void, std::string> remove_synced(const std::string& path);

}  // namespace comd
