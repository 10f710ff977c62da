#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"

/// The door to the webhooks for people: what they have delivered, what they gave up, and to try that again. Thread-safe.
namespace comd::outward {

struct WebhookStanding {
  std::string name, url;
  TenantId tenant;
  std::vector<std::string> types;
  Position read{};  ///< every commit up to here is delivered, waiting or dead
  std::size_t waiting = 0, under_way = 0, dead = 0;
  std::optional<Instant> oldest;    ///< time of the oldest event that waits
  std::optional<Instant> next_try;  ///< nothing: none is put off
  std::uint32_t failures = 0;       ///< in a row
  std::string last_error;
  std::optional<Instant> last_delivered;
  std::uint64_t delivered = 0, failed = 0, given_up = 0;  ///< since the start; failed: tries
};

/// A notification given up after its last attempt.
struct DeadLetter {
  std::string id;
  Position position{};
  std::string type;
  OrderId order;
  Instant time{};  ///< of the event
  Instant given_up{};
  std::uint32_t attempts = 0;
  std::string error;  ///< of the last attempt
  bool operator==(const DeadLetter&) const = default;
};

struct Redelivery {
  std::size_t queued = 0;
  std::vector<std::string> unknown;  ///< ids that are not in the list
};

class WebhookDesk {
 public:
  virtual ~WebhookDesk() = default;
  virtual std::vector<WebhookStanding> list() const = 0;
  /// Oldest first. Nothing: no such webhook.
  virtual std::optional<std::vector<DeadLetter>> dead(const std::string& webhook) const = 0;
  /// `ids` empty: all. Durable when it returns.
  virtual Result<Redelivery, Rejection> redeliver(const std::string& webhook, const std::vector<std::string>& ids) = 0;
};

}  // namespace comd::outward
