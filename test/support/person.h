#pragma once
#include "test/support/partner.h"
#include "test/support/world.h"

/// The people who work the fallout queue and do the tasks. They try anything; where a remedy has to be forced they look first at
/// what the partner really did.
namespace comd::test {

class Person {
 public:
  Person(Fill& random, World& world, Partner& partner) : random_(random), world_(world), partner_(partner) {}

  /// Something that waits for a person, and what comes to mind.
  void act();

  /// Stops something that runs.
  void hold();
  void resume_item();

 private:
  Intervention something();
  void act_on_service_order(const StreamId& stream);
  void act_on_order(const StreamId& stream);
  bool at_work(const StreamId& stream) const;

  std::string next_id() { return "i" + std::to_string(++interventions_); }

  std::size_t interventions_ = 0;
  Fill& random_;
  World& world_;
  Partner& partner_;
};

}  // namespace comd::test
