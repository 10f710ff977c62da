#include "actors/disk_watcher.h"

namespace comd {

caf::behavior DiskWatcher::make_behavior() {
  return {
      [this](Tick) {
        publish(*shared_, watch_.look());
        delayed_send(this, DiskMode::kLookAgain, Tick{});
      },
      [this](Start) { delayed_send(this, DiskMode::kLookAgain, Tick{}); },
  };
}

void publish(Shared& shared, const DiskView& view) {
  shared.disk.set(view);
  shared.metrics->disk_free.Set(static_cast<double>(view.free));
  shared.metrics->disk_state.Set(static_cast<double>(view.state));
}

}  // namespace comd
