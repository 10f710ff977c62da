#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/result.h"

/// Page sizes and page tokens. A token is where the last page ended; it fits only the filters it was made with.
namespace comd::north {

inline constexpr std::uint32_t kPageDefault = 100, kPageMax = 1'000;

/// 0: the default. Above the limit: an error that names it.
Result<std::size_t, Rejection> page_size(std::uint32_t asked);

std::string page_token(std::string_view filter, std::string_view last);
/// The `last` the token was made of; empty for an empty token.
Result<std::string, Rejection> read_page_token(std::string_view token, std::string_view filter);

}  // namespace comd::north
