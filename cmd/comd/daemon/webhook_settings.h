#pragma once
#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "cmd/comd/daemon/config.h"

/// The `webhooks` of the file: a list, because names are all that tells them apart.
namespace comd::daemon {

/// As givens "webhook.<name>.<key>". `path` is the file's, for messages.
void read_webhooks(const YAML::Node&, const std::string& path, Givens& out, std::vector<std::string>& errors);
void apply_webhooks(const Givens& file, Config&, std::vector<std::string>& errors);
/// As a file that gives them again; empty where there are none.
std::string webhooks_yaml(const Config&, std::string (*quoted)(const std::string&));

}  // namespace comd::daemon
