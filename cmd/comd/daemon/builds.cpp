#include "cmd/comd/daemon/builds.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "edge/webhooks/synced_file.h"
#include "storage/chain.h"

namespace comd::daemon {
namespace {

using Json = nlohmann::json;

std::string path_in(const std::string& data) { return data + "/builds.json"; }

}  // namespace

std::string this_build() {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return to_hex(sha256(bytes)).substr(0, 16);
}

Builds read_builds(const std::string& data) {
  std::ifstream in(path_in(data));
  const auto document = Json::parse(in, nullptr, false);
  Builds out;
  if (!document.is_object()) return out;
  out.writer = document.value("writer", "");
  const auto verified = document.find("verified");
  if (verified == document.end() || !verified->is_object()) return out;
  for (const auto& [build, entry] : verified->items())
    if (entry.is_object())
      out.verified[build] = {entry.value("version", ""), Position{entry.value("position", std::uint64_t{0})},
                             entry.value("at", "")};
  return out;
}

std::optional<std::string> write_builds(const std::string& data, const Builds& builds) {
  Json document{{"writer", builds.writer}, {"verified", Json::object()}};
  for (const auto& [build, entry] : builds.verified)
    document["verified"][build] = {{"version", entry.version}, {"position", number(entry.position)}, {"at", entry.at}};
  const auto written = replace_synced(path_in(data), document.dump(2) + "\n");
  return written ? std::nullopt : std::optional(written.error());
}

std::optional<std::string> not_verified(const Builds& builds, const std::string& build, Position tail, const std::string& data) {
  if (tail == Position{} || builds.writer == build) return std::nullopt;
  const auto found = builds.verified.find(build);
  if (found != builds.verified.end() && found->second.position >= tail) return std::nullopt;
  const std::string upto = found == builds.verified.end()
                               ? "it has not folded it"
                               : "it has only folded it up to position " + std::to_string(number(found->second.position));
  return "Expected this build (" + build + ") to have shown that it reads the log as the one before did, but " + upto +
         ". Stop it and run: comd --verify-log " + data;
}

}  // namespace comd::daemon
