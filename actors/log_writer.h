#pragma once
#include "actors/shared.h"

namespace comd {

/// The only writer of the log. The `Flush` it sends itself queues behind every append that already waits in its mailbox, so a
/// batch is what arrived during the last sync, up to `batch_max`. It shares the scheduler's threads: one of them waits for the disk
/// meanwhile, but who hands over an append often goes on as the writer, and no thread has to be woken for it.
class LogWriter final : public caf::event_based_actor {
 public:
  LogWriter(caf::actor_config& config, std::shared_ptr<Shared> shared)
      : caf::event_based_actor(config), shared_(std::move(shared)) {}
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "log_writer"; }

 private:
  void flush();

  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<AppendJob>> jobs_;
  std::vector<Append> batch_;
  bool flush_sent_ = false;
};

}  // namespace comd
