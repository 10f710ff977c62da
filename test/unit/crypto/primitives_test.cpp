#include "edge/crypto/primitives.h"

#include <gtest/gtest.h>

namespace comd::crypto {
namespace {

std::string bytes_of_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return out;
}

TEST(Primitives, OpensOnlyWhatWasSealedWithTheSameKeyAndContext) {
  const Key key = Key::random(), other = Key::random();
  const std::string sealed = seal(key, "Ada Lovelace", "tenant a");
  EXPECT_EQ(sealed.size(), kSealOverhead + 12);
  EXPECT_EQ(sealed.find("Ada"), std::string::npos);
  EXPECT_EQ(open(key, sealed, "tenant a"), "Ada Lovelace");
  EXPECT_EQ(open(other, sealed, "tenant a"), std::nullopt);
  EXPECT_EQ(open(key, sealed, "tenant b"), std::nullopt);
  EXPECT_EQ(open(key, sealed.substr(1), "tenant a"), std::nullopt);
  EXPECT_EQ(open(key, "", "tenant a"), std::nullopt);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto flipped = sealed;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_EQ(open(key, flipped, "tenant a"), std::nullopt) << "byte " << i;
  }
}

TEST(Primitives, TheSameTextIsNeverSealedAlike) {
  const Key key = Key::random();
  EXPECT_NE(seal(key, "x", ""), seal(key, "x", ""));
  EXPECT_EQ(open(key, seal(key, "", ""), ""), "");
}

/// Test case 13 of the GCM specification: key and nonce of zeros, no text, tag 530f8afb….
TEST(Primitives, AgreesWithThePublishedVectors) {
  const Key zeros = Key::of(std::string(32, '\0'));
  EXPECT_EQ(open(zeros, std::string(12, '\0') + bytes_of_hex("530f8afbc74536b9a963b4f1c4cb738b"), ""), "");
  // RFC 4231, test case 1, with the key padded by zeros as HMAC does.
  EXPECT_EQ(hex(hmac_sha256(Key::of(std::string(20, '\x0b') + std::string(12, '\0')), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Primitives, Base64UrlGoesThereAndBack) {
  EXPECT_EQ(base64url(std::string("\xfb\xff\xfe", 3)), "-__-");
  EXPECT_EQ(base64url("f"), "Zg");
  for (std::size_t n = 0; n < 70; ++n) {
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) bytes.push_back(static_cast<char>(i * 37 + n));
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
  }
  EXPECT_EQ(from_base64url("a"), std::nullopt);
  EXPECT_EQ(from_base64url("a b="), std::nullopt);
}

TEST(Primitives, AMasterKeyIsReadAsHexOrBase64) {
  const Key key = Key::random();
  const auto text = [](const std::optional<Key>& read) { return read ? std::string(read->bytes()) : ""; };
  EXPECT_EQ(text(key_of_text(" " + hex(key.bytes()) + "\n")), key.bytes());
  EXPECT_EQ(text(key_of_text(base64url(key.bytes()) + "=")), key.bytes());
  EXPECT_FALSE(key_of_text(""));
  EXPECT_FALSE(key_of_text("00ff"));
  EXPECT_FALSE(key_of_text("not a key of thirty-two bytes at all, at all!!!"));
}

}  // namespace
}  // namespace comd::crypto
