#include <algorithm>
#include <regex>

#include "test/tidy/source.h"

namespace comd::tidy {
namespace {

/// A call that is banned below `folders` (empty: everywhere) except in the files of `except`, each with its reason.
struct Ban {
  std::regex pattern;
  std::vector<std::string> folders;
  std::vector<std::string> except;
  std::string instead;
};

const std::vector<std::string>& inner() {
  static const std::vector<std::string> folders = {"domain", "events", "storage", "actors", "edge"};
  return folders;
}

const std::vector<Ban>& bans() {
  static const auto pattern = [](const char* text) { return std::regex(text, std::regex::optimize); };
  static const std::vector<Ban> all = {
      {pattern(R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)"),
       {"test"},
       {"test/e2e/wait.cpp"},  // real processes give no other signal: its one polling loop, with a deadline
       "wait on a condition, or use virtual time; with real processes: wait_until of test/e2e/wait.h"},
      {pattern(R"(\bsystem_clock::now\b)"),
       inner(),
       {"edge/south/lane.cpp",
        "edge/south/inventory_client.cpp"},  // gRPC's deadlines are points of this clock; nothing is decided by it
       "take the time from Clock (actors/ports.h); the domain is handed it in its Context"},
      {pattern(R"(\b(steady_clock|high_resolution_clock)::now\b|\b(gettimeofday|clock_gettime)\b)"),
       {"domain", "events"},
       {},
       "take the time as an argument"},
      {pattern(R"(\b(rand|srand|drand48)\s*\()"),
       {},
       {},
       "use <random> with a seed that is printed; the domain is handed drawn numbers"},
      {pattern(R"(\bstd::random_device\b)"),
       {"domain", "events", "storage", "test"},
       {},
       "take a seed as an argument and print it"},
      {pattern(R"(\bassert\s*\()"), {}, {}, "CHECK of domain/check.h: it is on in every build"},
      {pattern(R"(\bstd::(cout|cerr|clog)\b|\b(printf|puts)\s*\()"),
       inner(),
       {},
       "return the text, or log with fields (actors/log.h)"},
      {pattern(R"(\bthrow\b)"),
       {"domain", "events", "storage", "actors"},
       {},
       "return a Result (domain/result.h); CHECK for bugs"},
      {pattern(R"(\busing\s+namespace\s+std\s*;)"), {}, {}, "write std::"},
      {pattern(R"(\bdetach\s*\(\s*\))"), {}, {}, "keep the thread and join it: shutdown must be able to wait for it"},
  };
  return all;
}

bool applies(const Ban& ban, const std::string& path) {
  if (std::find(ban.except.begin(), ban.except.end(), path) != ban.except.end()) return false;
  return ban.folders.empty() ||
         std::any_of(ban.folders.begin(), ban.folders.end(), [&](const auto& f) { return is_below(path, f); });
}

}  // namespace

std::vector<Finding> check_banned(const Source& source) {
  if (!is_cpp(source.path)) return {};
  std::vector<Finding> findings;
  const std::vector<std::string> code = lines_of(code_only(source.text));
  for (const Ban& ban : bans()) {
    if (!applies(ban, source.path)) continue;
    for (std::size_t i = 0; i < code.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(code[i], match, ban.pattern)) continue;
      findings.push_back(
          {source.path, i + 1, "'" + match[0].str() + "' is banned here: " + ban.instead + " (test/tidy/banned.cpp)."});
    }
  }
  return findings;
}

}  // namespace comd::tidy
