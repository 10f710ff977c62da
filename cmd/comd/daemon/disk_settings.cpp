#include "cmd/comd/daemon/disk_settings.h"

#include <array>
#include <charconv>

namespace comd::daemon {
namespace {

using Error = std::optional<std::string>;

constexpr std::array<std::pair<std::string_view, unsigned>, 4> kUnits = {{{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}}};
constexpr std::uint64_t kMost = std::uint64_t{1} << 60;

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Setting watermark(const char* name, const char* help, Watermark DiskLimits::*field) {
  return {{name, "AMOUNT", help, "", false},
          [field](Config& config, const std::string& value) -> Error {
            const auto parsed = parse_watermark(value);
            if (!parsed) return parsed.error();
            config.disk.*field = *parsed;
            return std::nullopt;
          },
          [field](const Config& config) {
            const Watermark& mark = config.disk.*field;
            return std::vector{mark.percent == 0 ? bytes_setting(mark.bytes) : std::to_string(mark.percent) + "%"};
          }};
}

}  // namespace

Result<std::uint64_t, std::string> parse_bytes(std::string_view text) {
  std::string_view digits = text;
  unsigned shift = 0;
  for (const auto& [unit, bits] : kUnits)
    if (text.ends_with(unit)) {
      digits.remove_suffix(unit.size());
      shift = bits;
    }
  if (const auto number = whole(digits); number && *number <= kMost >> shift) return *number << shift;
  return Err("to be an amount such as 512MiB, 4GiB or 1048576 (bytes), but got \"" + std::string(text) + "\".");
}

Result<Watermark, std::string> parse_watermark(std::string_view text) {
  if (text.ends_with('%')) {
    if (const auto percent = whole(text.substr(0, text.size() - 1)); percent && *percent >= 1 && *percent <= 99)
      return Watermark{0, static_cast<std::uint32_t>(*percent)};
  } else if (const auto bytes = parse_bytes(text)) {
    return Watermark{*bytes, 0};
  }
  return Err("to be an amount such as 512MiB or 4GiB, or from 1% to 99% of the disk, but got \"" + std::string(text) + "\".");
}

std::string bytes_setting(std::uint64_t bytes) {
  for (const auto& [unit, bits] : kUnits)
    if (bytes != 0 && bytes >> bits << bits == bytes) return std::to_string(bytes >> bits) + std::string(unit);
  return std::to_string(bytes);
}

std::optional<std::string> watermark_error(const DiskLimits& limits) {
  const bool percent = limits.refuse.percent != 0;
  if ((limits.warn.percent != 0) == percent && (limits.read_only.percent != 0) == percent) return out_of_order(limits, kMost);
  return std::nullopt;
}

std::vector<Setting> disk_settings() {
  return {watermark("disk.warn", "Free on the disk of the data: below, a line in the log. 4GiB, or 10% of the disk; 0: never.",
                    &DiskLimits::warn),
          watermark("disk.refuse", "Below, new orders are refused; those that were taken go on.", &DiskLimits::refuse),
          watermark("disk.read_only", "Below, nothing is recorded, sent or fired until there is room again; reads are answered.",
                    &DiskLimits::read_only),
          {{"disk.reserve", "AMOUNT", "Kept in a file, and given free to start on a full disk; 0: none.", "", false},
           [](Config& config, const std::string& value) -> Error {
             const auto parsed = parse_bytes(value);
             if (!parsed) return parsed.error();
             config.disk.reserve = *parsed;
             return std::nullopt;
           },
           [](const Config& config) { return std::vector{bytes_setting(config.disk.reserve)}; }}};
}

}  // namespace comd::daemon
