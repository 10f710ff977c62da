#pragma once
#include <optional>
#include <string>

#include "domain/result.h"

/// What callers say in words: how long it may be, and that a reason is given.
namespace comd::north {

inline constexpr std::size_t kReasonMax = 1'000;  ///< bytes

/// `where`: the field it stands in.
std::optional<Rejection> too_long(const std::string& text, std::size_t most, std::string where);

/// Where there must be a reason. `hint`: what to say in it.
std::optional<Rejection> refused_reason(const std::string& reason, std::string hint);

}  // namespace comd::north
