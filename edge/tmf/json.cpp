#include "edge/tmf/json.h"

#include <algorithm>
#include <array>

#include "edge/tmf/fast_json.h"

namespace comd::tmf {
namespace {

/// The digits that carry a number's value, without sign, point, exponent and outer zeros.
std::string significant_digits(std::string_view number) {
  std::string digits;
  for (const char c : number.substr(0, number.find_first_of("eE"))) {
    if (c >= '0' && c <= '9' && (c != '0' || !digits.empty())) digits.push_back(c);
  }
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

/// Builds the document from the parser's events, and finds what the ready-made builder would pass over in silence.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(Json::number_integer_t value) override { return put(value); }
  bool number_unsigned(Json::number_unsigned_t value) override { return put(value); }
  bool number_float(Json::number_float_t value, const std::string& text) override {
    Json* node = place(value);
    if (significant_digits(text).size() > 15 && significant_digits(text) != significant_digits(node->dump())) {
      found("Expected a number that 64 bits can hold exactly, but got " + text.substr(0, 60), path(), "Write it as a string");
    }
    return true;
  }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool key(std::string& name) override {
    const auto [entry, fresh] = open_.back()->get_ref<Json::object_t&>().emplace(std::move(name), nullptr);
    slot_ = nullptr;
    if (!fresh) {
      const std::string parent = path();
      found("Expected each attribute once, but '" + entry->first + "' is there twice",
            parent.empty() ? entry->first : parent + "." + entry->first, "Remove one of them");
    }
    slot_ = &entry->second;
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // The library's text: "[json.exception…] parse error at line 1, column 2: syntax error while … - what is wrong; expected …"
    std::string what = error.what();
    if (const auto dash = what.find(" - "); dash != std::string::npos) what.erase(0, dash + 3);
    if (what.size() > 200) what = what.substr(0, 200) + "…";
    found("Expected JSON, but at " + place_of(bytes_, position == 0 ? 0 : position - 1) + ": " + what, "",
          "Correct the text there and submit again");
    return false;
  }

  Result<Json, std::vector<Rejection>> result() && {
    if (!findings_.empty()) return Err(std::move(findings_));
    return std::move(root_);
  }

 private:
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      auto& list = open_.back()->get_ref<Json::array_t&>();
      list.push_back(std::move(value));
      return &list.back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  bool put(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= limits_.max_depth) {
      findings_.push_back(
          {RejectionCode::limit,
           "Expected at most " + std::to_string(limits_.max_depth) + " levels of nesting (max_depth), but got more at " + path(),
           path(), "Flatten the order: items can relate to each other by 'bundles' instead of nesting"});
      return false;
    }
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  /// Where the parser is, found again from the open nodes; only for messages.
  std::string path() const {
    std::string text;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const Json* inner = i + 1 < open_.size() ? open_[i + 1] : slot_;
      if (open_[i]->is_array()) {
        text += "[" + std::to_string(open_[i]->empty() ? 0 : open_[i]->size() - 1) + "]";
        continue;
      }
      for (const auto& [name, value] : open_[i]->get_ref<const Json::object_t&>()) {
        if (&value == inner) text += (text.empty() ? "" : ".") + name;
      }
    }
    return text;
  }

  void found(std::string message, std::string where, std::string hint) {
    if (findings_.size() < limits_.max_findings) {
      findings_.push_back({RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)});
    }
  }

  std::string_view bytes_;
  const Limits& limits_;
  Json root_;
  std::vector<Json*> open_;
  Json* slot_ = nullptr;  ///< value of the key read last
  std::vector<Rejection> findings_;
};

/// What `dump` writes as it is, of one byte.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned char c = ' '; c <= '~'; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

/// As `dump` does, which goes through every character.
void add_text(const std::string& text, std::string& out) {
  if (!std::all_of(text.begin(), text.end(), [](unsigned char c) { return kPlain[c]; })) {
    out += Json(text).dump();
    return;
  }
  out.append(1, '"').append(text).append(1, '"');
}

void add_canonical(const Json& value, std::string& out) {
  switch (value.type()) {
    case Json::value_t::object: {
      out.push_back('{');
      for (const auto& [name, inner] : value.get_ref<const Json::object_t&>()) {
        if (out.back() != '{') out.push_back(',');
        add_text(name, out);
        out.push_back(':');
        add_canonical(inner, out);
      }
      out.push_back('}');
      return;
    }
    case Json::value_t::array: {
      out.push_back('[');
      for (const Json& inner : value) {
        if (out.back() != '[') out.push_back(',');
        add_canonical(inner, out);
      }
      out.push_back(']');
      return;
    }
    case Json::value_t::string: return add_text(value.get_ref<const std::string&>(), out);
    case Json::value_t::number_unsigned: out += std::to_string(value.get<std::uint64_t>()); return;
    default: out += value.dump();
  }
}

}  // namespace

std::string canonical(const Json& value) {
  std::string out;
  add_canonical(value, out);
  return out;
}

std::string place_of(std::string_view bytes, std::size_t offset) {
  const std::string_view before = bytes.substr(0, std::min(offset, bytes.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n');
  const std::size_t column = 1 + before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1);
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Result<Json, std::vector<Rejection>> parse_json(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return Err(std::vector<Rejection>{
        {RejectionCode::limit,
         "Expected at most " + std::to_string(limits.max_bytes) + " bytes (max_bytes), but got " + std::to_string(bytes.size()),
         "the order", "Split the order into several"}});
  }
  if (const std::size_t zero = bytes.find('\0'); zero != std::string_view::npos)  // which the library takes for the end
    return Err(std::vector<Rejection>{
        {RejectionCode::invalid, "Expected JSON, but there is a zero byte at " + place_of(bytes, zero), "", ""}});
  if (Builder fast{bytes, limits}; fast_sax_parse(bytes, fast)) return std::move(fast).result();
  Builder builder{bytes, limits};
  try {
    Json::sax_parse(bytes.begin(), bytes.end(), &builder);
  } catch (const Json::exception& error) {
    return Err(std::vector<Rejection>{{RejectionCode::invalid, std::string{"Expected JSON, but "} + error.what(), "", ""}});
  }
  return std::move(builder).result();
}

}  // namespace comd::tmf
