#include "domain/intervention.h"

#include <algorithm>
#include <array>

namespace comd {
namespace {

constexpr std::array<std::pair<Remedy, std::string_view>, 11> kRemedies{{{Remedy::retry, "retry"},
                                                                         {Remedy::complete, "complete"},
                                                                         {Remedy::skip, "skip"},
                                                                         {Remedy::fail, "fail"},
                                                                         {Remedy::compensate, "compensate"},
                                                                         {Remedy::hold, "hold"},
                                                                         {Remedy::resume, "resume"},
                                                                         {Remedy::accept, "accept"},
                                                                         {Remedy::assign, "assign"},
                                                                         {Remedy::note, "note"},
                                                                         {Remedy::prioritise, "prioritise"}}};

}  // namespace

bool Interventions::contains(const std::string& id) const { return !id.empty() && std::ranges::find(ids_, id) != ids_.end(); }

void Interventions::add(const std::string& id) {
  if (ids_.size() == kKept) ids_.erase(ids_.begin());
  if (!id.empty()) ids_.push_back(id);
}

std::string_view to_text(Remedy remedy) {
  for (const auto& [known, text] : kRemedies)
    if (known == remedy) return text;
  return "unknown";
}

Rejection refusal_of_archived(const std::string& id) {
  return {RejectionCode::precondition, "Expected " + id + " not to be archived, but it is", "id",
          "It stays as it is: order the change you want as a new order. Look at it with: comctl order get --archived"};
}

std::optional<Remedy> remedy_of(std::string_view text) {
  for (const auto& [known, name] : kRemedies)
    if (name == text) return known;
  return std::nullopt;
}

}  // namespace comd
