#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"

namespace comd::webhooks {

/// HMAC-SHA256, lower-case hex.
std::string hmac_sha256(std::string_view secret, std::string_view text);

/// Value of the header Comd-Signature: "t=<unix seconds>,v1=<hmac of "<t>.<body>">", one v1 for each secret: while a secret is
/// replaced by another, receivers accept either.
std::string signature(const std::vector<std::string>& secrets, Instant now, std::string_view body);

}  // namespace comd::webhooks
