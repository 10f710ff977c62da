#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/comd/daemon/config.h"

/// The settings of single lanes: keys of a target in the file, "access.window=64" as flag and variable.
namespace comd::daemon {

/// "50/s", "600/m", "10000/h", or "off". The error completes "Expected <name> …".
Result<Rate, std::string> parse_rate(std::string_view text);
std::string rate_text(const Rate&);

bool is_lane_key(std::string_view key);
/// "window, rate, …", for messages.
std::string lane_keys();

/// Sets one key, which is one. The error completes "Expected <key> of lane <name> …".
std::optional<std::string> set_lane_key(LaneSettings&, std::string_view key, const std::string& value);
/// "access.window=64". The error is a sentence.
std::optional<std::string> set_lane(Config&, const std::string& text);

/// What is set, as key and value, in the order of `lane_keys`.
std::vector<std::pair<std::string, std::string>> written(const LaneSettings&);

}  // namespace comd::daemon
