#include "test/north/json_of.h"

#include <nlohmann/json.hpp>

namespace comd::north {

nlohmann::json json_of(const std::string& text) { return nlohmann::json::parse(text); }

}  // namespace comd::north
