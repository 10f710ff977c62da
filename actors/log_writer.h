#pragma once
#include <mutex>

#include "actors/messages.h"

namespace comd {

struct Shared;

/// The only writer of the log, one batch after the other. Who appends while nothing is under way writes at once, on its own thread:
/// an order alone waits for the disk and for nobody else. What comes meanwhile is the next batch, up to `batch_max`, which an actor
/// of its own writes.
///
/// A monitor for the same reason as the router: another mailbox is another thread to wake. Any thread may call it.
class LogWriter {
 public:
  explicit LogWriter(Shared& shared) : shared_(shared) {}

  /// True: it is done, and `job->result` says how it went. False: AppendDone comes to `job->from`.
  bool append(const std::shared_ptr<AppendJob>&);
  /// By its actor: what waits.
  void write_waiting();
  /// What waits is dropped, and what comes later.
  void close();

 private:
  using Jobs = std::vector<std::shared_ptr<AppendJob>>;
  void write(const Jobs&);
  void done();

  Shared& shared_;
  std::mutex mutex_;
  Jobs waiting_;
  bool busy_ = false, closed_ = false;
};

/// Writes what waits.
class LogWriterActor final : public caf::event_based_actor {
 public:
  LogWriterActor(caf::actor_config& config, std::shared_ptr<Shared> shared)
      : caf::event_based_actor(config), shared_(std::move(shared)) {}
  caf::behavior make_behavior() override;
  void on_exit() override { shared_.reset(); }
  const char* name() const override { return "log_writer"; }

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace comd
