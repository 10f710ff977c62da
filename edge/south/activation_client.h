#pragma once
#include <thread>
#include <vector>

#include "edge/south/lane.h"

namespace comd::south {

/// The activation systems of comd's configuration, each a lane with a connection of its own. See Lane for what happens to a call.
///
/// A lane nobody configured is refused, permanent, code UNKNOWN_TARGET, and not `not_sent`: targets are read at start, so
/// waiting cannot help within this process, and a silent wait until the queue deadline would hide the mistake. The
/// catalogue's retry table can still hold such an order for a person by that code.
class ActivationClient : public ActivationPort {
 public:
  /// The error names the target and what is wrong with it. Does not wait for connections.
  static Result<std::shared_ptr<ActivationClient>, std::string> make(std::vector<TargetOptions>);
  ~ActivationClient() override;

  void call(ActivationCall, Done) override;

  /// Cancels what is under way (unknown) and gives back what waits (not_sent). Returns when every Done was called. Idempotent.
  void stop();

  std::vector<LaneStatus> lanes() const;

 private:
  ActivationClient() = default;
  void run();
  void wake();

  struct Orphan {
    std::string lane;
    Done done;
  };

  std::map<std::string, std::shared_ptr<Lane>, std::less<>> lanes_;  ///< never changes after make
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Orphan> orphans_;  ///< calls to unknown lanes, answered by the worker: never from inside `call`
  bool woken_ = false, stopping_ = false;
  std::thread worker_;
};

}  // namespace comd::south
