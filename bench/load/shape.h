#pragma once
#include <string>
#include <vector>

namespace comd::bench {

/// What comd writes for one accept of `measure_accepts`, as flags of accept-bench: the bare harness then writes the same number of keys
/// of the same sizes. Computed with comd's own code. The error says what is wrong with the catalogue.
std::vector<std::string> shape_flags(const std::string& catalog_file, std::string& error);

}  // namespace comd::bench
