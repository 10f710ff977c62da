#include "edge/webhooks/standing.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace comd::webhooks {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

std::int64_t millis(Instant time) { return time.time_since_epoch().count(); }
Instant instant(const Json& value) { return Instant{Millis{value.get<std::int64_t>()}}; }

Json json_of(const DeadLetter& letter) {
  return {{"id", letter.id},
          {"position", number(letter.position)},
          {"type", letter.type},
          {"order", letter.order.value},
          {"time", millis(letter.time)},
          {"givenUp", millis(letter.given_up)},
          {"attempts", letter.attempts},
          {"error", letter.error}};
}

DeadLetter dead_of(const Json& json) {
  return {json.at("id").get<std::string>(),
          Position{json.at("position").get<std::uint64_t>()},
          json.at("type").get<std::string>(),
          OrderId{json.at("order").get<std::string>()},
          instant(json.at("time")),
          instant(json.at("givenUp")),
          json.at("attempts").get<std::uint32_t>(),
          json.at("error").get<std::string>()};
}

std::string text_of(const Standing& standing) {
  Json out = {{"format", kFormat}, {"read", number(standing.read)}, {"waiting", Json::array()}, {"dead", Json::array()}};
  for (const auto& one : standing.waiting)
    out["waiting"].push_back({{"id", one.id}, {"position", number(one.position)}, {"attempts", one.attempts}});
  for (const auto& one : standing.dead) out["dead"].push_back(json_of(one));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Written and synced, or why not.
std::optional<std::string> write_synced(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return std::strerror(errno);
  std::optional<std::string> error;
  while (!bytes.empty() && !error) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) error = std::strerror(errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!error && ::fsync(file) != 0) error = std::strerror(errno);
  ::close(file);
  return error;
}

std::optional<std::string> sync_directory(const std::string& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return std::strerror(errno);
  std::optional<std::string> error;
  if (::fsync(directory) != 0) error = std::strerror(errno);
  ::close(directory);
  return error;
}

}  // namespace

Result<std::optional<Standing>, std::string> StandingFile::load() const {
  std::error_code none;
  if (!std::filesystem::exists(path_, none)) return std::optional<Standing>{};
  std::ifstream in(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  try {
    const auto json = Json::parse(bytes);
    if (json.at("format").get<int>() > kFormat)
      return Err("Expected " + path_ + " in format " + std::to_string(kFormat) +
                 " or older, but it is of a later comd. Run that one.");
    Standing out;
    out.read = Position{json.at("read").get<std::uint64_t>()};
    for (const auto& one : json.at("waiting"))
      out.waiting.push_back({one.at("id").get<std::string>(), Position{one.at("position").get<std::uint64_t>()},
                             one.at("attempts").get<std::uint32_t>()});
    for (const auto& one : json.at("dead")) out.dead.push_back(dead_of(one));
    return std::optional(std::move(out));
  } catch (const Json::exception& error) {
    return Err("Expected " + path_ + " to say how far a webhook has delivered, but it cannot be read: " + error.what() +
               ". Restore it, or move it away: the webhook then begins anew where its `from` says.");
  }
}

Result<void, std::string> StandingFile::save(const Standing& standing) const {
  const auto directory = std::filesystem::path(path_).parent_path().string();
  const auto fresh = path_ + ".new";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (auto wrong = write_synced(fresh, text_of(standing))) return Err("Expected to write " + fresh + ", but: " + *wrong + ".");
  std::filesystem::rename(fresh, path_, error);
  if (error) return Err("Expected to replace " + path_ + ", but: " + error.message() + ".");
  if (auto wrong = sync_directory(directory)) return Err("Expected to sync " + directory + ", but: " + *wrong + ".");
  return {};
}

}  // namespace comd::webhooks
