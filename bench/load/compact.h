#pragma once
#include <optional>
#include <string>

namespace comd::bench {

/// Flushes and compacts a store that nobody has open, so that what lies on disk is what it needs and not what has not been tidied yet.
/// An error says what is wrong.
std::optional<std::string> compact(const std::string& directory);

}  // namespace comd::bench
