#pragma once
#include <functional>
#include <optional>

#include "cmd/comd/daemon/config.h"

namespace comd::daemon {

/// How one setting is read into the configuration and written back.
struct Setting {
  SettingInfo info;
  /// The error completes "Expected <name> …".
  std::function<std::optional<std::string>(Config&, const std::string& value)> read;
  std::function<std::vector<std::string>(const Config&)> write;
};
const std::vector<Setting>& setting_table();

}  // namespace comd::daemon
