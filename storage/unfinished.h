#pragma once
#include <string>

namespace comd {

/// The file that says that a store is only being made, by an import: while it is there comd does not serve the store, since it would
/// take a part of history for the whole. It says what to do, and goes when the store is whole.
inline std::string unfinished_file(const std::string& directory) { return directory + "/unfinished"; }

}  // namespace comd
