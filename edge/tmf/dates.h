#pragma once
#include <optional>
#include <string_view>

#include "domain/ids.h"

namespace comd::tmf {

/// RFC 3339, and what is found in the wild: without seconds, without zone (then UTC), a date alone (its midnight), offsets
/// without colon, more fraction digits than milliseconds (cut off). Anything else: nothing.
std::optional<Instant> parse_date(std::string_view text);

}  // namespace comd::tmf
