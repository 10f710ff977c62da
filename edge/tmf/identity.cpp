#include <openssl/evp.h>

#include <array>

#include "domain/check.h"
#include "edge/tmf/json.h"
#include "edge/tmf/tmf622.h"

namespace comd::tmf {
namespace {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes) {
  // Fetched once: EVP_sha256() is looked up again by each digest, which costs more than digesting an id.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 out{};
  unsigned int length = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm, nullptr) == 1 && length == out.size());
  return out;
}

std::string hex(const Sha256& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const unsigned char b : bytes) {
    out.push_back(kDigits[b >> 4]);
    out.push_back(kDigits[b & 0xF]);
  }
  return out;
}

/// RFC 4648 base32, lower case, of the first 128 bits: 26 characters.
std::string base32_of_128_bits(const Sha256& bytes) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  unsigned int buffer = 0, bits = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    buffer = (buffer << 8) | bytes[i];
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out.push_back(kDigits[(buffer >> bits) & 31]);
    }
  }
  out.push_back(kDigits[(buffer << (5 - bits)) & 31]);
  return out;
}

/// Each part with its length, so that ("a", "bc") and ("ab", "c") differ. On disk: never change.
OrderId derived(std::string_view kind, const TenantId& tenant, std::string_view source, std::string_view name) {
  std::string text{kind};
  for (const std::string_view part : {std::string_view{tenant.value}, source, name}) {
    text += "\n" + std::to_string(part.size()) + ":";
    text += part;
  }
  return OrderId{"po-" + base32_of_128_bits(sha256(text))};
}

constexpr std::size_t kDifferencesShown = 5;

void compare(const Json& a, const Json& b, const std::string& path, std::vector<std::string>& out) {
  const auto name = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (a == b || out.size() > kDifferencesShown) return;
  if (a.is_object() && b.is_object()) {
    for (const auto& [key, value] : a.items()) {
      if (const auto other = b.find(key); other != b.end()) {
        compare(value, *other, name(key), out);
      } else {
        out.push_back(name(key) + ": was there, now absent");
      }
    }
    for (const auto& [key, value] : b.items()) {
      if (!a.contains(key)) out.push_back(name(key) + ": was absent, now there");
    }
  } else if (a.is_array() && b.is_array()) {
    if (a.size() != b.size()) {
      out.push_back(path + ": first " + std::to_string(a.size()) + " entries, now " + std::to_string(b.size()));
    }
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) compare(a[i], b[i], path + "[" + std::to_string(i) + "]", out);
  } else {
    out.push_back((path.empty() ? "document" : path) + ": another value");
  }
}

}  // namespace

std::string digest(const Order& order) { return hex(sha256(order.document)); }

OrderId order_id(const TenantId& tenant, std::string_view source, std::string_view external_id) {
  return derived("external id", tenant, source, external_id);
}

OrderId order_id_of_key(const TenantId& tenant, std::string_view source, std::string_view idempotency_key) {
  return derived("idempotency key", tenant, source, idempotency_key);
}

std::string difference(std::string_view first_document, std::string_view second_document) {
  const Json first = Json::parse(first_document, nullptr, false);
  const Json second = Json::parse(second_document, nullptr, false);
  std::vector<std::string> found;
  compare(first, second, "", found);
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), kDifferencesShown); ++i) text += (i == 0 ? "" : "; ") + found[i];
  if (found.size() > kDifferencesShown) text += "; and more";
  return text;
}

}  // namespace comd::tmf
