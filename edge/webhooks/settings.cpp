#include "edge/webhooks/settings.h"

#include <algorithm>
#include <fstream>

#include "edge/grpc/outward.h"

namespace comd::webhooks {
namespace {

constexpr std::size_t kSecretLeast = 16;

bool plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Where a post goes, without what a log or list must not show.
bool http_url(const std::string& url) {
  const auto rest = url.starts_with("https://") ? url.substr(8) : url.starts_with("http://") ? url.substr(7) : std::string{};
  const auto host = rest.substr(0, rest.find_first_of("/?#"));
  return !host.empty() && host.front() != ':' && host.find('@') == std::string::npos &&
         url.find_first_of(" \t\r\n") == std::string::npos;
}

}  // namespace

Result<std::vector<std::string>, std::string> read_secrets(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Err("Expected secret-file to be a readable file, but " + path + " is not.");
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) continue;
    if (line.size() < kSecretLeast)
      return Err("Expected each secret in " + path + " to have at least " + std::to_string(kSecretLeast) +
                 " characters, but one has " + std::to_string(line.size()) + ". Make one with: openssl rand -hex 32");
    out.push_back(std::move(line));
  }
  if (out.empty()) return Err("Expected a secret in " + path + ", but it is empty. Make one with: openssl rand -hex 32");
  return out;
}

std::vector<std::string> check(const Settings& settings) {
  std::vector<std::string> out;
  if (!plain_name(settings.name))
    out.push_back("Expected a name of at most 64 letters, digits, - and _, but got \"" + settings.name + "\".");
  if (!http_url(settings.url))
    out.push_back("Expected url as http://… or https://… without user and password, but got \"" + settings.url + "\".");
  if (settings.secret_file.empty())
    out.push_back("Expected secret-file, a file with the secret to sign with, but there is none.");
  if (settings.tenant.empty()) out.push_back("Expected a tenant, but it is empty.");
  if (auto filter = outward::Filter::make(settings.types); !filter) out.push_back("types: " + filter.error());
  return out;
}

}  // namespace comd::webhooks
