#pragma once
#include <unistd.h>

#include <atomic>

#include "actors/ports.h"

namespace comd::daemon {

/// A planted bug, only in comd-canary: each try of a call carries a key of its own, so a partner cannot tell a repeated call from a
/// new intention. The crash test must catch it (test/e2e/crash_test.cpp).
class FreshKeys final : public ActivationPort {
 public:
  explicit FreshKeys(std::shared_ptr<ActivationPort> port) : port_(std::move(port)) {}

  void call(ActivationCall call, Done done) override {
    if (call.effect.kind == EffectKind::submit)
      call.effect.key += "/" + std::to_string(::getpid()) + "." + std::to_string(++calls_);
    port_->call(std::move(call), std::move(done));
  }

 private:
  const std::shared_ptr<ActivationPort> port_;
  std::atomic<std::uint64_t> calls_ = 0;
};

}  // namespace comd::daemon
