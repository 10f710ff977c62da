#include "test/support/paths.h"

namespace comd::test {
namespace {

std::string in(const std::string& folder, const std::string& path) { return path.empty() ? folder : folder + "/" + path; }

}  // namespace

std::string source(const std::string& path) { return in(COMD_SOURCE_DIR, path); }

std::string built(const std::string& path) { return in(COMD_BINARY_DIR, path); }

}  // namespace comd::test
