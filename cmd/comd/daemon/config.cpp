#include "cmd/comd/daemon/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "cmd/comd/daemon/disk_settings.h"
#include "cmd/comd/daemon/lane_settings.h"
#include "cmd/comd/daemon/settings.h"
#include "cmd/comd/daemon/webhook_settings.h"

namespace comd::daemon {
namespace {

using Errors = std::vector<std::string>;

const Setting* find(std::string_view name) {
  const auto& table = setting_table();
  const auto found = std::ranges::find(table, name, [](const auto& setting) { return setting.info.name; });
  return found == table.end() ? nullptr : &*found;
}

std::string place(const std::string& path, const YAML::Node& node) { return path + ":" + std::to_string(node.Mark().line + 1); }

void unknown(const std::string& name, const std::string& where, Errors& errors) {
  errors.push_back(where + ": Expected a setting of comd, but there is none called \"" + name + "\". comd --help lists them.");
}

/// A target's mapping as givens "target.<name>.<key>", so that a flag for the same target can replace it as a whole.
void read_targets(const YAML::Node& node, const std::string& path, Givens& out, Errors& errors) {
  if (!node.IsMap()) {
    errors.push_back(place(path, node) + ": Expected targets to map names to {address: host:port}, but it does not.");
    return;
  }
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>("");
    const auto prefix = "target." + name + ".";
    if (entry.second.IsScalar()) {
      out[prefix + "address"] = {{entry.second.Scalar()}, place(path, entry.second)};
      continue;
    }
    if (!entry.second.IsMap()) {
      errors.push_back(place(path, entry.second) + ": Expected target " + name +
                       " to be host:port or a mapping with address, but it is neither.");
      continue;
    }
    for (const auto& field : entry.second) {
      const auto key = field.first.as<std::string>("");
      constexpr std::array<std::string_view, 6> kKeys = {"address", "tls", "ca", "certificate", "key", "streaming"};
      if ((std::ranges::find(kKeys, key) == kKeys.end() && !is_lane_key(key)) || !field.second.IsScalar()) {
        errors.push_back(place(path, field.first) + ": Expected one of address, tls, ca, certificate, key, streaming, " +
                         lane_keys() + " of target " + name + ", but got \"" + key + "\".");
        continue;
      }
      out[prefix + key] = {{field.second.Scalar()}, place(path, field.second)};
    }
  }
}

void read_entry(const std::string& name, const YAML::Node& node, const std::string& path, Givens& out, Errors& errors) {
  if (name == "targets" || name == "target") return read_targets(node, path, out, errors);
  if (name == "webhooks") return read_webhooks(node, path, out, errors);
  if (node.IsMap()) {
    for (const auto& entry : node) read_entry(name + "." + entry.first.as<std::string>(""), entry.second, path, out, errors);
    return;
  }
  const auto* setting = find(name == "catalogs" ? "catalog" : name);
  if (setting == nullptr) return unknown(name, place(path, node), errors);
  Given given{{}, place(path, node)};
  if (node.IsSequence() && setting->info.repeatable) {
    for (const auto& element : node) given.values.push_back(element.as<std::string>(""));
  } else if (node.IsScalar()) {
    given.values.push_back(node.Scalar());
  } else {
    errors.push_back(given.origin + ": Expected " + name + " to be a single value, but it is not.");
    return;
  }
  out[setting->info.name] = std::move(given);
}

std::optional<bool> truth(const std::string& text) {
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  return std::nullopt;
}

bool host_and_port(const std::string& address) {
  const auto colon = address.rfind(':');
  return colon != std::string::npos && colon > 0 && colon + 1 < address.size() &&
         address.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

/// "<target>.<key>"; target names may have dots in them.
void apply_target(const std::string& name, const Given& given, Config& config, Errors& errors) {
  const auto dot = name.rfind('.');
  const auto key = name.substr(dot + 1);
  if (is_lane_key(key)) return;
  auto& target = config.targets[name.substr(0, dot)];
  const auto& value = given.values.back();
  if (key == "address") target.address = value;
  if (key == "ca") target.ca = value;
  if (key == "certificate") target.certificate = value;
  if (key == "key") target.key = value;
  if (key != "tls" && key != "streaming") return;
  const auto flag = truth(value);
  if (!flag)
    errors.push_back(given.origin + ": Expected " + key + " of target " + name.substr(0, dot) +
                     " to be true or false, but got \"" + value + "\".");
  (key == "tls" ? target.tls : target.streaming) = flag.value_or(false);
}

/// What stands with the targets of the file for their lanes.
void apply_target_lane(const std::string& name, const Given& given, Config& config, Errors& errors) {
  const auto dot = name.rfind('.');
  const auto key = name.substr(dot + 1);
  if (!is_lane_key(key)) return;
  if (const auto error = set_lane_key(config.lanes[name.substr(0, dot)], key, given.values.back()))
    errors.push_back(given.origin + ": Expected " + key + " of target " + name.substr(0, dot) + " " + *error);
}

/// "name=host:port", from a flag or the environment.
void apply_target_texts(const Givens& givens, Config& config, Errors& errors) {
  const auto found = givens.find("target");
  if (found == givens.end()) return;
  for (const auto& text : found->second.values) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      errors.push_back(found->second.origin + ": Expected name=host:port, but got \"" + text + "\".");
      continue;
    }
    config.targets[text.substr(0, equals)] = Target{text.substr(equals + 1), false, {}, {}, {}, true};
  }
}

