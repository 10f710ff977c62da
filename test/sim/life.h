#pragma once
#include <prometheus/registry.h>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/engine_actors.h"
#include "test/sim/partner.h"
#include "test/support/forwarding_log.h"

/// One life of comd in a simulated world: from its start to its crash.
namespace comd::sim {

/// Small enough that a burst of commands reaches them.
inline constexpr std::size_t kInFlightMax = 16, kStreamWaitingMax = 6;
inline constexpr Millis kIdle{5'000};  ///< then an actor is passivated

/// The wall clock of a life is the world's timeline.
class WorldClock final : public Clock {
 public:
  explicit WorldClock(const Timeline& timeline) : timeline_(timeline) {}
  Instant now() const override { return timeline_.now; }

 private:
  const Timeline& timeline_;
};

/// The disk of the world: 100 GiB, of which somebody else takes and gives back.
class SimDisk final : public DiskSpace {
 public:
  std::uint64_t free = std::uint64_t{50} << 30;
  Result<Room, std::string> room() override { return Room{free, std::uint64_t{100} << 30}; }
  std::uint64_t reserved() const override { return reserved_; }
  Result<bool, std::string> reserve(std::uint64_t bytes) override {
    reserved_ = bytes;
    return true;
  }
  void release() override { reserved_ = 0; }

 private:
  std::uint64_t reserved_ = 0;
};

/// The log of the world. A crash during a sync loses the batch (it was not synced) or keeps it (it was, and nobody heard).
class CrashingLog final : public test::ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  bool lose_next_batch = false;
  bool lost = false;
  bool any_version = false;       ///< planted: the expected version is not looked at
  StreamId watched;               ///< how often is it folded?
  mutable std::size_t folds = 0;  ///< of `watched`

  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) override {
    if (any_version && !lose_next_batch && !lost) return append_anyhow(batch);
    if (!lose_next_batch && !lost) return inner->append(batch);
    lost = true;
    return std::vector<Result<Appended, AppendError>>(batch.size(), Err(AppendError::failed));
  }
  std::vector<StoredCommit> read_stream(const StreamId& id, Version after) const override {
    if (id == watched) ++folds;
    return inner->read_stream(id, after);
  }

 private:
  std::vector<Result<Appended, AppendError>> append_anyhow(std::span<const Append> batch) {
    std::vector<Result<Appended, AppendError>> out;
    for (Append one : batch) {
      for (StreamHead& head : one.streams) head.expected = inner->head(head.stream);
      out.push_back(inner->append(std::span(&one, 1)).front());
    }
    return out;
  }
};

class Life {
 public:
  Life(std::shared_ptr<EventLog> log, std::shared_ptr<SimDisk> disk, Timeline&, std::shared_ptr<Partners>, CatalogParser,
       const Faults&, std::uint64_t seed);
  ~Life();  ///< a crash: nothing is finished

  EngineActors& engine() { return *engine_; }
  bool has_job() const { return !scheduler_.jobs.empty(); }
  void step(Random&);                          ///< one message of one actor, chosen by chance
  std::optional<Millis> next_timeout() const;  ///< from now
  void advance(Millis);                        ///< actors' clock
  CrashingLog& log() { return *log_; }
  bool dead() const { return dead_; }  ///< the log failed: the process would have stopped

 private:
  std::shared_ptr<CrashingLog> log_;
  prometheus::Registry registry_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::unique_ptr<EngineActors> engine_;
  bool dead_ = false;
};

}  // namespace comd::sim
