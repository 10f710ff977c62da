#include "edge/tmf/fast_json.h"

#include <gtest/gtest.h>

#include <random>

namespace comd::tmf {
namespace {

/// Writes down what it is told, and ends at the depth it may have.
struct Listener final : nlohmann::json_sax<Json> {
  explicit Listener(std::size_t deepest) : max_depth(deepest) {}

  bool say(const std::string& what) {
    told += what + "\n";
    return true;
  }
  bool open(const char* what) { return say(what) && ++depth <= max_depth; }
  bool close(const char* what) { return say(what) && depth-- > 0; }

  bool null() override { return say("null"); }
  bool boolean(bool value) override { return say(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) override { return say("integer " + std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return say("unsigned " + std::to_string(value)); }
  bool number_float(double value, const std::string& text) override { return say("float " + Json(value).dump() + " " + text); }
  bool string(std::string& value) override { return say("string " + value); }
  bool key(std::string& name) override { return say("key " + name); }
  bool binary(Json::binary_t&) override { return say("binary"); }
  bool start_object(std::size_t size) override { return open(size == static_cast<std::size_t>(-1) ? "{" : "{ of a known size"); }
  bool end_object() override { return close("}"); }
  bool start_array(std::size_t size) override { return open(size == static_cast<std::size_t>(-1) ? "[" : "[ of a known size"); }
  bool end_array() override { return close("]"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return !say("an error"); }

  std::string told;
  std::size_t depth = 0, max_depth;
};

/// Whether it was read fast. Where it was, the library has said the same.
bool fast(const std::string& text, std::size_t max_depth = 1'000) {
  Listener ours(max_depth), librarys(max_depth);
  if (!fast_sax_parse(text, ours)) return false;
  Json::sax_parse(text, &librarys);
  EXPECT_EQ(ours.told, librarys.told) << text;
  return true;
}

const std::string kOrder =
    R"( {"externalId":"e-1", "note":[{"text":"a \"b\"\n\tMüller \/ 東京 😀 \u00e9","author":"sales"}],
  "n":[0,1,-1,42,-42,100.5,-0.25,999999999999999999,1.10,1e5], "empty":{}, "none":[ ], "yes":true,"no":false,"nil":null,
  "productOrderItem":[{"id":"1","action":"add","product":{"productCharacteristic":[{"name":"speed","value":{"down":100}}]}}]}
)";

TEST(FastJson, AnOrderIsReadFast) { EXPECT_TRUE(fast(kOrder)); }

TEST(FastJson, WhatIsNotJsonIsLeftToTheLibrary) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "[1,]",
                           "[,1]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "[1 2]",
                           "tru",
                           "nul",
                           "nulll",
                           "truefalse",
                           "1 1",
                           "01",
                           "-",
                           "-01",
                           "1.",
                           ".5",
                           "+1",
                           "1e",
                           "1e+",
                           "0x1",
                           "\"a",
                           "\"\\x\"",
                           "\"\\",
                           "\"a\nb\"",
                           "[1]]",
                           "{}x",
                           "\"\\u00g0\"",
                           "\"\\u1",
                           "NaN",
                           "Infinity",
                           "-Inf",
                           "'a'",
                           "// a\n1",
                           "1 // a",
                           "[/**/]",
                           "\xef\xbb\xbf{}",
                           "1e400",
                           "-1e400",
                           "\"\x1f\"",
                           "{\"a\":1 \"b\":2}",
                           "[1}",
                           "{]",
                           ",",
                           ":"})
    EXPECT_FALSE(fast(text)) << text;
}

TEST(FastJson, AZeroByteIsNotTheEnd) {
  for (const std::string_view before : {"", " ", "1", "{}", "[", "[1", "\"a", "{\"a\":", "tru", "1e", "{} "}) {
    for (const std::string_view after : {"", "1", "]", "\"", "}"}) {
      const std::string text = std::string(before) + '\0' + std::string(after);
      EXPECT_FALSE(fast(text)) << before << "\\0" << after;
    }
  }
}

TEST(FastJson, ScalarsAlone) {
  for (const char* text : {"true", "false", "null", "\"\"", "\"a\"", " 1 ", "\t[]\r\n", "\"\x7f\"",
                           "\"\\u0041\\u0000\\u00FC\\ufffe\"", "{\"a\":1,\"a\":2}"})
    EXPECT_TRUE(fast(text)) << text;
}

