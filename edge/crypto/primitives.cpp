#include "edge/crypto/primitives.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

#include "domain/check.h"

namespace comd::crypto {
namespace {

// Fetched once: looking an algorithm up costs more than using it on a short text.
const EVP_MD* sha256_algorithm() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

const EVP_CIPHER* cipher() {
  static EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_CIPHER_CTX* context_of_thread() {
  static thread_local const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> own(EVP_CIPHER_CTX_new(),
                                                                                                &EVP_CIPHER_CTX_free);
  CHECK(own != nullptr);
  return own.get();
}

/// With its digest set: what is left is the key. HMAC() looks both algorithms up each time.
EVP_MAC_CTX* mac_of_thread() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  static thread_local const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> own(EVP_MAC_CTX_new(algorithm),
                                                                                          &EVP_MAC_CTX_free);
  static thread_local const bool set = [] {
    std::string digest = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
                                 OSSL_PARAM_construct_end()};
    return own != nullptr && EVP_MAC_CTX_set_params(own.get(), params) == 1;
  }();
  CHECK(set);
  return own.get();
}

/// Fills `to` with random bytes. A draw from OpenSSL costs the same for a nonce as for a few hundred bytes, so a thread draws ahead; what
/// it has given away does not stay in its store.
void draw(unsigned char* to, std::size_t size) {
  struct Store {
    std::array<unsigned char, 512> bytes;
    std::size_t left = 0;
    ~Store() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  };
  static thread_local Store store;
  CHECK(size <= store.bytes.size());
  if (store.left < size) {
    CHECK(RAND_bytes(store.bytes.data(), static_cast<int>(store.bytes.size())) == 1);
    store.left = store.bytes.size();
  }
  unsigned char* const from = store.bytes.data() + store.left - size;
  std::copy_n(from, size, to);
  OPENSSL_cleanse(from, size);
  store.left -= size;
}

const unsigned char* in(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* out(std::string& bytes, std::size_t at = 0) { return reinterpret_cast<unsigned char*>(bytes.data() + at); }
int size_of(std::string_view bytes) {
  CHECK(bytes.size() < (1u << 30));
  return static_cast<int>(bytes.size());
}

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int digit_of(char c) {
  if (c == '+') c = '-';
  if (c == '/') c = '_';
  static const auto table = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kDigits.size(); ++i) values[static_cast<unsigned char>(kDigits[i])] = static_cast<signed char>(i);
    return values;
  }();
  return table[static_cast<unsigned char>(c)];
}

}  // namespace

Key Key::random() {
  Key key;
  draw(key.bytes_.data(), kSize);
  return key;
}

Key Key::of(std::string_view bytes) {
  CHECK(bytes.size() == kSize);
  Key key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

Key::~Key() { OPENSSL_cleanse(bytes_.data(), kSize); }

std::string seal(const Key& key, std::string_view plain, std::string_view context) {
  std::string sealed(kSealOverhead + plain.size(), '\0');
  draw(out(sealed), kNonceSize);
  EVP_CIPHER_CTX* const ctx = context_of_thread();
  int length = 0;
  CHECK(EVP_EncryptInit_ex2(ctx, cipher(), in(key.bytes()), out(sealed), nullptr) == 1);
  CHECK(EVP_EncryptUpdate(ctx, nullptr, &length, in(context), size_of(context)) == 1);
  CHECK(EVP_EncryptUpdate(ctx, out(sealed, kNonceSize), &length, in(plain), size_of(plain)) == 1);
  CHECK(EVP_EncryptFinal_ex(ctx, out(sealed, kNonceSize + plain.size()), &length) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, kTagSize, out(sealed, kNonceSize + plain.size())) == 1);
  EVP_CIPHER_CTX_reset(ctx);  // the key does not stay in it
  return sealed;
}

std::optional<std::string> open(const Key& key, std::string_view sealed, std::string_view context) {
  if (sealed.size() < kSealOverhead) return std::nullopt;
  const std::string_view text = sealed.substr(kNonceSize, sealed.size() - kSealOverhead);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string plain(text.size() + 1, '\0');  // never empty: OpenSSL wants a place also for nothing
  EVP_CIPHER_CTX* const ctx = context_of_thread();
  int length = 0;
  CHECK(EVP_DecryptInit_ex2(ctx, cipher(), in(key.bytes()), in(sealed), nullptr) == 1);
  CHECK(EVP_DecryptUpdate(ctx, nullptr, &length, in(context), size_of(context)) == 1);
  CHECK(EVP_DecryptUpdate(ctx, out(plain), &length, in(text), size_of(text)) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, kTagSize, out(tag)) == 1);
  const bool genuine = EVP_DecryptFinal_ex(ctx, out(plain, text.size()), &length) == 1;
  EVP_CIPHER_CTX_reset(ctx);
  if (!genuine) return std::nullopt;
  plain.resize(text.size());
  return plain;
}

std::string hmac_sha256(const Key& key, std::string_view text) {
  std::string digest(32, '\0');
  std::size_t length = 0;
  EVP_MAC_CTX* const mac = mac_of_thread();
  CHECK(EVP_MAC_init(mac, in(key.bytes()), Key::kSize, nullptr) == 1 && EVP_MAC_update(mac, in(text), text.size()) == 1);
  CHECK(EVP_MAC_final(mac, out(digest), &length, digest.size()) == 1 && length == digest.size());
  return digest;
}

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  unsigned int length = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), out(digest), &length, sha256_algorithm(), nullptr) == 1);
  return digest;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    text.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
    text.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

std::string base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6;) text.push_back(kDigits[(buffer >> (bits -= 6)) & 63]);
  }
  if (bits > 0) text.push_back(kDigits[(buffer << (6 - bits)) & 63]);
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    buffer = (buffer << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) bytes.push_back(static_cast<char>((buffer >> (bits -= 8)) & 255));
  }
  return bytes;
}

std::optional<Key> key_of_text(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  const bool is_hex = text.size() == 2 * Key::kSize && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (is_hex) {
    std::string bytes;
    const auto value = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    for (std::size_t i = 0; i < text.size(); i += 2) bytes.push_back(static_cast<char>(value(text[i]) << 4 | value(text[i + 1])));
    return Key::of(bytes);
  }
  while (text.ends_with('=')) text.remove_suffix(1);
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != Key::kSize) return std::nullopt;
  return Key::of(*bytes);
}

}  // namespace comd::crypto