void check(const Config& config, Errors& errors) {
  for (const auto& [name, target] : config.targets) {
    if (!host_and_port(target.address)) {
      errors.push_back("target " + name + ": Expected its address as host:port, but got \"" + target.address + "\".");
    }
    if (!target.tls && !(target.ca + target.certificate + target.key).empty()) {
      errors.push_back("target " + name + ": Expected tls: true together with ca, certificate or key, but tls is off.");
    }
  }
  for (const auto& [name, lane] : config.lanes) {
    if (config.targets.contains(name) || name == "inventory" || name == "product-inventory") continue;
    errors.push_back("lane " + name + ": Expected a target of this name, inventory or product-inventory, but there is none.");
  }
  if (!config.product_inventory.empty() && !host_and_port(config.product_inventory)) {
    errors.push_back("--product-inventory: Expected host:port, but got \"" + config.product_inventory + "\".");
  }
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    errors.push_back("--tls-cert: Expected --tls-cert and --tls-key together, but only one is given.");
  }
  if (const auto error = watermark_error(config.disk)) errors.push_back(*error);
  if (config.data.empty()) errors.push_back("--data: Expected a directory, but it is empty.");
  if (config.api.order.max_bytes + 65'536 > config.api.message_bytes) {
    errors.push_back("limits.message_bytes: Expected room for limits.order_bytes (" + std::to_string(config.api.order.max_bytes) +
                     ") and 65536 bytes more, but it is " + std::to_string(config.api.message_bytes) + ".");
  }
}

/// Quotes what YAML would read as something else.
std::string scalar(const std::string& value) {
  YAML::Emitter out;
  const bool plain = !value.empty() && value.find_first_of(":#{}[],&*!|>'\"%@` \t") == std::string::npos;
  plain ? out << value : out << YAML::DoubleQuoted << value;
  return out.c_str();
}

}  // namespace

std::string environment_name(std::string_view setting) {
  std::string out = "COMD_";
  for (const char c : setting) out += c == '-' || c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

Result<Givens, Errors> read_yaml(const std::string& text, const std::string& path) {
  Givens out;
  Errors errors;
  try {
    const auto root = YAML::Load(text);
    if (root.IsNull()) return out;
    if (!root.IsMap()) return Err(Errors{path + ":1: Expected settings as \"name: value\", but the file is something else."});
    for (const auto& entry : root) read_entry(entry.first.as<std::string>(""), entry.second, path, out, errors);
  } catch (const YAML::Exception& error) {
    return Err(Errors{path + ":" + std::to_string(error.mark.line + 1) + ": Expected YAML, but: " + error.msg + "."});
  }
  if (!errors.empty()) return Err(std::move(errors));
  return out;
}

Result<Givens, Errors> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Err(Errors{"--config: Expected a readable file, but " + path + " is not."});
  return read_yaml({std::istreambuf_iterator<char>(in), {}}, path);
}

