#include "edge/grpc/words.h"

namespace comd::north {

std::optional<Rejection> too_long(const std::string& text, std::size_t most, std::string where) {
  if (text.size() <= most) return std::nullopt;
  return Rejection{RejectionCode::limit,
                   "Expected at most " + std::to_string(most) + " bytes, but it has " + std::to_string(text.size()) + ".",
                   std::move(where), "Send a shorter one."};
}

std::optional<Rejection> refused_reason(const std::string& reason, std::string hint) {
  if (!reason.empty() && reason.size() <= kReasonMax) return std::nullopt;
  return Rejection{
      RejectionCode::invalid,
      "Expected why, in 1 to " + std::to_string(kReasonMax) + " bytes, but it has " + std::to_string(reason.size()) + ".",
      "reason", std::move(hint)};
}

}  // namespace comd::north
