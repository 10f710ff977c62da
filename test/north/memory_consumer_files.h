#pragma once
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "edge/grpc/consumers.h"

namespace comd::north {

/// Files that outlive a server, as a disk does.
class MemoryConsumerFiles final : public ConsumerFiles {
 public:
  Result<std::vector<ConsumerRecord>, std::string> load() override;
  Result<void, std::string> save(const ConsumerRecord& record) override;
  Result<void, std::string> remove(const std::string& name) override;
  std::map<std::string, ConsumerRecord> records;
  std::optional<std::string> broken;
};

/// Time goes on by itself, and jumps when the test says so.
class JumpingClock final : public Clock {
 public:
  Instant now() const override;
  void jump(Millis by);

 private:
  std::atomic<Millis> ahead_{Millis{0}};
};

}  // namespace comd::north
