#pragma once
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace comd::tmf {

/// How long the UTF-8 sequence is that `text` begins with; zero: it is none. Never asked of an empty text.
std::size_t utf8_length(std::string_view text);

/// How many bytes from the beginning stand in JSON as they are: ASCII without quotes, backslashes and control characters.
inline std::size_t plain_length(std::string_view text) {
  static constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (unsigned char c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
    return plain;
  }();
  std::size_t length = 0;
  while (length < text.size() && kPlain[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

/// Tells a handler of nlohmann's kind (start_object, key, string, …) what plain JSON holds: as nearly all of it is, without \u, exponents
/// and mistakes. It takes a fifth of the library's lexer. `parse` is false where it came upon something else, and then nothing is said
/// about the text: what was told so far is to be forgotten, and the library to be asked, whose findings and messages count.
template <class Handler>
class PlainJson {
 public:
  PlainJson(std::string_view text, Handler& handler) : rest_(text), handler_(handler) {}

  bool parse() {
    if (!value()) return refused_;
    space();
    return rest_.empty();
  }

 private:
  /// What the handler does not want to go on with is an end, not something else.
  bool told(bool go_on) {
    refused_ = refused_ || !go_on;
    return go_on;
  }

  void space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
  }
  bool sign(char c) {
    space();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool value() {
    space();
    if (rest_.empty()) return false;
    switch (rest_[0]) {
      case '{': return object();
      case '[': return array();
      case '"': return text() && told(handler_.string(text_));
      case 't': return word("true") && told(handler_.boolean(true));
      case 'f': return word("false") && told(handler_.boolean(false));
      case 'n': return word("null") && told(handler_.null());
      default: return number();
    }
  }

  bool object() {
    rest_.remove_prefix(1);
    if (!told(handler_.start_object(static_cast<std::size_t>(-1)))) return false;
    if (sign('}')) return told(handler_.end_object());
    do {
      space();
      if (rest_.empty() || rest_[0] != '"' || !text() || !told(handler_.key(text_)) || !sign(':') || !value()) return false;
    } while (sign(','));
    return sign('}') && told(handler_.end_object());
  }

  bool array() {
    rest_.remove_prefix(1);
    if (!told(handler_.start_array(static_cast<std::size_t>(-1)))) return false;
    if (sign(']')) return told(handler_.end_array());
    do {
      if (!value()) return false;
    } while (sign(','));
    return sign(']') && told(handler_.end_array());
  }

  /// Into text_.
  bool text() {
    rest_.remove_prefix(1);
    text_.clear();
    while (true) {
      const std::size_t plain = plain_length(rest_);
      text_.append(rest_.data(), plain);
      rest_.remove_prefix(plain);
      if (rest_.empty()) return false;
      if (rest_[0] == '"') break;
      if (rest_[0] == '\\' ? !escaped() : !wide()) return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  bool escaped() {
    constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    const auto which = rest_.size() < 2 ? std::string_view::npos : kEscapes.find(rest_[1]);
    if (which == std::string_view::npos) return false;
    text_.push_back(kMeant[which]);
    rest_.remove_prefix(2);
    return true;
  }
  bool wide() {
    const std::size_t length = utf8_length(rest_);
    if (length == 0 || static_cast<unsigned char>(rest_[0]) < 0x20) return false;
    text_.append(rest_.data(), length);
    rest_.remove_prefix(length);
    return true;
  }

  std::size_t digits(std::size_t from) const {
    std::size_t end = from;
    while (end < rest_.size() && rest_[end] >= '0' && rest_[end] <= '9') ++end;
    return end - from;
  }
  bool number() {
    constexpr std::size_t kDigitsOf64Bits = 18;
    const bool negative = rest_[0] == '-';
    const std::size_t whole = digits(negative);
    if (whole == 0 || whole > kDigitsOf64Bits || (whole > 1 && rest_[negative] == '0')) return false;
    std::size_t length = negative + whole;
    const bool fraction = length < rest_.size() && rest_[length] == '.';
    if (fraction) {
      const std::size_t behind = digits(length + 1);
      if (behind == 0) return false;
      length += 1 + behind;
    }
    if (length < rest_.size() && (rest_[length] == 'e' || rest_[length] == 'E')) return false;
    const std::string_view all = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (fraction) return told(handler_.number_float(read<double>(all), std::string(all)));
    if (negative) return told(handler_.number_integer(read<std::int64_t>(all)));
    return told(handler_.number_unsigned(read<std::uint64_t>(all)));
  }
  template <class N>
  static N read(std::string_view digits) {
    N out{};
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
  }

  std::string_view rest_;
  Handler& handler_;
  std::string text_;  ///< read last
  bool refused_ = false;
};

}  // namespace comd::tmf
