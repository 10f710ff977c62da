#include "cmd/comd/daemon/webhook_settings.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "edge/catalog/durations.h"

namespace comd::daemon {
namespace {

using Error = std::optional<std::string>;
using webhooks::Settings;

struct Key {
  std::string_view name;
  std::function<Error(Settings&, const std::vector<std::string>&)> read;
  std::function<std::vector<std::string>(const Settings&)> write;
};

Key text(std::string_view name, std::function<std::string&(Settings&)> at) {
  return {name,
          [at](Settings& settings, const auto& values) -> Error {
            at(settings) = values.back();
            return std::nullopt;
          },
          [at](Settings settings) { return std::vector{at(settings)}; }};
}

Key pause(std::string_view name, std::function<Millis&(Settings&)> at) {
  return {name,
          [at](Settings& settings, const auto& values) -> Error {
            const auto parsed = catalog::parse_duration(values.back());
            if (!parsed || *parsed <= Millis{0}) return "a duration such as 500ms or 30s, but got \"" + values.back() + "\".";
            at(settings) = *parsed;
            return std::nullopt;
          },
          [at](Settings settings) { return std::vector{catalog::duration_text(at(settings))}; }};
}

template <class Number>
Key whole(std::string_view name, std::function<Number&(Settings&)> at, Number most) {
  return {name,
          [at, most](Settings& settings, const auto& values) -> Error {
            Number number = 0;
            const auto& value = values.back();
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
            if (error != std::errc{} || end != value.data() + value.size() || number < 1 || number > most)
              return "a whole number from 1 to " + std::to_string(most) + ", but got \"" + value + "\".";
            at(settings) = number;
            return std::nullopt;
          },
          [at](Settings settings) { return std::vector{std::to_string(at(settings))}; }};
}

const std::vector<Key>& keys() {
  static const std::vector<Key> table{
      text("name", [](Settings& s) -> std::string& { return s.name; }),
      text("url", [](Settings& s) -> std::string& { return s.url; }),
      text("secret-file", [](Settings& s) -> std::string& { return s.secret_file; }),
      text("tenant", [](Settings& s) -> std::string& { return s.tenant.value; }),
      {"types",
       [](Settings& settings, const auto& values) -> Error {
         settings.types = values;
         return std::nullopt;
       },
       [](const Settings& settings) { return settings.types; }},
      {"from",
       [](Settings& settings, const auto& values) -> Error {
         if (values.back() != "now" && values.back() != "beginning")
           return "now or beginning, but got \"" + values.back() + "\".";
         settings.from_beginning = values.back() == "beginning";
         return std::nullopt;
       },
       [](const Settings& settings) { return std::vector<std::string>{settings.from_beginning ? "beginning" : "now"}; }},
      text("ca", [](Settings& s) -> std::string& { return s.ca; }),
      pause("timeout", [](Settings& s) -> Millis& { return s.timeout; }),
      whole<std::uint32_t>(
          "attempts", [](Settings& s) -> std::uint32_t& { return s.policy.attempts; }, 1'000),
      whole<std::size_t>(
          "window", [](Settings& s) -> std::size_t& { return s.policy.window; }, 256),
      pause("first-pause", [](Settings& s) -> Millis& { return s.policy.first_pause; }),
      pause("longest-pause", [](Settings& s) -> Millis& { return s.policy.longest_pause; }),
  };
  return table;
}

const Key* find(std::string_view name) {
  const auto found = std::ranges::find(keys(), name, &Key::name);
  return found == keys().end() ? nullptr : &*found;
}

std::string place(const std::string& path, const YAML::Node& node) { return path + ":" + std::to_string(node.Mark().line + 1); }

std::string key_names() {
  std::string out;
  for (const auto& key : keys()) out += (out.empty() ? "" : ", ") + std::string(key.name);
  return out;
}

void read_webhook(const YAML::Node& node, const std::string& path, Givens& out, std::vector<std::string>& errors) {
  const auto name = node.IsMap() && node["name"] && node["name"].IsScalar() ? node["name"].Scalar() : std::string{};
  if (name.empty() || name.find('.') != std::string::npos) {
    errors.push_back(place(path, node) + ": Expected a webhook with a name of letters, digits, - and _, but it has none.");
    return;
  }
  const auto prefix = "webhook." + name + ".";
  if (out.contains(prefix + "name")) {
    errors.push_back(place(path, node) + ": Expected webhooks with different names, but two are called " + name + ".");
    return;
  }
  for (const auto& field : node) {
    const auto key = field.first.as<std::string>("");
    const bool list = field.second.IsSequence() && key == "types";
    if (find(key) == nullptr || (!list && !field.second.IsScalar())) {
      errors.push_back(place(path, field.first) + ": Expected one of " + key_names() + " of webhook " + name + ", but got \"" +
                       key + "\".");
      continue;
    }
    Given given{{}, place(path, field.second)};
    if (list) {
      for (const auto& element : field.second) given.values.push_back(element.as<std::string>(""));
    } else {
      given.values.push_back(field.second.Scalar());
    }
    out[prefix + key] = std::move(given);
  }
}

}  // namespace

void read_webhooks(const YAML::Node& node, const std::string& path, Givens& out, std::vector<std::string>& errors) {
  if (!node.IsSequence()) {
    errors.push_back(place(path, node) + ": Expected webhooks to be a list of {name, url, secret-file, …}, but it is not.");
    return;
  }
  for (const auto& each : node) read_webhook(each, path, out, errors);
}

void apply_webhooks(const Givens& file, Config& config, std::vector<std::string>& errors) {
  for (const auto& [name, given] : file) {
    if (!name.starts_with("webhook.")) continue;
    const auto dot = name.rfind('.');
    const auto webhook = name.substr(8, dot - 8), key = name.substr(dot + 1);
    if (given.values.empty()) continue;
    if (const auto error = find(key)->read(config.webhooks[webhook], given.values))
      errors.push_back(given.origin + ": Expected " + key + " of webhook " + webhook + " to be " + *error);
  }
  for (const auto& [name, settings] : config.webhooks)
    for (const auto& wrong : webhooks::check(settings)) errors.push_back("webhook " + name + ": " + wrong);
}

std::string webhooks_yaml(const Config& config, std::string (*quoted)(const std::string&)) {
  std::string out;
  for (const auto& [name, settings] : config.webhooks) {
    std::string line;
    for (const auto& key : keys()) {
      const auto values = key.write(settings);
      if (values.empty() || values.front().empty()) continue;
      std::string list;
      for (const auto& value : values) list += (list.empty() ? "" : ", ") + quoted(value);
      line += (line.empty() ? "" : ", ") + std::string(key.name) + ": " + (key.name == "types" ? "[" + list + "]" : list);
    }
    out += "  - {" + line + "}\n";
  }
  return out.empty() ? out : "webhooks:\n" + out;
}

}  // namespace comd::daemon
