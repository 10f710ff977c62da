#pragma once
#include <memory>
#include <mutex>
#include <thread>

#include "actors/ports.h"
#include "edge/grpc/outward.h"
#include "edge/webhooks/sender.h"
#include "edge/webhooks/settings.h"
#include "edge/webhooks/standing.h"

namespace comd::webhooks {

/// Delivers the events of one webhook on a thread of its own. It reads the log at its own pace and holds at most `kWaitingMax`
/// events; the log neither waits for it nor knows it. What it has delivered is durable a moment later, so after a crash the last
/// deliveries come again, and none is lost.
class Worker {
 public:
  struct Parts {
    const EventLog& log;
    const Clock& clock;
    std::vector<std::string> secrets;
    outward::Filter filter;
    std::unique_ptr<Sender> sender;
    StandingFile file;
    std::uint64_t seed = 0;
  };
  static constexpr std::size_t kWaitingMax = 1'000;
  static constexpr std::size_t kDeadMax = 10'000;  ///< a full list keeps letters waiting: none is dropped unseen

  /// Goes on where the standing left off. The error says what is wrong with its file.
  static Result<std::unique_ptr<Worker>, std::string> start(Settings, Parts);
  ~Worker();

  /// The log has grown.
  void wake() { parts_.sender->wake(); }
  outward::WebhookStanding standing() const;
  std::vector<DeadLetter> dead() const;
  Result<outward::Redelivery, Rejection> redeliver(const std::vector<std::string>& ids);
  /// What is under way is let go of; it comes again after the next start. Idempotent.
  void stop();

 private:
  Worker(Settings, Parts);
  std::optional<std::string> load();
  void run();
  bool read_more();
  void begin_due();
  void settle(const std::vector<Answer>&);
  Millis patience(bool more) const;
  std::optional<std::string> save();
  void save_when_due();
  std::optional<Letter> letter_of(outward::Teller&, const std::string& id, Position) const;
  Post post_of(const Letter&) const;

  const Settings settings_;
  Parts parts_;
  outward::Teller teller_;

  mutable std::mutex mutex_;
  Deliveries deliveries_;
  Position read_{};
  std::vector<DeadLetter> dead_;
  bool changed_ = false;  ///< since the last save
  Instant saved_at_{};
  bool stopping_ = false, save_failed_ = false;
  std::string last_error_;
  std::optional<Instant> last_delivered_;
  std::uint64_t delivered_ = 0, failed_ = 0, given_up_ = 0;
  std::thread thread_;
};

}  // namespace comd::webhooks
