#pragma once
#include "edge/webhooks/deliveries.h"

namespace comd::webhooks {

/// One receiver.
struct Settings {
  std::string name;
  std::string url;
  TenantId tenant{"default"};
  std::vector<std::string> types;  ///< outward::Filter; none: all
  bool from_beginning = false;     ///< where it begins the first time: with the first event ever, or now
  Millis timeout{10'000};
  Policy policy;
  std::string secret_file, ca;
};

/// What is wrong with the settings of a webhook, its files aside; each completes "webhook <name>: ".
std::vector<std::string> check(const Settings&);

/// The secrets of a file, one a line; each event is signed with every one. The error says what was expected.
Result<std::vector<std::string>, std::string> read_secrets(const std::string& path);

}  // namespace comd::webhooks
