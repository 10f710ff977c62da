#pragma once
#include "actors/admission.h"
#include "actors/shared.h"

/// The actors of one engine, without the engine: for `start_engine`, and for tests that bring their own actor system (CAF's
/// deterministic test scheduler), their own ports and planted bugs.
namespace comd {

/// All that an engine needs from outside.
struct EngineParts {
  std::shared_ptr<EventLog> log;
  std::shared_ptr<Clock> clock;
  std::shared_ptr<ActivationPort> activation;
  std::shared_ptr<ProductInventoryPort> inventory;  ///< may be empty
  CatalogParser parse;
  EngineOptions options;
  std::shared_ptr<Metrics> metrics;
  Faults faults;
  /// Called by the writer when the log fails. Default: says what to do on the log and aborts the process.
  std::function<void(const std::string&)> on_log_failure;
  std::shared_ptr<DiskSpace> disk = nullptr;  ///< may be empty: then nobody looks
  std::shared_ptr<KeyPort> keys = nullptr;    ///< may be empty: then nothing is sealed, and there is nothing to destroy
};

class EngineActors {
 public:
  /// Loads the catalogues, spawns everything, and starts it.
  EngineActors(caf::actor_system&, EngineParts);

  void execute(StreamId, AnyCommand, Cause, std::function<void(Reply)> done);
  std::size_t in_flight() const { return shared_->gate->in_flight.load(); }
  /// Nothing is being answered and no call is under way whose outcome could be recorded.
  bool quiet() const {
    const bool calls = shared_->slots->taken() > 0 || shared_->effects_under_way > 0;
    return shared_->gate->in_flight == 0 && (!calls || shared_->disk.read_only());
  }
  void stop_admitting();
  /// Ends all actors, whatever they are doing: with the test scheduler a crash. They are gone when the scheduler has run.
  void kill();

  Shared& shared() const { return *shared_; }
  EngineFigures figures() const {
    return {static_cast<std::size_t>(shared_->metrics->residents.Value()), shared_->gate->in_flight};
  }

 private:
  std::optional<Turned> turn_away(const StreamId&, const product_order::Submit&) const;
  std::optional<Turned> full_or_held(const StreamId&, const product_order::Submit&) const;

  std::shared_ptr<Shared> shared_;
};

}  // namespace comd
