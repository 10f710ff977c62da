#pragma once
#include <charconv>
#include <string>
#include <string_view>

#include "domain/agenda.h"

/// Inside of the views: the text form of a row.
namespace comd::product_order {
struct State;
}
namespace comd::views {

/// "name=value" lines; newline and backslash in values are escaped. Lists repeat the name.
class Writer {
 public:
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_.append(name).push_back('=');
    for (char c : value) {
      if (c == '\n')
        out_ += "\\n";
      else if (c == '\\')
        out_ += "\\\\";
      else
        out_.push_back(c);
    }
    out_.push_back('\n');
  }
  void number(std::string_view name, std::uint64_t value) {
    if (value != 0) text(name, std::to_string(value));
  }
  void time(std::string_view name, Instant value) { number(name, static_cast<std::uint64_t>(value.time_since_epoch().count())); }
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

template <class Field>
bool read(std::string_view bytes, Field field) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto equals = bytes.find('=');
    if (end == std::string_view::npos || equals > end) return false;
    std::string value;
    for (std::size_t i = equals + 1; i < end; ++i) {
      if (bytes[i] == '\\' && i + 1 < end) {
        ++i;
        value.push_back(bytes[i] == 'n' ? '\n' : bytes[i]);
      } else {
        value.push_back(bytes[i]);
      }
    }
    field(bytes.substr(0, equals), std::move(value));
    bytes.remove_prefix(end + 1);
  }
  return true;
}

inline std::uint64_t to_number(const std::string& text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

inline Instant to_instant(const std::string& text) { return Instant{Millis{static_cast<std::int64_t>(to_number(text))}}; }

/// A held order among what waits for a person.
void add_person_row(const product_order::State&, Agenda&);

}  // namespace comd::views
