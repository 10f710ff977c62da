#include "edge/tmf/fast_json.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace comd::tmf {
namespace {

template <class N>
bool read(std::string_view digits, N& out) {
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, out);
  return error == std::errc{} && stopped == end;
}

/// Hands on what RapidJSON tells, in nlohmann's words.
class Teller {
 public:
  explicit Teller(nlohmann::json_sax<Json>& handler) : handler_(handler) {}

  bool refused() const { return refused_; }

  bool Null() { return told(handler_.null()); }
  bool Bool(bool value) { return told(handler_.boolean(value)); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    std::string value(text, length);
    return told(handler_.string(value));
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    std::string name(text, length);
    return told(handler_.key(name));
  }
  bool StartObject() { return told(handler_.start_object(static_cast<std::size_t>(-1))); }
  bool EndObject(rapidjson::SizeType) { return told(handler_.end_object()); }
  bool StartArray() { return told(handler_.start_array(static_cast<std::size_t>(-1))); }
  bool EndArray(rapidjson::SizeType) { return told(handler_.end_array()); }

  /// Whole numbers are whole as far as 64 bits hold them, and all others doubles.
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view number(text, length);
    if (number.find_first_of(".eE") == std::string_view::npos) {
      std::int64_t negative = 0;
      std::uint64_t positive = 0;
      if (number[0] == '-' && read(number, negative)) return told(handler_.number_integer(negative));
      if (number[0] != '-' && read(number, positive)) return told(handler_.number_unsigned(positive));
    }
    double value = 0;
    return read(number, value) && told(handler_.number_float(value, std::string(number)));
  }

  // With numbers as text never asked.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  bool told(bool go_on) {
    refused_ = !go_on;
    return go_on;
  }

  nlohmann::json_sax<Json>& handler_;
  bool refused_ = false;
};

/// RapidJSON 1.1 takes half a surrogate pair written as \udc00 for a character.
bool may_hold_surrogates(std::string_view text) {
  return text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos;
}

}  // namespace

bool fast_sax_parse(std::string_view text, nlohmann::json_sax<Json>& handler) {
  if (may_hold_surrogates(text)) return false;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::Reader reader;
  Teller teller(handler);
  // Validating goes through every character, and ASCII needs none.
  const rapidjson::ParseResult parsed =
      ascii ? reader.Parse<kFlags>(bytes, teller) : reader.Parse<kFlags | rapidjson::kParseValidateEncodingFlag>(bytes, teller);
  if (parsed.IsError()) return teller.refused();
  return bytes.Tell() == text.size();  // a zero byte ends it, too
}

}  // namespace comd::tmf
