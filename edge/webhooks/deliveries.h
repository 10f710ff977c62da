#pragma once
#include <deque>
#include <map>
#include <random>
#include <set>

#include "edge/grpc/outward_desk.h"

namespace comd::webhooks {

using outward::DeadLetter;

/// How a webhook tries.
struct Policy {
  std::size_t window = 8;       ///< deliveries under way at once, each of another order
  std::uint32_t attempts = 12;  ///< of one event, then it is a dead letter
  Millis first_pause{1'000}, longest_pause{300'000};
  std::uint32_t trouble = 5;  ///< failures in a row after which only one delivery at a time is tried, with pauses
};

/// One event on its way to one webhook.
struct Letter {
  std::string id;
  Position position{};
  std::size_t rank = 0;  ///< among the events of its commit
  std::string type;
  OrderId order;
  Instant time{};
  std::string body;
  std::uint32_t attempts = 0;
};

/// Which notification leaves next: in order per order, other orders go on. Pure: told the time, and drawing jitter from its seed.
class Deliveries {
 public:
  Deliveries(Policy policy, std::uint64_t seed) : policy_(policy), random_(seed) {}

  /// Behind everything of its order that is older; never before one that is under way. One that is there already is not added.
  void add(Letter);
  /// Those to send now; each is under way until it is settled.
  std::vector<Letter> take(Instant now);
  void delivered(const std::string& id, Instant now);
  /// Tried in vain. Given back when that was the last attempt: it is not waiting any more. `may_give_up` false: it goes on.
  std::optional<DeadLetter> failed(const std::string& id, const std::string& error, Instant now, bool may_give_up = true);

  /// When `take` has something again, as far as that depends on time alone.
  std::optional<Instant> next_due() const;
  std::size_t waiting() const { return size_; }  ///< those under way included
  std::size_t under_way() const { return under_way_.size(); }
  std::uint32_t failures() const { return failures_; }
  std::optional<Instant> oldest() const;
  /// In feed order, those under way included.
  std::vector<const Letter*> pending() const;

 private:
  struct Lane {
    std::deque<Letter> letters;
    Instant due{};
    bool under_way = false;
  };
  std::size_t room() const;
  Millis pause(std::uint32_t failures);
  void pop(std::map<OrderId, Lane>::iterator);

  const Policy policy_;
  std::mt19937_64 random_;
  std::map<OrderId, Lane> lanes_;
  std::map<std::string, OrderId> under_way_;  ///< id → order
  std::size_t size_ = 0;
  std::uint32_t failures_ = 0;  ///< in a row
  Instant quiet_until_{};       ///< in trouble: nothing before
};

}  // namespace comd::webhooks
