#include "cmd/activation-sim/behaviour.h"

#include <array>
#include <utility>

namespace comd::sim {
namespace {

constexpr std::array<std::pair<const char*, wire::ReportKind>, 11> kKinds{{
    {"acknowledged", wire::REPORT_KIND_ACKNOWLEDGED},
    {"rejected", wire::REPORT_KIND_REJECTED},
    {"in_progress", wire::REPORT_KIND_IN_PROGRESS},
    {"pending_external", wire::REPORT_KIND_PENDING_EXTERNAL},
    {"completed", wire::REPORT_KIND_COMPLETED},
    {"partial", wire::REPORT_KIND_PARTIAL_ACTIVATION},
    {"failed", wire::REPORT_KIND_FAILED},
    {"cancelled", wire::REPORT_KIND_CANCELLED},
    {"cancel_refused", wire::REPORT_KIND_CANCEL_REFUSED},
    {"ponr_reached", wire::REPORT_KIND_PONR_REACHED},
    {"expected_date", wire::REPORT_KIND_EXPECTED_DATE},
}};

bool fits(const std::string& pattern, const std::string& text) {
  if (!pattern.empty() && pattern.back() == '*') return text.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
  return pattern.empty() || pattern == text;
}

bool fits(const Rule& rule, const wire::SubmitRequest& request) {
  const wire::ServiceOrder& order = request.service_order();
  if (!fits(rule.specification, order.specification()) || !fits(rule.target, request.call().target())) return false;
  if (rule.action != wire::ACTION_UNSPECIFIED && rule.action != order.action()) return false;
  if (rule.characteristic.empty()) return true;
  const auto found = order.characteristics().find(rule.characteristic);
  // A file says 100 or exhausted, the wire says 100 or "exhausted".
  return found != order.characteristics().end() && (found->second == rule.equals || found->second == '"' + rule.equals + '"');
}

}  // namespace

const wire::Capabilities& Config::capabilities_of(const std::string& target) const {
  const auto own = capabilities.find(target);
  return own == capabilities.end() ? capabilities.at("") : own->second;
}

Behaviour Config::behaviour_for(const wire::SubmitRequest& request) const {
  Behaviour behaviour;
  for (const Rule& rule : rules) {
    if (!fits(rule, request)) continue;
    for (const auto& change : rule.changes) change(behaviour);
  }
  return behaviour;
}

const char* name_of(wire::ReportKind kind) {
  for (const auto& [name, value] : kKinds)
    if (value == kind) return name;
  return "unspecified";
}

std::optional<wire::ReportKind> report_kind(const std::string& name) {
  for (const auto& [known, value] : kKinds)
    if (name == known) return value;
  return std::nullopt;
}

const char* name_of(wire::Action action) {
  switch (action) {
    case wire::ACTION_ADD: return "add";
    case wire::ACTION_MODIFY: return "modify";
    case wire::ACTION_DELETE: return "delete";
    default: return "unspecified";
  }
}

}  // namespace comd::sim
