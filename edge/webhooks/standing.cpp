#include "edge/webhooks/standing.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "edge/webhooks/synced_file.h"

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

Result<void, std::string> StandingFile::save(const Standing& standing) const { return replace_synced(path_, text_of(standing)); }

}  // namespace comd::webhooks
