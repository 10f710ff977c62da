#include "cmd/comctl/tool/output.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace comd::ctl {
namespace {

constexpr auto kReplaceBadUtf8 = Json::error_handler_t::replace;

/// Would a YAML 1.1 or 1.2 reader take this plain text for a number, a truth, a date or nothing?
bool reads_as_other(const std::string& text) {
  static constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"};
  std::string lower(text.size(), ' ');
  std::transform(text.begin(), text.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.empty() || std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords)) return true;
  const auto first = static_cast<unsigned char>(lower.front());
  return std::isdigit(first) || first == '+' || first == '-' || first == '.' || first == '=' || first == '<';
}

void emit(YAML::Emitter& out, const Json& node) {
  switch (node.type()) {
    case Json::value_t::object:
      if (node.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const auto& [key, value] : node.items()) {
        out << YAML::Key;
        if (reads_as_other(key)) out << YAML::DoubleQuoted;
        out << key << YAML::Value;
        emit(out, value);
      }
      out << YAML::EndMap;
      return;
    case Json::value_t::array:
      if (node.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const auto& value : node) emit(out, value);
      out << YAML::EndSeq;
      return;
    case Json::value_t::string: {
      const auto text = node.get<std::string>();
      if (reads_as_other(text)) out << YAML::DoubleQuoted;
      out << text;
      return;
    }
    case Json::value_t::null: out << YAML::Null; return;
    default: out << text_of(node); return;  // numbers and booleans read the same in both
  }
}

}  // namespace

Json parse_json(std::string_view text) { return Json::parse(text, nullptr, false); }
bool is_json(std::string_view text) { return Json::accept(text); }
std::string text_of(const Json& document) { return document.dump(-1, ' ', false, kReplaceBadUtf8); }

std::string to_json(const Json& document) { return document.dump(2, ' ', false, kReplaceBadUtf8) + "\n"; }
std::string to_json_line(const Json& document) { return text_of(document) + "\n"; }

std::string to_yaml(const Json& document) {
  YAML::Emitter out;
  out.SetNullFormat(YAML::LowerNull);
  emit(out, document);
  return std::string(out.c_str(), out.size()) + "\n";
}

std::string text_at(const Json& document, std::string_view path) {
  const Json* node = &document;
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    const auto found = node->is_object() ? node->find(std::string(path.substr(0, dot))) : node->end();
    if (found == node->end()) return {};
    node = &*found;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  if (node->is_string()) return node->get<std::string>();
  return node->is_null() ? std::string{} : text_of(*node);
}

}  // namespace comd::ctl
