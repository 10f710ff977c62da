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

  explicit Scenario(const std::string& key = "access");
  // In the .cpp: every test has many of these.
  Scenario(const Scenario&);
  Scenario& operator=(const Scenario&);
  ~Scenario();
  Context context() const { return {now, 0.5, &catalogs}; }
  Scenario& when(const Command& command);
  std::string key() const;
  Scenario& sent();
  Scenario& outcome(Outcome::Kind kind, Fault fault = {});
  Scenario& accepted() { return sent().outcome(Outcome::Kind::ok); }
  Scenario& report(ReportKind kind, std::string id = "r1", std::uint32_t attempt = 1, Fault fault = {});
  Scenario& timer(std::string_view name);
  const Effect* effect(EffectKind kind) const;
};

}  // namespace comd::service_order
