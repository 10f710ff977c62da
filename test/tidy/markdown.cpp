#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>

#include "test/tidy/source.h"

namespace comd::tidy {
namespace {

/// The lines outside fenced code, with their numbers; inline code is blanked.
struct Line {
  std::size_t number;
  std::string text;
};
std::vector<Line> prose(std::string_view text) {
  static const std::regex inline_code("`[^`]*`");
  std::vector<Line> out;
  bool fenced = false;
  const std::vector<std::string> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("```")) {
      fenced = !fenced;
    } else if (!fenced) {
      out.push_back({i + 1, lines[i]});
    }
  }
  return out;
}

/// A heading's anchor: lower case, spaces to '-', punctuation dropped.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '-' || c == '_' || u >= 0x80) anchor += static_cast<char>(std::tolower(u));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

bool has_heading(std::string_view text, std::string_view anchor) {
  const std::vector<Line> lines = prose(text);
  return std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
    const std::size_t level = line.text.find_first_not_of('#');
    return level != std::string::npos && level > 0 && line.text[level] == ' ' && anchor_of(line.text.substr(level + 1)) == anchor;
  });
}

}  // namespace

std::vector<Finding> check_markdown(const Source& source, const Reader& read) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  if (!is_markdown(source.path)) return {};
  std::vector<Finding> findings;
  std::size_t titles = 0;
  for (const Line& line : prose(source.text)) {
    if (line.text.starts_with("# ")) ++titles;
    for (auto it = std::sregex_iterator(line.text.begin(), line.text.end(), link); it != std::sregex_iterator(); ++it) {
      const std::string target = (*it)[1].str();
      if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
      const std::size_t hash = target.find('#');
      const std::string file = target.substr(0, hash);
      const std::string anchor = hash == std::string::npos ? "" : target.substr(hash + 1);
      const std::filesystem::path folder = std::filesystem::path(source.path).parent_path();
      std::string path = file.empty() ? source.path : (folder / file).lexically_normal().generic_string();
      if (path.ends_with('/')) path.pop_back();
      const std::string* text = file.empty() ? &source.text : read(path);
      if (text == nullptr) {
        findings.push_back(
            {source.path, line.number, "Expected a file behind the link '" + target + "', but there is no " + path + "."});
      } else if (!anchor.empty() && !has_heading(*text, anchor)) {
        findings.push_back({source.path, line.number,
                            "Expected a heading behind the link '" + target + "', but " + path + " has none like it."});
      }
    }
  }
  if (titles != 1) {
    findings.push_back({source.path, 1, "Expected exactly one '# Title', but there are " + std::to_string(titles) + "."});
  }
  return findings;
}

}  // namespace comd::tidy
