#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small text for terminals: width, colour, tables. Pure.
namespace comd::ctl {

enum class Style { plain, bold, dim, good, bad, busy, wait };

/// ANSI colour around `text` when `colour`; otherwise the text as it is.
std::string paint(std::string_view text, Style style, bool colour);

/// The colour a state is shown in: "completed" good, "failed" bad, "inProgress" busy, "held" wait.
Style style_of(std::string_view state);

/// Columns a UTF-8 text takes on a terminal.
std::size_t width(std::string_view text);

/// What comes from orders and partners must not steer the terminal: control characters become "\n", "\x1b", ….
std::string printable(std::string_view text);

/// At most `columns` wide; a cut text ends in "…".
std::string cut(std::string_view text, std::size_t columns);

struct Cell {
  Cell(std::string t = {}, Style s = Style::plain) : text(std::move(t)), style(s) {}
  Cell(const char* t) : text(t) {}
  std::string text;
  Style style = Style::plain;
};

struct Column {
  std::string title;
  bool right = false;  ///< numbers
};

/// Aligned columns under a line of titles. The last column is not padded, so no line ends in spaces.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::string render(bool colour) const;
};

/// "name   value" lines for one thing. Empty values are left out.
struct Facts {
  std::vector<std::pair<std::string, Cell>> facts;
  void add(std::string name, Cell value) { facts.emplace_back(std::move(name), std::move(value)); }
  std::string render(bool colour) const;
};

/// "250ms", "10s", "2m", "1h30m"; no unit means seconds. Nothing when it is not a duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string show_duration(std::chrono::milliseconds duration);  ///< "1.2s", "3m 20s", "2d 4h"

/// RFC 3339, or a date ("2026-01-31": midnight UTC). Nothing when it is neither.
std::optional<std::chrono::sys_time<std::chrono::milliseconds>> parse_time(std::string_view text);

}  // namespace comd::ctl
