#pragma once
#include <string_view>

#include "edge/tmf/json.h"

namespace comd::tmf {

/// Tells the handler what `Json::sax_parse` would, in a part of its time, for text that is JSON as nearly all of it is. False where it is
/// not, or not for certain: then nothing is said about the text, what was told so far is to be forgotten, and `Json::sax_parse` to be
/// asked, whose findings and messages count. What the handler does not want to go on with is an end, not a mistake.
bool fast_sax_parse(std::string_view text, nlohmann::json_sax<Json>& handler);

}  // namespace comd::tmf