TEST(FastJson, NumbersAreOfTheLibrarysKind) {
  for (const char* text : {"0",
                           "-0",
                           "7",
                           "-7",
                           "0.0",
                           "-0.0",
                           "-0.5",
                           "1e5",
                           "1E+5",
                           "-1.5e-3",
                           "0e0",
                           "2147483648",
                           "-2147483649",
                           "4294967296",
                           "9223372036854775807",
                           "9223372036854775808",
                           "-9223372036854775808",
                           "-9223372036854775809",
                           "18446744073709551615",
                           "18446744073709551616",
                           "123456789012345678901234567890",
                           "0.1000000000000000055511151231257827",
                           "1.7976931348623157e308",
                           "2.2250738585072011e-308",
                           "5e-324"})
    EXPECT_TRUE(fast(text)) << text;
  for (const char* text : {"1.7976931348623159e308", "1e-400"}) EXPECT_FALSE(fast(text)) << text << ": no double of its own";
  EXPECT_FALSE(fast(std::string(400, '9')));
}

TEST(FastJson, EscapedSurrogatesAreLeftToTheLibrary) {
  for (const char* text : {R"("\ud83d\ude00")", R"("\uD83D\uDE00")", R"("\udc00")", R"("\uDFFF")", R"("\ud800")",
                           R"("\ud800\u0041")", R"("\ud800A")", R"({"\udc00":1})"})
    EXPECT_FALSE(fast(text)) << text;
}

TEST(FastJson, WhatIsNotUtf8IsLeftToTheLibrary) {
  constexpr std::string_view kFirst = "\x41\x7f\x80\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff";
  constexpr std::string_view kNext = "\x22\x41\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc2\xff";
  std::size_t valid = 0;
  for (const char a : kFirst)
    for (const char b : kNext)
      for (const char c : kNext)
        for (const char d : kNext) {
          const std::string text = {'"', a, b, c, d, '"'};
          ASSERT_EQ(fast(text), Json::accept(text)) << Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
          valid += Json::accept(text);
        }
  EXPECT_GT(valid, 100u);
}

TEST(FastJson, WhoListensCanEndIt) {
  EXPECT_TRUE(fast("[[[1]]]", 2));
  EXPECT_TRUE(fast("{\"a\":{\"b\":[", 1)) << "what follows is not looked at";
}

TEST(FastJson, DepthTakesNoStack) {
  constexpr std::size_t kDepth = 1'000'000;
  EXPECT_TRUE(fast(std::string(kDepth, '[') + std::string(kDepth, ']'), kDepth));
  EXPECT_FALSE(fast(std::string(kDepth, '['), kDepth));
  const auto refused = parse_json(std::string(kDepth, '['), Limits{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().front().code, RejectionCode::limit);
}

TEST(FastJson, DamagedTextNeverMeansSomethingElse) {
  constexpr std::string_view kBytes = "{}[]\",:\\ 01.-eutfn\n\x01\x80\xc3\xff";
  std::mt19937_64 random(1);
  std::size_t was_fast = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = kOrder;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 4);
      else
        text[at] = random() % 16 == 0 ? '\0' : kBytes[random() % kBytes.size()];
    }
    const bool is_json = Json::accept(text) && text.find('\0') == std::string::npos;  // which the library takes for the end
    ASSERT_EQ(fast(text), is_json) << text;
    if (!is_json) continue;
    ++was_fast;
    const Json document = Json::parse(text);
    ASSERT_EQ(canonical(document), document.dump());
  }
  EXPECT_GT(was_fast, 1'000u);
}

TEST(FastJson, CanonicalTextIsTheLibrarys) {
  const auto order = parse_json(kOrder, Limits{});
  ASSERT_TRUE(order);
  EXPECT_EQ(canonical(*order), order->dump());
  for (const char* text : {"-3", "-0", "-0.0", "18446744073709551615", "18446744073709551616", "-9223372036854775808", "1e300",
                           "1e5", "0.1", "100.0", "5e-324", "\"\\u0001\\u007f\\u00fc\\\"\"", "\"\\ud83d\\ude00 \\/ \\\\\"",
                           "{\"\\u00fc\\\"\":{\"b\":1,\"a\":{}}}", "[[],{},[null,true]]"})
    EXPECT_EQ(canonical(Json::parse(text)), Json::parse(text).dump());
  for (int c = 0; c < 0x80; ++c) {
    const Json text = std::string("a") + static_cast<char>(c);
    EXPECT_EQ(canonical(text), text.dump());
  }
}

}  // namespace
}  // namespace comd::tmf
