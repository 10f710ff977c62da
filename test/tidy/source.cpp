#include "test/tidy/source.h"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace comd::tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Blanks what is neither code nor a line end, one token at a time.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  bool starts(std::string_view token) const { return text_.substr(at_).starts_with(token); }
  void keep(std::size_t count) {
    for (; count > 0 && at_ < text_.size(); --count) out_ += text_[at_++];
  }
  void blank(std::size_t count) {
    for (; count > 0 && at_ < text_.size(); --count, ++at_) out_ += text_[at_] == '\n' ? '\n' : ' ';
  }
  void blank_until(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    blank(found == std::string_view::npos ? text_.size() - at_ : found - at_);
  }

  void step() {
    if (starts("//")) {
      blank_until("\n");
    } else if (starts("/*")) {
      blank_until("*/");
      blank(2);
    } else if (starts("R\"")) {
      raw_string();
    } else if (text_[at_] == '"') {
      literal('"');
    } else if (text_[at_] == '\'' && (out_.empty() || !is_word(out_.back()))) {
      literal('\'');  // after a digit or letter it separates digits
    } else {
      keep(1);
    }
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return keep(1);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    keep(2);
    blank_until(close);
    blank(close.size() - 1);
    keep(1);
  }

  void literal(char quote) {
    keep(1);
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') blank(text_[at_] == '\\' ? 2 : 1);
    keep(1);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

bool is_skipped(const std::filesystem::path& name) {
  return name == "build" || name == ".git" || name == ".cache" || name == "comd-data" || name == "__pycache__";
}

}  // namespace

std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings) text += f.path + ":" + std::to_string(f.line) + ": " + f.message + "\n";
  return text;
}

bool is_cpp(std::string_view path) { return path.ends_with(".h") || path.ends_with(".cpp"); }
bool is_markdown(std::string_view path) { return path.ends_with(".md"); }

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string code_only(std::string_view text) { return Blanker(text).run(); }

std::vector<Source> read_project(const std::string& root) {
  std::vector<Source> sources;
  for (auto it = std::filesystem::recursive_directory_iterator(root); it != std::filesystem::recursive_directory_iterator();
       ++it) {
    if (it->is_directory()) {
      if (is_skipped(it->path().filename())) it.disable_recursion_pending();
      continue;
    }
    std::ifstream in(it->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    sources.push_back({std::filesystem::relative(it->path(), root).generic_string(), std::move(text)});
  }
  return sources;
}

std::vector<Finding> check_length(const Source& source) {
  if (!is_cpp(source.path)) return {};
  const std::size_t lines = lines_of(source.text).size();
  if (lines <= kLinesMax) return {};
  return {{source.path, kLinesMax + 1,
           "Expected at most " + std::to_string(kLinesMax) + " lines, but the file has " + std::to_string(lines) +
               ". What are the two things in it? Give each a file."}};
}

std::vector<Finding> check_header(const Source& source) {
  if (!source.path.ends_with(".h") || source.text.starts_with("#pragma once\n")) return {};
  return {{source.path, 1, "Expected '#pragma once' in the first line of a header, but it has something else."}};
}

}  // namespace comd::tidy
