#include "test/unit/domain/service_order_scenario.h"

namespace comd::service_order {

Scenario::Scenario(const std::string& key) {
  catalogs.versions.push_back(catalog());
  Spec spec;
  spec.id = so(key);
  spec.order = kOrder;
  spec.tenant = {"t"};
  spec.specification = key + "@1";
  spec.catalog_version = "1";
  spec.target = key + "-system";
  spec.action = Action::add;
  for (const Event& event : open(spec, true, context())) evolve(state, event);
}
Scenario::Scenario(const Scenario&) = default;
Scenario& Scenario::operator=(const Scenario&) = default;
Scenario::~Scenario() = default;

Scenario& Scenario::when(const Command& command) {
  auto decided = decide(state, command, context());
  rejection.reset();
  last.clear();
  if (!decided) {
    rejection = decided.error();
    return *this;
  }
  last = *decided;
  for (const Event& event : last) evolve(state, event);
  return *this;
}

std::string Scenario::key() const { return attempt_key(state.spec.id, state.attempt); }

Scenario& Scenario::sent() { return when(MarkSent{key()}); }

Scenario& Scenario::outcome(Outcome::Kind kind, Fault fault) {
  return when(SettleEffect{key(), EffectKind::submit, Outcome{kind, fault, "ref", {}}});
}

Scenario& Scenario::report(ReportKind kind, std::string id, std::uint32_t attempt, Fault fault) {
  Report r;
  r.id = std::move(id);
  r.kind = kind;
  r.attempt = attempt;
  r.fault = std::move(fault);
  return when(TakeReport{r});
}

Scenario& Scenario::timer(std::string_view name) {
  auto found = state.timers.find(name);
  EXPECT_NE(found, state.timers.end()) << name;
  if (found != state.timers.end()) now = found->second;
  return when(TimerDue{std::string(name)});
}

const Effect* Scenario::effect(EffectKind kind) const {
  static Agenda kept;
  kept = agenda(state);
  for (const Effect& e : kept.effects)
    if (e.kind == kind) return &e;
  return nullptr;
}

}  // namespace comd::service_order
