#pragma once
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/views.h"

/// Inside of the views: the text form of a row.
namespace comd::views {

/// "name=value" lines; newline and backslash in values are escaped. Lists repeat the name; what is empty or zero is left out. The
/// fields of a row stand once, in a `fields(io, row)` that writes with a Writer and reads with a Reader.
class Writer {
 public:
  Writer() { out_.reserve(256); }  // as long as most are
  void operator()(std::string_view name, const std::string& value) { text(name, value); }
  template <class Tag>
  void operator()(std::string_view name, const Id<Tag>& value) {
    text(name, value.value);
  }
  template <std::integral Number>
  void operator()(std::string_view name, Number value) {
    if (value != 0) text(name, std::to_string(value));
  }
  void operator()(std::string_view name, Version value) { (*this)(name, number(value)); }
  void operator()(std::string_view name, Position value) { (*this)(name, number(value)); }
  void operator()(std::string_view name, Instant value) { (*this)(name, value.time_since_epoch().count()); }
  template <class Field>
  void operator()(std::string_view name, const std::vector<Field>& values) {
    for (const Field& value : values) (*this)(name, value);
  }
  void operator()(std::string_view name, const PartyRef& party) {
    text(name, party.id);
    text("role", party.role.empty() ? "-" : party.role);
    text("sealed", party.sealed);
  }
  std::string take() && { return std::move(out_); }

 private:
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_.append(name).push_back('=');
    if (value.find('\n') == std::string_view::npos && value.find('\\') == std::string_view::npos)
      out_.append(value);
    else
      escaped(value);
    out_.push_back('\n');
  }
  void escaped(std::string_view value) {
    for (char c : value) {
      if (c == '\n')
        out_ += "\\n";
      else if (c == '\\')
        out_ += "\\\\";
      else
        out_.push_back(c);
    }
  }

  std::string out_;
};

/// One line of a row, on its way to the field of its name.
class Reader {
 public:
  Reader(std::string_view name, std::string value) : name_(name), value_(std::move(value)) {}

  void operator()(std::string_view name, std::string& field) {
    if (name == name_) field = std::move(value_);
  }
  template <class Tag>
  void operator()(std::string_view name, Id<Tag>& field) {
    if (name == name_) field.value = std::move(value_);
  }
  template <std::integral Number>
  void operator()(std::string_view name, Number& field) {
    if (name == name_) field = static_cast<Number>(read_number());
  }
  void operator()(std::string_view name, Version& field) {
    if (name == name_) field = Version{read_number()};
  }
  void operator()(std::string_view name, Position& field) {
    if (name == name_) field = Position{read_number()};
  }
  void operator()(std::string_view name, Instant& field) {
    if (name == name_) field = Instant{Millis{static_cast<std::int64_t>(read_number())}};
  }
  template <class Field>
  void operator()(std::string_view name, std::vector<Field>& field) {
    if (name == name_) (*this)(name, field.emplace_back());
  }
  void operator()(std::string_view name, std::vector<PartyRef>& field) {
    if (name == name_) field.push_back({std::move(value_), {}, {}});
    if (name_ == "role" && !field.empty()) field.back().role = value_ == "-" ? "" : std::move(value_);
    if (name_ == "sealed" && !field.empty()) field.back().sealed = std::move(value_);
  }

 private:
  std::uint64_t read_number() const {
    std::uint64_t out = 0;
    std::from_chars(value_.data(), value_.data() + value_.size(), out);
    return out;
  }

  std::string_view name_;
  std::string value_;
};

template <class Summary>
std::string write_row(const Summary& row) {
  Writer out;
  fields(out, row);
  return std::move(out).take();
}

/// Nothing if it is not a row.
template <class Summary>
std::optional<Summary> read_row(std::string_view bytes, Summary row = {}) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto equals = bytes.find('=');
    if (end == std::string_view::npos || equals > end) return std::nullopt;
    std::string value;
    for (std::size_t i = equals + 1; i < end; ++i) {
      if (bytes[i] == '\\' && i + 1 < end) {
        ++i;
        value.push_back(bytes[i] == 'n' ? '\n' : bytes[i]);
      } else {
        value.push_back(bytes[i]);
      }
    }
    Reader line(bytes.substr(0, equals), std::move(value));
    fields(line, row);
    bytes.remove_prefix(end + 1);
  }
  return row;
}

/// A held order among what waits for a person.
void add_person_row(const product_order::State&, Agenda&);

}  // namespace comd::views
