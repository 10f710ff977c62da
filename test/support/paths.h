#pragma once
#include <string>

/// Where the project and its build are. In a file of its own: everything else of the tests compiles to the same in every clone.
namespace comd::test {

/// "docs/comctl.md" → that file of the project; "" → its folder.
std::string source(const std::string& path);
/// "bin/comd" → that file of the build; "" → its folder.
std::string built(const std::string& path);

}  // namespace comd::test