Givens read_environment(const std::function<const char*(const std::string&)>& lookup) {
  Givens out;
  const auto add = [&](const std::string& name, bool many) {
    const auto variable = environment_name(name);
    const char* value = lookup(variable);
    if (value == nullptr) return;
    Given given{{}, variable};
    std::string_view rest = value;
    while (many && rest.find(',') != std::string_view::npos) {
      given.values.emplace_back(rest.substr(0, rest.find(',')));
      rest.remove_prefix(rest.find(',') + 1);
    }
    given.values.emplace_back(rest);
    out[name] = std::move(given);
  };
  for (const auto& setting : settings()) add(setting.name, setting.repeatable);
  add("target", true);
  return out;
}

Result<Config, Errors> resolve(const Givens& file, const Givens& environment, const Givens& flags) {
  Config config;
  Errors errors;
  for (const auto& [name, given] : file) {
    if (name.starts_with("target.")) apply_target_lane(name.substr(7), given, config, errors);
  }
  for (const auto& setting : setting_table()) {
    for (const auto* source : {&flags, &environment, &file}) {
      const auto found = source->find(setting.info.name);
      if (found == source->end()) continue;
      for (const auto& value : found->second.values) {
        if (auto error = setting.read(config, value)) {
          errors.push_back(found->second.origin + ": " +
                           (error->starts_with("Expected") ? *error : "Expected " + setting.info.name + " " + *error));
        }
      }
      break;
    }
  }
  for (const auto& [name, given] : file) {
    if (name.starts_with("target.")) apply_target(name.substr(7), given, config, errors);
  }
  apply_webhooks(file, config, errors);
  apply_target_texts(environment, config, errors);
  apply_target_texts(flags, config, errors);
  if (errors.empty()) check(config, errors);
  if (!errors.empty()) return Err(std::move(errors));
  return config;
}

std::string to_yaml(const Config& config) {
  std::string out;
  std::map<std::string, std::string> groups;  // "archive.after" stands in "archive"
  for (const auto& setting : setting_table()) {
    const auto values = setting.write(config);
    const auto dot = setting.info.name.find('.');
    auto& into = dot == std::string::npos ? out : groups[setting.info.name.substr(0, dot)];
    into += (dot == std::string::npos ? setting.info.name : "  " + setting.info.name.substr(dot + 1)) + ":";
    if (setting.info.repeatable) {
      std::string list;
      for (const auto& value : values) list += (list.empty() ? "" : ", ") + scalar(value);
      into += " [" + list + "]\n";
    } else {
      into += " " + scalar(values.front()) + "\n";
    }
  }
  out += config.targets.empty() ? "targets: {}\n" : "targets:\n";
  for (const auto& [name, target] : config.targets) {
    out += "  " + scalar(name) + ": {address: " + scalar(target.address) + ", tls: " + (target.tls ? "true" : "false") +
           ", streaming: " + (target.streaming ? "true" : "false");
    if (!target.ca.empty()) out += ", ca: " + scalar(target.ca);
    if (!target.certificate.empty()) out += ", certificate: " + scalar(target.certificate);
    if (!target.key.empty()) out += ", key: " + scalar(target.key);
    if (const auto lane = config.lanes.find(name); lane != config.lanes.end())
      for (const auto& [key, value] : written(lane->second)) out += ", " + key + ": " + value;
    out += "}\n";
  }
  out += webhooks_yaml(config, scalar);
  for (const auto& [name, settings] : groups) out += name + ":\n" + settings;
  return out;
}

}  // namespace comd::daemon
