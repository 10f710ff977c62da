#include <algorithm>
#include <array>
#include <regex>

#include "test/tidy/source.h"

namespace comd::tidy {
namespace {

/// A folder and what its files may include: other folders ("domain"), single headers of them ("actors/ports.h"), generated
/// code by its path ("comd/events/v1"), libraries by their include prefix ("caf"). Its own headers and the standard library
/// are always allowed, but see `kImpure`.
struct Rule {
  std::string_view folder;
  std::vector<std::string_view> allowed;
};

/// THE TABLE. An arrow missing here is missing on purpose: the inside never knows the outside (ARCHITECTURE.md, "Folders").
const std::vector<Rule>& table() {
  static const std::vector<Rule> rules = {
      {"domain", {"tl"}},
      {"events", {"domain", "comd/events/v1", "google/protobuf"}},
      {"storage", {"domain", "events", "rocksdb", "openssl"}},
      {"actors",
       {"domain", "events", "storage/archive.h", "storage/each_timer.h", "storage/event_log.h", "storage/holds.h",
        "storage/keys.h", "storage/log_memory.h", "storage/subject_reader.h", "caf", "prometheus", "spdlog", "fmt"}},
      {"edge/tmf", {"domain", "nlohmann", "rapidjson", "openssl"}},
      {"edge/catalog", {"domain", "yaml-cpp", "nlohmann", "openssl"}},
      {"edge/crypto", {"domain", "actors/ports.h", "openssl", "fcntl.h", "unistd.h", "sys"}},
      {"edge/south",
       {"domain", "actors/ports.h", "actors/log.h", "comd/activation/v1", "comd/inventory/v1", "google/protobuf", "grpcpp",
        "grpc", "nlohmann", "spdlog", "fmt"}},
      {"edge/grpc",
       {"domain",
        "events",
        "storage/archive.h",
        "storage/backup.h",
        "storage/as_of.h",
        "storage/chain.h",
        "storage/each_timer.h",
        "storage/epoch.h",
        "storage/event_log.h",
        "storage/holds.h",
        "storage/table_rebuild.h",
        "storage/verify_chain.h",
        "actors/archiver.h",
        "actors/engine.h",
        "actors/ports.h",
        "actors/log.h",
        "storage/subject_reader.h",
        "edge/tmf",
        "edge/catalog",
        "edge/crypto",
        "edge/south/wire.h",
        "comd/api/v1",
        "comd/activation/v1",
        "google/protobuf",
        "grpcpp",
        "grpc",
        "nlohmann",
        "openssl",
        "prometheus",
        "spdlog",
        "fmt"}},
      {"edge/webhooks",
       {"domain", "storage/event_log.h", "actors/engine.h", "actors/ports.h", "actors/log.h", "edge/grpc/outward.h",
        "edge/grpc/outward_desk.h", "nlohmann", "openssl", "curl", "spdlog", "fmt", "fcntl.h", "unistd.h"}},
      {"cmd/comctl",
       {"domain", "tl", "events", "storage", "edge/catalog", "comd/api/v1", "google/protobuf", "grpcpp", "grpc", "nlohmann",
        "openssl", "yaml-cpp", "CLI", "fmt", "posix"}},
      {"cmd/activation-sim",
       {"domain", "tl", "comd/activation/v1", "comd/inventory/v1", "comd/sim/v1", "google/protobuf", "grpcpp", "grpc", "nlohmann",
        "yaml-cpp", "CLI", "spdlog", "fmt", "posix"}},
      {"cmd/comd", {"*"}},
      {"bench", {"*"}},
      {"test", {"*"}},
  };
  return rules;
}

/// Standard headers through which time, chance or the outside would get into a pure folder.
constexpr std::array kImpure = {
    "atomic", "condition_variable", "csignal",      "ctime", "filesystem", "fstream", "future", "iostream", "locale", "mutex",
    "random", "semaphore",          "shared_mutex", "thread"};

const Rule* rule_of(std::string_view path) {
  const auto& rules = table();
  const auto it = std::find_if(rules.begin(), rules.end(), [&](const Rule& r) { return is_below(path, r.folder); });
  return it == rules.end() ? nullptr : &*it;
}

bool is_standard(std::string_view header) { return header.find('/') == std::string_view::npos && !header.ends_with(".h"); }
bool is_posix(std::string_view header) {
  return header.starts_with("sys/") || header.starts_with("netinet/") || header.starts_with("arpa/") ||
         (header.find('/') == std::string_view::npos && header.ends_with(".h"));
}

bool is_allowed(const Rule& rule, std::string_view header) {
  if (rule.allowed.front() == "*") return true;
  if (is_below(header, rule.folder)) return true;
  if (is_standard(header)) return rule.folder != "domain" || std::find(kImpure.begin(), kImpure.end(), header) == kImpure.end();
  return std::any_of(rule.allowed.begin(), rule.allowed.end(), [&](std::string_view allowed) {
    return allowed == "posix" ? is_posix(header) : header == allowed || is_below(header, allowed);
  });
}

}  // namespace

std::vector<Finding> check_includes(const Source& source) {
  static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  if (!is_cpp(source.path)) return {};
  const Rule* rule = rule_of(source.path);
  if (rule == nullptr)
    return {{source.path, 1, "Expected a folder of the include table in test/tidy/includes.cpp, but this one is not in it."}};
  std::vector<Finding> findings;
  const std::vector<std::string> lines = lines_of(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(lines[i], match, include) || is_allowed(*rule, match[1].str())) continue;
    findings.push_back(
        {source.path, i + 1,
         "includes " + match[1].str() + ", but the arrow " + std::string(rule->folder) + " → " + match[1].str() +
             " is missing in the table in test/tidy/includes.cpp. Move the code to a folder that may, or pass what it "
             "needs in from outside."});
  }
  return findings;
}

}  // namespace comd::tidy
