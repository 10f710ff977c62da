#pragma once
#include <map>
#include <optional>

#include "edge/grpc/consumers.h"
#include "test/unit/grpc/north_fixture.h"

namespace comd::north {

/// Files that outlive a server, as a disk does.
class MemoryConsumerFiles final : public ConsumerFiles {
 public:
  Result<std::vector<ConsumerRecord>, std::string> load() override {
    std::vector<ConsumerRecord> out;
    for (const auto& [name, record] : records) out.push_back(record);
    return out;
  }
  Result<void, std::string> save(const ConsumerRecord& record) override {
    if (broken) return Err(*broken);
    records[record.name] = record;
    return {};
  }
  Result<void, std::string> remove(const std::string& name) override {
    if (broken) return Err(*broken);
    records.erase(name);
    return {};
  }
  std::map<std::string, ConsumerRecord> records;
  std::optional<std::string> broken;
};

/// Time goes on by itself, and jumps when the test says so.
class JumpingClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()) + ahead_.load(); }
  void jump(Millis by) { ahead_ = ahead_.load() + by; }

 private:
  std::atomic<Millis> ahead_{Millis{0}};
};

}  // namespace comd::north
