#include "edge/catalog/yaml_reader.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "edge/catalog/durations.h"

namespace comd::catalog {
namespace {

constexpr std::size_t kMaxFindings = 50;
constexpr std::size_t kMaxValueNodes = 100'000;
constexpr int kMaxValueDepth = 32;

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string{name};
  return text;
}

std::string described(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar: return "'" + node.Scalar().substr(0, 60) + "'";
    case YAML::NodeType::Sequence: return "a list";
    case YAML::NodeType::Map: return "a mapping";
    default: return "nothing";
  }
}

bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

/// A plain scalar that reads as a JSON number, true, false or null is that; every other scalar is a string.
nlohmann::json scalar_value(const YAML::Node& node) {
  if (is_quoted(node)) return node.Scalar();
  const auto parsed = nlohmann::json::parse(node.Scalar(), nullptr, false);
  if (parsed.is_number() || parsed.is_boolean() || parsed.is_null()) return parsed;
  return node.Scalar();
}

/// Nothing: too deep or too many nodes.
std::optional<nlohmann::json> to_json_value(const YAML::Node& node, std::size_t& nodes, int depth) {
  if (++nodes > kMaxValueNodes || depth > kMaxValueDepth) return std::nullopt;
  if (node.IsScalar()) return scalar_value(node);
  nlohmann::json out = nullptr;
  if (node.IsSequence()) {
    out = nlohmann::json::array();
    for (const YAML::Node& element : node) {
      auto inner = to_json_value(element, nodes, depth + 1);
      if (!inner) return std::nullopt;
      out.push_back(std::move(*inner));
    }
  } else if (node.IsMap()) {
    out = nlohmann::json::object();
    for (const auto& pair : node) {
      auto inner = to_json_value(pair.second, nodes, depth + 1);
      if (!inner || !pair.first.IsScalar()) return std::nullopt;
      out[pair.first.Scalar()] = std::move(*inner);
    }
  }
  return out;
}

}  // namespace

std::string did_you_mean(std::string_view got, const std::vector<std::string_view>& options) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, got.size() / 3) + 1;
  for (const std::string_view option : options) {
    if (const std::size_t d = distance(got, option); d < best_distance) {
      best = option;
      best_distance = d;
    }
  }
  return best.empty() ? "" : "Did you mean '" + std::string{best} + "'?";
}

bool YamlReader::mapping(const Entry& entry, std::initializer_list<std::string_view> keys) {
  places_.emplace(entry.path, entry.node.Mark());
  if (!entry.node.IsMap()) {
    expected("a mapping", entry);
    return false;
  }
  const std::vector<std::string_view> known{keys};
  std::set<std::string> seen;
  for (const auto& pair : entry.node) {
    const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "";
    const std::string path = entry.path.empty() ? key : entry.path + "." + key;
    if (!seen.insert(key).second) {
      invalid(pair.first.Mark(), path, "Expected each key once, but '" + key + "' is there twice", "Remove one of them");
    }
    if (std::ranges::find(known, key) == known.end()) {
      const std::string hint = did_you_mean(key, known);
      invalid(pair.first.Mark(), path, "Expected one of the keys " + joined(known) + ", but got '" + key + "'",
              hint.empty() ? "Remove it" : hint);
    }
  }
  return true;
}

std::optional<Entry> YamlReader::child(const Entry& parent, std::string_view key) {
  if (!parent.node.IsMap()) return std::nullopt;
  for (const auto& pair : parent.node) {
    if (!pair.first.IsScalar() || pair.first.Scalar() != key) continue;
    Entry entry{pair.second, parent.path.empty() ? std::string{key} : parent.path + "." + std::string{key}};
    places_.emplace(entry.path, pair.first.Mark());
    return entry;
  }
  return std::nullopt;
}

std::optional<Entry> YamlReader::required(const Entry& parent, std::string_view key) {
  auto entry = child(parent, key);
  if (!entry && parent.node.IsMap()) {
    invalid(parent.node.Mark(), parent.path.empty() ? std::string{key} : parent.path + "." + std::string{key},
            "Expected key '" + std::string{key} + "', but it is missing", "Add it");
  }
  return entry;
}

std::vector<Entry> YamlReader::list(const Entry& entry) {
  std::vector<Entry> out;
  if (!entry.node.IsSequence()) {
    expected("a list", entry, "Write [] for an empty list");
    return out;
  }
  for (std::size_t i = 0; i < entry.node.size(); ++i) {
    out.push_back({entry.node[i], entry.path + "[" + std::to_string(i) + "]"});
    places_.emplace(out.back().path, out.back().node.Mark());
  }
  return out;
}

std::vector<Entry> YamlReader::list_at(const Entry& parent, std::string_view key) {
  const auto entry = child(parent, key);
  return entry ? list(*entry) : std::vector<Entry>{};
}

std::optional<std::string> YamlReader::text(const Entry& entry) {
  if (entry.node.IsScalar() && (is_quoted(entry.node) || !entry.node.Scalar().empty())) return entry.node.Scalar();
  expected("a text", entry);
  return std::nullopt;
}

