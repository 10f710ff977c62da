#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Checks on the text of the project. All of them take text and return findings, so each can be shown a planted violation.
namespace comd::tidy {

struct Source {
  std::string path;  ///< from the project's root, with '/'
  std::string text;
};

struct Finding {
  std::string path;
  std::size_t line = 0;
  std::string message;  ///< what is wrong and what to do instead
};
std::string to_text(const std::vector<Finding>&);  ///< "path:line: message", a line each

bool is_cpp(std::string_view path);       ///< .h or .cpp
bool is_markdown(std::string_view path);  ///< .md
bool is_below(std::string_view path, std::string_view folder);
std::vector<std::string> lines_of(std::string_view text);

/// The same text with the contents of comments and of string and character literals blanked; lines stay where they are.
std::string code_only(std::string_view text);

/// Every file of the project, without what is built or belongs to git.
std::vector<Source> read_project(const std::string& root);

// ── The checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────
/// Who may include what: the table is in includes.cpp.
std::vector<Finding> check_includes(const Source&);

/// A file over `kLinesMax` lines is a design question: what are the two things in it?
inline constexpr std::size_t kLinesMax = 400;
std::vector<Finding> check_length(const Source&);

/// Calls that have a better place or a replacement: the table is in banned.cpp.
std::vector<Finding> check_banned(const Source&);

/// Headers open with `#pragma once`.
std::vector<Finding> check_header(const Source&);

/// Exactly one `# Title`; every relative link leads to a file, and to a heading of it if it has an anchor.
/// `read` gives the text of a file by path, or nullptr; a folder reads as "".
using Reader = std::function<const std::string*(const std::string& path)>;
std::vector<Finding> check_markdown(const Source&, const Reader& read);

/// The output of `nm -uC` on the domain library: nothing but memory, text, containers and exceptions. No clock, no
/// randomness, no file, no thread.
std::vector<Finding> check_domain_symbols(std::string_view nm_output);

}  // namespace comd::tidy
