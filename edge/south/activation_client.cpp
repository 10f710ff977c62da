#include "edge/south/activation_client.h"

namespace comd::south {
namespace {

service_order::Outcome unknown_target(const std::string& lane) {
  service_order::Outcome outcome;
  outcome.kind = service_order::Outcome::Kind::refused;
  outcome.fault = {
      FaultClass::permanent, "UNKNOWN_TARGET",
      "Expected target \"" + lane +
          "\" of the catalogue to be among comd's configured targets, but it is not. Add it to the configuration and restart."};
  return outcome;
}

}  // namespace

Result<std::shared_ptr<ActivationClient>, std::string> ActivationClient::make(std::vector<TargetOptions> targets) {
  std::shared_ptr<ActivationClient> client(new ActivationClient);
  for (auto& target : targets) {
    if (target.name.empty() || target.address.empty())
      return Err("Expected every target to have a name and an address, but got name \"" + target.name + "\" with address \"" +
                 target.address + "\".");
    auto channel = make_channel(target);
    if (!channel) return Err(channel.error());
    const std::string name = target.name;
    auto lane = std::make_shared<Lane>(std::move(target), std::move(*channel), [raw = client.get()] { raw->wake(); });
    if (!client->lanes_.emplace(name, std::move(lane)).second)
      return Err("Expected target names to be unique, but \"" + name + "\" is there twice.");
  }
  client->worker_ = std::thread([raw = client.get()] { raw->run(); });
  return client;
}

ActivationClient::~ActivationClient() { stop(); }

void ActivationClient::call(ActivationCall activation, Done done) {
  if (const auto found = lanes_.find(activation.effect.lane); found != lanes_.end()) {
    found->second->call(std::move(activation), std::move(done));
    return;
  }
  const std::lock_guard lock(mutex_);
  orphans_.push_back({activation.effect.lane, std::move(done)});
  woken_ = true;
  changed_.notify_one();
}

void ActivationClient::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

void ActivationClient::run() {
  auto next = Steady::now();
  for (;;) {
    std::vector<Orphan> orphans;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, next, [this] { return woken_ || stopping_; });
      woken_ = false;
      orphans.swap(orphans_);
      if (stopping_ && orphans.empty()) return;
    }
    for (auto& orphan : orphans) orphan.done(unknown_target(orphan.lane));
    const auto now = Steady::now();
    next = Steady::time_point::max();
    for (auto& [name, lane] : lanes_) next = std::min(next, lane->tick(now));
    if (lanes_.empty()) next = now + std::chrono::hours(1);
  }
}

void ActivationClient::stop() {
  for (auto& [name, lane] : lanes_) lane->stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (worker_.joinable()) worker_.join();
}

std::vector<LaneStatus> ActivationClient::lanes() const {
  std::vector<LaneStatus> all;
  for (const auto& [name, lane] : lanes_) all.push_back(lane->status());
  return all;
}

}  // namespace comd::south
