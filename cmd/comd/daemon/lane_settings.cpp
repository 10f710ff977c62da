#include "cmd/comd/daemon/lane_settings.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "edge/catalog/durations.h"

namespace comd::daemon {
namespace {

using Error = std::optional<std::string>;

constexpr std::uint64_t kMany = 100'000'000;

Result<std::uint64_t, std::string> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= kMany) return number;
  return Err("to be a whole number from 1 to " + std::to_string(kMany) + ", but got \"" + std::string(text) + "\".");
}

Result<Millis, std::string> parse_pause(const std::string& text) {
  const auto parsed = catalog::parse_duration(text);
  if (parsed && *parsed > Millis{0}) return *parsed;
  return Err("to be a duration such as 500ms or 30s, but got \"" + text + "\".");
}

struct Key {
  std::string_view name;
  std::function<Error(LaneSettings&, const std::string&)> read;
  std::function<std::optional<std::string>(const LaneSettings&)> write;
};

template <class T, class Parse, class Text>
Key key(std::string_view name, std::optional<T> LaneSettings::*field, Parse parse, Text text) {
  return {name,
          [field, parse](LaneSettings& lane, const std::string& value) -> Error {
            const auto parsed = parse(value);
            if (!parsed) return parsed.error();
            lane.*field = static_cast<T>(*parsed);
            return std::nullopt;
          },
          [field, text](const LaneSettings& lane) {
            return lane.*field ? std::optional<std::string>(text(*(lane.*field))) : std::nullopt;
          }};
}

const std::vector<Key>& keys() {
  const auto number = [](auto value) { return std::to_string(value); };
  static const std::vector<Key> table{
      key("window", &LaneSettings::window, parse_whole, number),
      key("rate", &LaneSettings::rate, parse_rate, rate_text),
      key("backlog", &LaneSettings::backlog, parse_whole, number),
      key("failures", &LaneSettings::failures, parse_whole, number),
      key("pause", &LaneSettings::pause, parse_pause, catalog::duration_text),
      key("pause_max", &LaneSettings::pause_max, parse_pause, catalog::duration_text),
  };
  return table;
}

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(keys(), name, &Key::name);
  return found == keys().end() ? nullptr : &*found;
}

constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {{"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};

}  // namespace

Result<Rate, std::string> parse_rate(std::string_view text) {
  if (text == "off") return Rate{};
  const auto slash = text.find('/');
  const auto calls = parse_whole(text.substr(0, slash));
  if (calls && slash != std::string_view::npos)
    for (const auto& [unit, millis] : kUnits)
      if (text.substr(slash + 1) == unit) return Rate{static_cast<std::uint32_t>(*calls), Millis{millis}};
  return Err("to be a rate such as 50/s, 600/m or 10000/h, or off, but got \"" + std::string(text) + "\".");
}

std::string rate_text(const Rate& rate) {
  if (rate.calls == 0) return "off";
  const auto unit = std::ranges::find(kUnits, rate.per.count(), [](const auto& one) { return one.second; });
  return std::to_string(rate.calls) + "/" + std::string(unit == std::end(kUnits) ? "s" : unit->first);
}

bool is_lane_key(std::string_view key) { return find_key(key) != nullptr; }

std::string lane_keys() {
  std::string out;
  for (const auto& one : keys()) out += (out.empty() ? "" : ", ") + std::string(one.name);
  return out;
}

Error set_lane_key(LaneSettings& lane, std::string_view key, const std::string& value) {
  return find_key(key)->read(lane, value);
}

Error set_lane(Config& config, const std::string& text) {
  const auto equals = text.find('=');
  const auto dot = text.substr(0, equals).rfind('.');  // names of targets may have dots in them
  const auto key = dot == std::string::npos ? std::string() : text.substr(dot + 1, equals - dot - 1);
  if (equals == std::string::npos || dot == std::string::npos || dot == 0 || !is_lane_key(key))
    return "Expected name.key=value with key one of " + lane_keys() + ", but got \"" + text + "\".";
  const auto name = text.substr(0, dot);
  if (auto error = set_lane_key(config.lanes[name], key, text.substr(equals + 1)))
    return "Expected " + key + " of lane " + name + " " + *error;
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> written(const LaneSettings& lane) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& one : keys())
    if (const auto value = one.write(lane)) out.emplace_back(one.name, *value);
  return out;
}

}  // namespace comd::daemon
