#pragma once
#include "actors/engine.h"
#include "edge/webhooks/worker.h"

/// Outward events as HTTP POSTs to receivers: docs/events.md has the contract.
namespace comd::webhooks {

/// All webhooks of a comd, each with a worker, told of by the engine when the log grows.
class Webhooks final : public outward::WebhookDesk {
 public:
  /// `directory` holds a file for each. The error says what is wrong with which.
  static Result<std::shared_ptr<Webhooks>, std::string> start(Engine&, const std::vector<Settings>&, const std::string& directory,
                                                              std::uint64_t seed);
  ~Webhooks() override { stop(); }

  std::vector<outward::WebhookStanding> list() const override;
  std::optional<std::vector<DeadLetter>> dead(const std::string& webhook) const override;
  Result<outward::Redelivery, Rejection> redeliver(const std::string& webhook, const std::vector<std::string>& ids) override;
  /// Idempotent; before the engine ends.
  void stop();

 private:
  explicit Webhooks(Engine& engine) : engine_(engine) {}
  Worker* find(const std::string& name) const;

  Engine& engine_;
  std::vector<std::pair<std::string, std::unique_ptr<Worker>>> workers_;
  std::optional<std::uint64_t> ticket_;
};

}  // namespace comd::webhooks
