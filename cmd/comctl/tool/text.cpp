#include "cmd/comctl/tool/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace comd::ctl {
namespace {

using Millis = std::chrono::milliseconds;

/// One code point and the bytes it took. A byte that starts none counts as itself.
std::pair<char32_t, std::size_t> next_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : (lead >> 3) == 30 ? 4 : 1;
  if (length == 1 || text.size() < length) return {lead, 1};
  char32_t point = static_cast<char32_t>(lead & (0x7f >> length));
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3f);
  return {point, length};
}

/// Combining marks take no column; East Asian wide forms and emoji take two.
std::size_t columns_of(char32_t point) {
  if ((point >= 0x300 && point <= 0x36f) || point == 0x200d || (point >= 0xfe00 && point <= 0xfe0f)) return 0;
  const bool wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
                    (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
                    (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
                    (point >= 0x1f300 && point <= 0x1faff) || (point >= 0x20000 && point <= 0x3fffd);
  return wide ? 2 : 1;
}

std::string trimmed_right(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string paint(std::string_view text, Style style, bool colour) {
  static constexpr std::array<std::string_view, 7> kCodes{"",         "\x1b[1m",  "\x1b[2m", "\x1b[32m",
                                                          "\x1b[31m", "\x1b[36m", "\x1b[33m"};
  const auto code = kCodes[static_cast<std::size_t>(style)];
  if (!colour || code.empty() || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code, text);
}

Style style_of(std::string_view state) {
  struct Row {
    std::string_view state;
    Style style;
  };
  static constexpr Row kRows[] = {
      {"completed", Style::good},
      {"active", Style::good},
      {"live", Style::good},
      {"failed", Style::bad},
      {"rejected", Style::bad},
      {"aborted", Style::bad},
      {"inDoubt", Style::bad},
      {"partial", Style::wait},
      {"finished", Style::good},
      {"moved", Style::good},
      {"stuck", Style::bad},
      {"refused", Style::bad},
      {"paused", Style::wait},
      {"held", Style::wait},
      {"pending", Style::wait},
      {"retryWaiting", Style::wait},
      {"pendingExternal", Style::wait},
      {"assessingCancellation", Style::wait},
      {"pendingCancellation", Style::wait},
      {"partiallyCompleted", Style::wait},
      {"compensating", Style::wait},
      {"suspended", Style::wait},
      {"degraded", Style::wait},
      {"pendingActive", Style::wait},
      {"pendingTerminate", Style::wait},
      {"inProgress", Style::busy},
      {"acknowledged", Style::busy},
      {"submitted", Style::busy},
      {"queued", Style::busy},
      {"cancelled", Style::dim},
      {"waiting", Style::dim},
      {"terminated", Style::dim},
      {"skipped", Style::dim},
  };
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.state == state; });
  return row == std::end(kRows) ? Style::plain : row->style;
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto [point, bytes] = next_point(text);
    columns += columns_of(point);
    text.remove_prefix(bytes);
  }
  return columns;
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto [point, bytes] = next_point(text);
    if (point == '\n')
      shown += "\\n";
    else if (point == '\t')
      shown += "\\t";
    else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
      shown += fmt::format("\\x{:02x}", static_cast<unsigned>(point));
    else
      shown += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return shown;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  std::string kept;
  std::size_t used = 1;  // the "…"
  while (!text.empty()) {
    const auto [point, bytes] = next_point(text);
    used += columns_of(point);
    if (used > columns) break;
    kept += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return kept + "…";
}

std::string Table::render(bool colour) const {
  std::vector<std::size_t> widths;
  for (const auto& column : columns) widths.push_back(width(column.title));
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(printable(row[i].text)));

  const auto line = [&](const std::vector<Cell>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string text = printable(cells[i].text);
      const std::string gap(widths[i] - width(text), ' ');
      if (i > 0) out += "  ";
      out += columns[i].right ? gap + paint(text, cells[i].style, colour) : paint(text, cells[i].style, colour) + gap;
    }
    return trimmed_right(std::move(out)) + "\n";
  };

  std::vector<Cell> titles;
  for (const auto& column : columns) titles.emplace_back(column.title, Style::bold);
  std::string out = line(titles);
  for (const auto& row : rows) out += line(row);
  return out;
}

std::string Facts::render(bool colour) const {
  std::size_t widest = 0;
  for (const auto& [name, value] : facts)
    if (!value.text.empty()) widest = std::max(widest, width(name));
  std::string out;
  for (const auto& [name, value] : facts) {
    if (value.text.empty()) continue;
    out += paint(name, Style::bold, colour) + std::string(widest - width(name) + 2, ' ') +
           paint(printable(value.text), value.style, colour) + "\n";
  }
  return out;
}

std::optional<Millis> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Millis total{0};
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0 || count > 1'000'000'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit = text.substr(0, std::min(text.find_first_of("0123456789"), text.size()));
    if (unit == "ms")
      total += Millis(count);
    else if (unit == "s" || unit.empty())
      total += std::chrono::seconds(count);
    else if (unit == "m")
      total += std::chrono::minutes(count);
    else if (unit == "h")
      total += std::chrono::hours(count);
    else if (unit == "d")
      total += std::chrono::hours(24 * count);
    else
      return std::nullopt;
    text.remove_prefix(unit.size());
  }
  return total;
}

std::string show_duration(Millis duration) {
  const auto ms = duration.count();
  if (ms < 1'000) return fmt::format("{}ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f}s", static_cast<double>(ms) / 1000.0);
  const auto s = ms / 1'000;
  if (s < 3'600) return fmt::format("{}m {}s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{}h {}m", s / 3'600, s / 60 % 60);
  return fmt::format("{}d {}h", s / 86'400, s / 3'600 % 24);
}

}  // namespace comd::ctl
