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
  TestLog() : ForwardingLog(make_memory_event_log()) {}
  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override {
    batches.push_back(batch.size());
    if (fail_next) {
      const AppendError error = *std::exchange(fail_next, std::nullopt);
      return std::vector<Result<Appended, AppendError>>(batch.size(), Err(error));
    }
    return inner->append(batch);
  }
  std::vector<StoredCommit> read_stream(const StreamId& id, Version after) const override {
    ++folds;
    auto out = inner->read_stream(id, after);
    if (as_read)
      for (StoredCommit& commit : out) as_read(commit);
    return out;
  }

  std::optional<AppendError> fail_next;
  std::vector<std::size_t> batches;
  mutable std::size_t folds = 0;
  std::function<void(StoredCommit&)> as_read;  ///< what this build makes of the bytes
};

/// Keeps every call until the test answers it.
class ManualPartner final : public ActivationPort {
 public:
  void call(ActivationCall made, Done done) override {
    if (before_call) before_call(made);
    calls.push_back({std::move(made), std::move(done)});
  }
  struct Made {
    ActivationCall call;
    Done done;
  };
  std::vector<Made> calls;
  std::function<void(const ActivationCall&)> before_call;
};

class ManualInventory final : public ProductInventoryPort {
 public:
  void push(const product::Snapshot& product, std::uint64_t version, CallMeta, Done done) override {
    pushes.push_back({product, version, std::move(done)});
  }
  struct Made {
    product::Snapshot product;
    std::uint64_t version;
    Done done;
  };
  std::vector<Made> pushes;
};

class EngineTest : public ::testing::Test {
 protected:
  explicit EngineTest(EngineOptions options = {}) : options_(options) {
    options_.seed = 1;
    log_->inner = make_memory_event_log();
  }

  void TearDown() override { crash(); }

  void start(Faults faults = {}) {
    config_ = std::make_unique<caf::actor_system_config>();
    config_->set("scheduler.policy", caf::atom("testing"));
    config_->set("logger.verbosity", caf::atom("quiet"));
    system_ = std::make_unique<caf::actor_system>(*config_);
    scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
    registry_ = std::make_unique<prometheus::Registry>();
    CatalogParser parse = [](std::string_view bytes) -> Result<std::shared_ptr<const Catalog>, std::vector<Rejection>> {
      if (bytes == "broken") return Err(std::vector<Rejection>{{RejectionCode::invalid, "Expected a catalogue", "line 1", {}}});
      auto out = fiber::catalog();
      out->version = std::string(bytes);
      return out;
    };
    EngineParts parts{log_,
                      clock_,
                      partner_,
                      inventory_,
                      parse,
                      options_,
                      std::make_shared<Metrics>(*registry_),
                      faults,
                      [this](const std::string& why) { failure_ = why; },
                      disk_,
                      keys_};
    engine_ = std::make_unique<EngineActors>(*system_, std::move(parts));
    run();
  }

  /// Nothing is finished; what is in the log stays.
  void crash() {
    if (!engine_) return;
    engine_->kill();
    run();
    engine_.reset();
    system_.reset();
    partner_->calls.clear();
  }

  void run() {
    while (scheduler_->has_job()) scheduler_->run_once();
  }
  void step() {
    if (scheduler_->has_job()) scheduler_->run_once();
  }
  void advance(Millis by) {
    clock_->now_ += by;
    scheduler_->advance_time(by);
    run();
  }

  std::shared_ptr<std::optional<Reply>> send(const StreamId& stream, AnyCommand command) {
    auto out = std::make_shared<std::optional<Reply>>();
    engine_->execute(stream, std::move(command), {"", "tester", {"t"}, "corr-1", "trace-1"}, [out](Reply reply) {
      EXPECT_FALSE(out->has_value()) << "answered twice";
      *out = std::move(reply);
    });
    return out;
  }
  Reply execute(const StreamId& stream, AnyCommand command) {
    auto out = send(stream, std::move(command));
    run();
    EXPECT_TRUE(out->has_value()) << "not answered";
    return out->value_or(Reply{});
  }

  void load_catalog() {
    const Reply reply = execute(StreamId{"catalog"}, catalog_log::Command{catalog_log::Load{"test", "1", "d1", "1"}});
    EXPECT_FALSE(reply.rejection) << reply.rejection->message;
  }
  static AnyCommand submit(Order order = fiber::order({fiber::item("1")}), std::string digest = "digest") {
    return product_order::Command{product_order::Submit{std::move(order), std::move(digest), {}}};
  }
  Reply submit_order() { return execute(stream_of(fiber::kOrder), submit()); }

  product_order::State order_state() const {
    auto folded = fold<product_order::State>(log_->inner->read_stream(stream_of(fiber::kOrder)), stream_of(fiber::kOrder));
    EXPECT_TRUE(folded.has_value());
    return folded->state;
  }
  service_order::State service_order_state(std::string_view key) const {
    const StreamId stream = stream_of(fiber::so(key));
    auto folded = fold<service_order::State>(log_->inner->read_stream(stream), stream);
    EXPECT_TRUE(folded.has_value());
    return folded->state;
  }
  std::vector<Commit> commits() const {
    std::vector<Commit> out;
    for (const StoredCommit& stored : log_->inner->read_feed({}, 10'000)) out.push_back(*decode(stored.record));
    return out;
  }
  std::size_t commits_by(std::string_view command) const {
    const auto all = commits();
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Commit& c) { return c.cause.command == command; }));
  }

  static service_order::Outcome ok() { return {service_order::Outcome::Kind::ok, {}, "ref", {}}; }
  static service_order::Outcome outcome(service_order::Outcome::Kind kind) {
    return {kind, {FaultClass::transient, "LOST", "lost"}, {}, {}};
  }
  void answer(std::size_t call, service_order::Outcome outcome) {
    partner_->calls.at(call).done(std::move(outcome));
    run();
  }
  Reply report(std::string_view key, service_order::ReportKind kind, Values outputs = {}) {
    service_order::Report report;
    report.id = std::string(key) + "-" + std::to_string(++reports_);
    report.kind = kind;
    report.outputs = std::move(outputs);
    report.reporter = "partner";
    return execute(stream_of(fiber::so(key)), service_order::Command{service_order::TakeReport{report}});
  }
  double gauge(const std::string& name) const {
    for (const auto& family : registry_->Collect())
      if (family.name == name) return family.metric.at(0).gauge.value + family.metric.at(0).counter.value;
    return -1;
  }

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
