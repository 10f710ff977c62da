#include "edge/tmf/dates.h"

#include <charconv>

namespace comd::tmf {
namespace {

/// Takes the text from left to right; each step says whether it was there.
struct Cursor {
  std::string_view rest;

  bool literal(std::string_view any_of) {
    if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
    rest.remove_prefix(1);
    return true;
  }
  std::optional<int> digits(std::size_t count, int min, int max) {
    int number = 0;
    if (rest.size() < count || rest.front() == '-') return std::nullopt;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + count, number);
    if (error != std::errc{} || end != rest.data() + count || number < min || number > max) return std::nullopt;
    rest.remove_prefix(count);
    return number;
  }
  /// ".5" → 500; digits behind the third do not count.
  std::optional<Millis> fraction() {
    if (!literal(".,")) return Millis{0};
    int millis = 0;
    std::size_t count = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++count) {
      if (count < 3) millis = millis * 10 + (rest.front() - '0');
    }
    if (count == 0) return std::nullopt;
    for (; count < 3; ++count) millis *= 10;
    return Millis{millis};
  }
  std::optional<std::chrono::minutes> offset() {
    if (rest.empty() || literal("Zz")) return std::chrono::minutes{0};
    const bool west = rest.front() == '-';
    if (!literal("+-")) return std::nullopt;
    const auto hours = digits(2, 0, 23);
    if (!hours) return std::nullopt;
    literal(":");
    const auto minutes = rest.empty() ? std::optional{0} : digits(2, 0, 59);
    if (!minutes) return std::nullopt;
    const std::chrono::minutes total{*hours * 60 + *minutes};
    return west ? -total : total;
  }
};

}  // namespace

std::optional<Instant> parse_date(std::string_view text) {
  using namespace std::chrono;
  Cursor at{text};
  const auto y = at.digits(4, 1970, 9999);
  if (!y || !at.literal("-")) return std::nullopt;
  const auto m = at.digits(2, 1, 12);
  if (!m || !at.literal("-")) return std::nullopt;
  const auto d = at.digits(2, 1, 31);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  const Instant midnight{sys_days{date}};
  if (at.rest.empty()) return midnight;

  if (!at.literal("Tt ")) return std::nullopt;
  const auto hour = at.digits(2, 0, 24);
  if (!hour || !at.literal(":")) return std::nullopt;
  const auto minute = at.digits(2, 0, 59);
  if (!minute) return std::nullopt;
  Millis seconds_and_fraction{0};
  if (at.literal(":")) {
    const auto second = at.digits(2, 0, 60);  // 60: a leap second is the start of the next minute
    const auto fraction = second ? at.fraction() : std::nullopt;
    if (!fraction) return std::nullopt;
    seconds_and_fraction = seconds{*second} + *fraction;
  }
  if (*hour == 24 && (*minute != 0 || seconds_and_fraction != Millis{0})) return std::nullopt;
  const auto offset = at.offset();
  if (!offset || !at.rest.empty()) return std::nullopt;
  return midnight + hours{*hour} + minutes{*minute} + seconds_and_fraction - *offset;
}

}  // namespace comd::tmf
