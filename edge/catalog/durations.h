#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.h"

namespace comd::catalog {

/// "500ms", "30s", "5m", "2h", "1d", or several together: "1h30m". Nothing for anything else, or beyond ten years.
std::optional<Millis> parse_duration(std::string_view text);

/// The shortest such text.
std::string duration_text(Millis);

}  // namespace comd::catalog