std::optional<bool> YamlReader::boolean(const Entry& entry) {
  if (entry.node.IsScalar() && !is_quoted(entry.node)) {
    if (entry.node.Scalar() == "true") return true;
    if (entry.node.Scalar() == "false") return false;
  }
  expected("true or false", entry);
  return std::nullopt;
}

std::optional<double> YamlReader::number(const Entry& entry) {
  if (entry.node.IsScalar()) {
    const nlohmann::json value = scalar_value(entry.node);
    if (value.is_number()) return value.get<double>();
  }
  expected("a number", entry);
  return std::nullopt;
}

std::optional<std::uint32_t> YamlReader::whole(const Entry& entry, std::uint32_t min) {
  const auto n = number(entry);
  if (!n) return std::nullopt;
  if (*n >= min && *n <= 1'000'000 && std::floor(*n) == *n) return static_cast<std::uint32_t>(*n);
  expected("a whole number from " + std::to_string(min) + " to 1000000", entry);
  return std::nullopt;
}

std::optional<Millis> YamlReader::wait(const Entry& entry) {
  const auto duration = entry.node.IsScalar() ? parse_duration(entry.node.Scalar()) : std::nullopt;
  if (duration && *duration > Millis::zero()) return duration;
  expected("a duration above zero like 500ms, 30s, 5m, 2h or 1d", entry,
           "Every wait needs a deadline, or an order could be stuck for ever");
  return std::nullopt;
}

std::optional<Value> YamlReader::value(const Entry& entry) {
  const auto json = to_json_value(entry.node, nodes_, 0);
  if (json) return Value{json->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
  invalid(entry, "Expected a value of at most " + std::to_string(kMaxValueDepth) + " levels and " +
                     std::to_string(kMaxValueNodes) + " nodes with plain keys, but it is not");
  return std::nullopt;
}

std::string YamlReader::text_at(const Entry& parent, std::string_view key) {
  const auto entry = child(parent, key);
  return entry ? text(*entry).value_or("") : "";
}

std::string YamlReader::required_text_at(const Entry& parent, std::string_view key) {
  const auto entry = required(parent, key);
  if (!entry) return "";
  const auto got = text(*entry);
  if (got && got->empty()) invalid(*entry, "Expected a text that is not empty, but it is");
  return got.value_or("");
}

void YamlReader::read(const Entry& parent, std::string_view key, bool& into) {
  if (const auto entry = child(parent, key)) into = boolean(*entry).value_or(into);
}
void YamlReader::read(const Entry& parent, std::string_view key, double& into) {
  if (const auto entry = child(parent, key)) into = number(*entry).value_or(into);
}
void YamlReader::read(const Entry& parent, std::string_view key, std::optional<double>& into) {
  if (const auto entry = child(parent, key)) into = number(*entry);
}
void YamlReader::read(const Entry& parent, std::string_view key, Millis& into) {
  if (const auto entry = child(parent, key)) into = wait(*entry).value_or(into);
}

void YamlReader::expected(std::string_view what, const Entry& got, std::string hint) {
  invalid(got, "Expected " + std::string{what} + ", but got " + described(got.node), std::move(hint));
}

void YamlReader::not_one_of(const Entry& entry, std::string_view got, const std::vector<std::string_view>& options) {
  invalid(entry, "Expected one of " + joined(options) + ", but got '" + std::string{got.substr(0, 60)} + "'",
          did_you_mean(got, options));
}

void YamlReader::invalid(const Entry& at, std::string message, std::string hint) {
  // An empty value has no place of its own in yaml-cpp: its key's is the one to show.
  const auto key = places_.find(at.path);
  const bool own = !at.node.IsNull() || key == places_.end();
  invalid(own ? at.node.Mark() : key->second, at.path, std::move(message), std::move(hint));
}

void YamlReader::invalid(Rejection rejection) {
  std::string path = rejection.where;
  auto found = places_.find(path);
  while (found == places_.end() && !path.empty()) {  // the nearest enclosing entry
    const auto cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
    found = places_.find(path);
  }
  const YAML::Mark mark = found == places_.end() ? YAML::Mark::null_mark() : found->second;
  invalid(mark, std::move(rejection.where), std::move(rejection.message), std::move(rejection.hint));
}

void YamlReader::invalid(const YAML::Mark& mark, std::string path, std::string message, std::string hint) {
  const int line = std::max(1, mark.line + 1), column = std::max(1, mark.column + 1);
  findings_.push_back(
      {line,
       column,
       {RejectionCode::invalid, "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + message,
        std::move(path), std::move(hint)}});
}

std::vector<Rejection> YamlReader::findings() && {
  std::ranges::stable_sort(
      findings_, [](const Finding& a, const Finding& b) { return std::tie(a.line, a.column) < std::tie(b.line, b.column); });
  std::vector<Rejection> out;
  for (Finding& finding : findings_) {
    if (out.size() == kMaxFindings) {
      out.push_back({RejectionCode::limit, "and " + std::to_string(findings_.size() - kMaxFindings) + " more errors", "",
                     "Correct these first"});
      break;
    }
    out.push_back(std::move(finding.rejection));
  }
  return out;
}

}  // namespace comd::catalog
