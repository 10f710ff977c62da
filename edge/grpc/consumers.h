#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/ports.h"

/// Named consumers of the log: how far each has acknowledged, and who may acknowledge now. The log knows nothing of them, so whoever
/// is slow or gone holds nothing up and keeps nothing.
namespace comd::north {

/// What a consumer must not lose: a file of its own beside the log (cmd/comd/daemon/consumer_files.h).
struct ConsumerRecord {
  std::string name;
  Position position{};      ///< acknowledged
  std::uint64_t token = 0;  ///< of the last lease; it only grows, and no lease ever had a larger one
  std::string holder;       ///< of the last lease; empty: it was given up
  Millis lease{0};
  Instant created{}, acknowledged{};
  bool operator==(const ConsumerRecord&) const = default;
};

/// On the disk when a call returns. Called one at a time.
class ConsumerFiles {
 public:
  virtual ~ConsumerFiles() = default;
  virtual Result<std::vector<ConsumerRecord>, std::string> load() = 0;
  virtual Result<void, std::string> save(const ConsumerRecord&) = 0;
  virtual Result<void, std::string> remove(const std::string& name) = 0;
};

struct LeaseAsked {
  std::string consumer, holder;
  Millis length{30'000};
  Position begin{};                     ///< of a consumer that is new
  std::function<void(Rejection)> lost;  ///< another one has it, or the consumer was forgotten; called without any lock
};
struct LeaseGiven {
  std::uint64_t token = 0;
  Position position{};
};
struct ConsumerStanding {
  ConsumerRecord record;
  bool connected = false;
  std::optional<Instant> leased_until;  ///< nothing: no lease, or connected and nothing to acknowledge
};

/// A lease is held while its stream is open and nothing that was sent waits for an acknowledgement. Otherwise it runs out: its length
/// after the first of what waits was sent, after the last acknowledgement, or after the stream's end. Until somebody else takes it its
/// token stays good. After a start of comd those that were held run out as if their streams had just ended. Thread-safe.
class Consumers {
 public:
  static constexpr std::size_t kMost = 256, kNameMost = 64, kHolderMost = 128;
  static constexpr Millis kLeaseMost{3'600'000};

  /// The error says what is wrong with the files.
  static Result<std::unique_ptr<Consumers>, std::string> open(const Clock&, std::shared_ptr<ConsumerFiles>);

  Result<LeaseGiven, Rejection> take(LeaseAsked, Position tail);
  /// Everything up to `position` has been sent to the holder.
  void sent(const std::string& consumer, std::uint64_t token, Position);
  /// The stream is over.
  void closed(const std::string& consumer, std::uint64_t token);
  /// Durable when it returns. Gives how far the consumer is.
  Result<Position, Rejection> acknowledge(const std::string& consumer, std::uint64_t token, Position, Position tail,
                                          bool release);
  std::vector<ConsumerStanding> list() const;
  Result<void, Rejection> forget(const std::string& consumer);

 private:
  struct Consumer {
    ConsumerRecord record;
    bool connected = false;
    Position sent{};
    Instant until{};  ///< when the lease runs out, while it does
    std::function<void(Rejection)> lost;
    bool held() const { return connected && sent <= record.position; }
  };
  Consumers(const Clock& clock, std::shared_ptr<ConsumerFiles> files) : clock_(clock), files_(std::move(files)) {}
  Result<Consumer*, Rejection> find(const std::string& name, std::uint64_t token);

  const Clock& clock_;
  const std::shared_ptr<ConsumerFiles> files_;
  mutable std::mutex mutex_;
  std::map<std::string, Consumer> consumers_;
  std::uint64_t last_token_ = 0;
};

}  // namespace comd::north
