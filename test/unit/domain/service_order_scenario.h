#pragma once
#include <gtest/gtest.h>

#include "test/support/fiber.h"

namespace comd::service_order {

using namespace fiber;

/// given(commands).when(command): the events it adds, and the state it leads to.
struct Scenario {
  CatalogSet catalogs;
  State state;
  Instant now = kNow;
  std::vector<Event> last;
  std::optional<Rejection> rejection;

  explicit Scenario(const std::string& key = "access") {
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
  Context context() const { return {now, 0.5, &catalogs}; }
  Scenario& when(const Command& command) {
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
  std::string key() const { return attempt_key(state.spec.id, state.attempt); }
  Scenario& sent() { return when(MarkSent{key()}); }
  Scenario& outcome(Outcome::Kind kind, Fault fault = {}) {
    return when(SettleEffect{key(), EffectKind::submit, Outcome{kind, fault, "ref", {}}});
  }
  Scenario& accepted() { return sent().outcome(Outcome::Kind::ok); }
  Scenario& report(ReportKind kind, std::string id = "r1", std::uint32_t attempt = 1, Fault fault = {}) {
    Report r;
    r.id = std::move(id);
    r.kind = kind;
    r.attempt = attempt;
    r.fault = std::move(fault);
    return when(TakeReport{r});
  }
  Scenario& timer(std::string_view name) {
    auto found = state.timers.find(name);
    EXPECT_NE(found, state.timers.end()) << name;
    if (found != state.timers.end()) now = found->second;
    return when(TimerDue{std::string(name)});
  }
  const Effect* effect(EffectKind kind) const {
    static Agenda kept;
    kept = agenda(state);
    for (const Effect& e : kept.effects)
      if (e.kind == kind) return &e;
    return nullptr;
  }
};

}  // namespace comd::service_order
