#include "cmd/comctl/tool/submissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace comd::ctl {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::vector<Submission> lines_of(const std::string& name, const std::string& content) {
  std::vector<Submission> out;
  std::size_t number = 0;
  for (std::size_t from = 0; from < content.size();) {
    const auto end = std::min(content.find('\n', from), content.size());
    std::string line = content.substr(from, end - from);
    from = end + 1;
    ++number;
    if (line.find_first_not_of(kBlank) != std::string::npos) out.push_back({fmt::format("{}:{}", name, number), std::move(line)});
  }
  return out;
}

bool is_lines_file(const std::string& name) { return name.ends_with(".jsonl") || name.ends_with(".ndjson"); }

/// Not one JSON text, but its first line is: one order a line, however the file is called.
bool are_lines(const std::string& content) {
  const auto end = content.find('\n');
  return end != std::string::npos && content.find_first_not_of(kBlank, end) != std::string::npos && !is_json(content) &&
         is_json(content.substr(0, end));
}

}  // namespace

Outcome<std::string> read_text(const std::string& file, std::istream& in) {
  std::ostringstream content;
  if (file == "-") {
    content << in.rdbuf();
    return content.str();
  }
  std::error_code error;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file, error))
    return tl::unexpected(usage_failure(fmt::format("Expected a file at {}, but it cannot be read", file), "check the path"));
  content << stream.rdbuf();
  return content.str();
}

std::vector<Submission> split_submissions(const std::string& name, std::string content) {
  if (is_lines_file(name) || are_lines(content)) return lines_of(name, content);
  const auto first = content.find_first_not_of(kBlank);
  if (first == std::string::npos || content[first] != '[') return {{name, std::move(content)}};
  const auto array = parse_json(content);
  if (array.is_discarded()) return {{name, std::move(content)}};  // the server says where it is broken
  std::vector<Submission> out;
  for (std::size_t i = 0; i < array.size(); ++i) out.push_back({fmt::format("{}[{}]", name, i), array[i].dump()});
  return out;
}

Outcome<std::vector<Submission>> read_submissions(const std::vector<std::string>& files, std::istream& in) {
  std::vector<Submission> all;
  for (const auto& file : files) {
    auto content = read_text(file, in);
    if (!content) return tl::unexpected(content.error());
    for (auto& one : split_submissions(file == "-" ? "stdin" : file, std::move(*content))) all.push_back(std::move(one));
  }
  if (all.empty())
    return tl::unexpected(usage_failure("Expected at least one order, but the input is empty",
                                        "give TMF622 v4 JSON, one order, an array, or one a line"));
  return all;
}

}  // namespace comd::ctl
