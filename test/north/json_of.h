#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace comd::north {

/// Throws when it is none. The parser is a template; this compiles it once.
nlohmann::json json_of(const std::string& text);

}  // namespace comd::north
