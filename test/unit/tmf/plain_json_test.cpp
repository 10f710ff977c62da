#include "edge/tmf/plain_json.h"

#include <gtest/gtest.h>

#include <random>

#include "edge/tmf/json.h"

namespace comd::tmf {
namespace {

/// Writes down what it is told, and ends at the depth it may have.
struct Listener {
  std::string told = {};
  std::size_t depth = 0, max_depth = 1'000;

  bool say(const std::string& what) {
    told += what + "\n";
    return true;
  }
  bool open(const char* what) { return say(what) && ++depth <= max_depth; }
  bool close(const char* what) { return say(what) && depth-- > 0; }

  bool null() { return say("null"); }
  bool boolean(bool value) { return say(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) { return say("integer " + std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) { return say("unsigned " + std::to_string(value)); }
  bool number_float(double value, const std::string& text) { return say("float " + Json(value).dump() + " " + text); }
  bool string(const std::string& value) { return say("string " + value); }
  bool key(const std::string& name) { return say("key " + name); }
  bool binary(Json::binary_t&) { return say("binary"); }
  bool start_object(std::size_t size) { return open(size == static_cast<std::size_t>(-1) ? "{" : "{ of a known size"); }
  bool end_object() { return close("}"); }
  bool start_array(std::size_t size) { return open(size == static_cast<std::size_t>(-1) ? "[" : "[ of a known size"); }
  bool end_array() { return close("]"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return !say("an error"); }
};

/// Whether it was plain. Where it was, the library has said the same.
bool plain(const std::string& text, std::size_t max_depth = 1'000) {
  Listener ours{.max_depth = max_depth}, librarys{.max_depth = max_depth};
  if (!PlainJson(std::string_view(text), ours).parse()) return false;
  Json::sax_parse(text, &librarys);
  EXPECT_EQ(ours.told, librarys.told) << text;
  return true;
}

const std::string kOrder =
    R"( {"externalId":"e-1", "note":[{"text":"a \"b\"\n\tMüller \/ 東京 😀","author":"sales"}],
  "n":[0,1,-1,42,-42,100.5,-0.25,999999999999999999,1.10], "empty":{}, "none":[ ], "yes":true,"no":false,"nil":null,
  "productOrderItem":[{"id":"1","action":"add","product":{"productCharacteristic":[{"name":"speed","value":{"down":100}}]}}]}
)";

TEST(PlainJson, AnOrderIsPlain) { EXPECT_TRUE(plain(kOrder)); }

TEST(PlainJson, WhatIsNotPlainIsLeftToTheLibrary) {
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
                           "truefalse",
                           "1 1",
                           "01",
                           "-",
                           "-01",
                           "1.",
                           ".5",
                           "1e5",
                           "1E5",
                           "1.5e3",
                           "+1",
                           "1234567890123456789",
                           "\"a",
                           "\"\\u0041\"",
                           "\"\\x\"",
                           "\"\\",
                           "\"a\nb\"",
                           "\"\x80\"",
                           "\"\xc0\xaf\"",
                           "\"\xed\xa0\x80\"",
                           "\"\xf4\x90\x80\x80\"",
                           "\"\xc3\"",
                           "\"\xe2\x82\"",
                           "\xef\xbb\xbf{}",
                           "[1]]",
                           "{}x",
                           "// a\n1",
                           "NaN",
                           "Infinity",
                           "'a'"})
    EXPECT_FALSE(plain(text)) << text;
}

TEST(PlainJson, ScalarsAlone) {
  for (const char* text :
       {"0", "-0", "7", "-7", "0.0", "-0.5", "true", "false", "null", "\"\"", "\"a\"", " 1 ", "\t[]\r\n", "\"\x7f\""})
    EXPECT_TRUE(plain(text)) << text;
}

TEST(PlainJson, WhoListensCanEndIt) {
  EXPECT_TRUE(plain("[[[1]]]", 2));
  EXPECT_TRUE(plain("{\"a\":{\"b\":[", 1)) << "what follows is not looked at";
}

TEST(PlainJson, DamagedTextNeverMeansSomethingElse) {
  constexpr std::string_view kBytes = "{}[]\",:\\ 01.-eutfn\n\x01\x80\xc3\xff";
  std::mt19937_64 random(1);
  std::size_t was_plain = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = kOrder;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 4);
      else
        text[at] = kBytes[random() % kBytes.size()];
    }
    was_plain += plain(text);
  }
  EXPECT_GT(was_plain, 1'000u);
}

TEST(PlainJson, CanonicalTextIsTheLibrarys) {
  const auto order = parse_json(kOrder, Limits{});
  ASSERT_TRUE(order);
  EXPECT_EQ(canonical(*order), order->dump());
  for (const char* text : {"-3", "18446744073709551615", "1e300", "0.1", "\"\\u0001\\u007f\\u00fc\\\"\"", "[[],{},[null,true]]"})
    EXPECT_EQ(canonical(Json::parse(text)), Json::parse(text).dump());
}

}  // namespace
}  // namespace comd::tmf
