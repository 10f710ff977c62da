#pragma once
#include "actors/shared.h"

namespace comd {

/// Looks at the disk every second and tells everybody what it allows. A thread of its own: a disk can be slow to answer.
class DiskWatcher final : public caf::event_based_actor {
 public:
  DiskWatcher(caf::actor_config& config, std::shared_ptr<Shared> shared, DiskWatch watch)
      : caf::event_based_actor(config), shared_(std::move(shared)), watch_(std::move(watch)) {}
  caf::behavior make_behavior() override;
  void on_exit() override { shared_.reset(); }
  const char* name() const override { return "disk_watcher"; }

 private:
  std::shared_ptr<Shared> shared_;
  DiskWatch watch_;
};

/// To the mode that admission, dispatcher and timers read, and to the metrics.
void publish(Shared&, const DiskView&);

}  // namespace comd
