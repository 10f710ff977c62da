#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/engine_actors.h"
#include "events/fold.h"
#include "test/support/fiber.h"
#include "test/support/forwarding_log.h"

/// The engine's actors on CAF's test scheduler: one thread, virtual time, a memory log that can be told to refuse, and partners
/// that answer when the test says so.
namespace comd {

using namespace std::chrono_literals;

class ManualClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  Instant now_ = fiber::kNow;
};

/// A memory log that counts batches and can refuse the next append.
class TestLog final : public test::ForwardingLog {
 public:
  TestLog();
  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override;
  std::vector<StoredCommit> read_stream(const StreamId& id, Version after) const override;

  std::optional<AppendError> fail_next;
  std::vector<std::size_t> batches;
  mutable std::size_t folds = 0;
  std::function<void(StoredCommit&)> as_read;  ///< what this build makes of the bytes
};

/// Keeps every call until the test answers it.
class ManualPartner final : public ActivationPort {
 public:
  void call(ActivationCall made, Done done) override;
  struct Made {
    ActivationCall call;
    Done done;
  };
  std::vector<Made> calls;
  std::function<void(const ActivationCall&)> before_call;
};

class ManualInventory final : public ProductInventoryPort {
 public:
  void push(const product::Snapshot& product, std::uint64_t version, CallMeta, Done done) override;
  struct Made {
    product::Snapshot product;
    std::uint64_t version;
    Done done;
  };
  std::vector<Made> pushes;
};

class EngineTest : public ::testing::Test {
 protected:
  explicit EngineTest(EngineOptions options = {});
  ~EngineTest() override;

  void TearDown() override { crash(); }

  void start(Faults faults = {});

  /// Nothing is finished; what is in the log stays.
  void crash();

  void run();
  void step();
  void advance(Millis by);

  std::shared_ptr<std::optional<Reply>> send(const StreamId& stream, AnyCommand command);
  Reply execute(const StreamId& stream, AnyCommand command);

  void load_catalog();
  static AnyCommand submit(Order order = fiber::order({fiber::item("1")}), std::string digest = "digest");
  Reply submit_order();

  product_order::State order_state() const;
  service_order::State service_order_state(std::string_view key) const;
  std::vector<Commit> commits() const;
  std::size_t commits_by(std::string_view command) const;

  static service_order::Outcome ok();
  static service_order::Outcome outcome(service_order::Outcome::Kind kind);
  void answer(std::size_t call, service_order::Outcome outcome);
  Reply report(std::string_view key, service_order::ReportKind kind, Values outputs = {});
  double gauge(const std::string& name) const;

  EngineOptions options_;
  std::shared_ptr<TestLog> log_ = std::make_shared<TestLog>();
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  std::shared_ptr<ManualPartner> partner_ = std::make_shared<ManualPartner>();
  std::shared_ptr<DiskSpace> disk_;  ///< none: nobody looks
  std::shared_ptr<KeyPort> keys_;    ///< none: nothing is sealed
  std::shared_ptr<ManualInventory> inventory_ = std::make_shared<ManualInventory>();
  std::unique_ptr<prometheus::Registry> registry_;
  std::unique_ptr<caf::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  std::unique_ptr<EngineActors> engine_;
  std::string failure_;
  int reports_ = 0;
};

}  // namespace comd
