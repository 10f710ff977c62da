#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"
#include "edge/tmf/limits.h"

/// Strict JSON: what would be lost or guessed silently is an error here.
namespace comd::tmf {

using Json = nlohmann::json;  ///< objects sorted by key, so `dump()` is the canonical text

/// Malformed text (with line and column), keys that are there twice, numbers that would change their value, too large or too deep.
Result<Json, std::vector<Rejection>> parse_json(std::string_view bytes, const Limits&);

/// As `dump()` gives it: no spaces, keys sorted.
std::string canonical(const Json&);

/// "line 3, column 12" of a byte offset; columns count bytes.
std::string place_of(std::string_view bytes, std::size_t offset);

}  // namespace comd::tmf
