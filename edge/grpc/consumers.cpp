#include "edge/grpc/consumers.h"

#include <algorithm>

namespace comd::north {
namespace {

Rejection not_saved(const std::string& why) {
  return {RejectionCode::unavailable, why, {}, "Nothing has changed. Make room or mend the disk, then try again."};
}

Rejection no_consumer(const std::string& name) {
  return {RejectionCode::not_found, "Expected a consumer, but there is none called \"" + name + "\".", "consumer",
          "`comctl log consumers` shows them."};
}

std::optional<Rejection> wrong_name(const LeaseAsked& asked) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  const auto& name = asked.consumer;
  if (name.empty() || name.size() > Consumers::kNameMost || name.front() == '.' ||
      name.find_first_not_of(kLetters) != std::string::npos)
    return Rejection{RejectionCode::invalid,
                     "Expected a name of at most " + std::to_string(Consumers::kNameMost) +
                         " letters, digits, '-', '_' and '.', not beginning with '.', but got \"" + name + "\".",
                     "consumer",
                     {}};
  if (asked.holder.empty() || asked.holder.size() > Consumers::kHolderMost)
    return Rejection{RejectionCode::invalid,
                     "Expected who holds the lease in at most " + std::to_string(Consumers::kHolderMost) + " bytes, but got " +
                         std::to_string(asked.holder.size()) + ".",
                     "holder", "One name for each process that consumes."};
  if (asked.length < Millis{100} || asked.length > Consumers::kLeaseMost)
    return Rejection{RejectionCode::invalid,
                     "Expected a lease of 100 to " + std::to_string(Consumers::kLeaseMost.count()) + " ms, but got " +
                         std::to_string(asked.length.count()) + ".",
                     "lease_ms",
                     {}};
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Consumers>, std::string> Consumers::open(const Clock& clock, std::shared_ptr<ConsumerFiles> files) {
  auto loaded = files->load();
  if (!loaded) return Err(loaded.error());
  std::unique_ptr<Consumers> out(new Consumers(clock, std::move(files)));
  for (auto& record : *loaded) {
    auto& consumer = out->consumers_[record.name];
    consumer.until = record.holder.empty() ? Instant{} : clock.now() + record.lease;
    out->last_token_ = std::max(out->last_token_, record.token);
    consumer.record = std::move(record);
  }
  return out;
}

Result<LeaseGiven, Rejection> Consumers::take(LeaseAsked asked, Position tail) {
  if (auto wrong = wrong_name(asked)) return Err(std::move(*wrong));
  std::function<void(Rejection)> lost;
  LeaseGiven given;
  {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    const auto known = consumers_.find(asked.consumer);
    if (known == consumers_.end() && consumers_.size() >= kMost)
      return Err(Rejection{RejectionCode::limit,
                           "Expected at most " + std::to_string(kMost) + " consumers, but there are as many.", "consumer",
                           "`comctl log forget-consumer` removes one that is not needed any more."});
    Consumer next = known == consumers_.end() ? Consumer{} : known->second;
    if (known == consumers_.end()) {
      next.record.name = asked.consumer;
      next.record.position = asked.begin;
      next.record.created = now;
    }
    if (next.record.position > tail)
      return Err(Rejection{
          RejectionCode::precondition,
          "Expected " + asked.consumer + " to be at a position of this log, which ends at " + std::to_string(number(tail)) +
              ", but it has acknowledged " + std::to_string(number(next.record.position)) + ".",
          "consumer", "It is of another log, or this one was restored. Forget the consumer and say where it begins."});
    if (next.record.holder != asked.holder && (next.held() || next.until > now))
      return Err(Rejection{RejectionCode::unavailable,
                           "Expected the lease of " + asked.consumer + " to be free, but " + next.record.holder + " holds it" +
                               (next.held() ? "." : " until " + comd::to_text(next.until) + "."),
                           "consumer", "Try again later: it runs out when its holder stops to acknowledge."});
    // By the clock as well, so that a forgotten consumer's tokens are none of a new one's, also after a restart.
    last_token_ = std::max(last_token_ + 1, static_cast<std::uint64_t>(now.time_since_epoch().count()));
    next.record.token = last_token_;
    next.record.holder = asked.holder;
    next.record.lease = asked.length;
    if (auto saved = files_->save(next.record); !saved) return Err(not_saved(saved.error()));
    lost = std::exchange(next.lost, std::move(asked.lost));
    next.connected = true;
    next.sent = next.record.position;
    given = {next.record.token, next.record.position};
    consumers_.insert_or_assign(asked.consumer, std::move(next));
  }
  if (lost)
    lost({RejectionCode::precondition,
          "Expected to hold the lease of " + asked.consumer + ", but " + asked.holder + " has taken it.", "consumer",
          "What was not acknowledged is sent to them."});
  return given;
}

void Consumers::sent(const std::string& name, std::uint64_t token, Position position) {
  const std::lock_guard lock(mutex_);
  const auto found = consumers_.find(name);
  if (found == consumers_.end() || found->second.record.token != token) return;
  auto& consumer = found->second;
  if (consumer.held()) consumer.until = clock_.now() + consumer.record.lease;
  consumer.sent = std::max(consumer.sent, position);
}

void Consumers::closed(const std::string& name, std::uint64_t token) {
  std::function<void(Rejection)> gone;  // what it refers to may end with it: not under the lock
  const std::lock_guard lock(mutex_);
  const auto found = consumers_.find(name);
  if (found == consumers_.end() || found->second.record.token != token) return;
  auto& consumer = found->second;
  if (consumer.held() && !consumer.record.holder.empty()) consumer.until = clock_.now() + consumer.record.lease;
  consumer.connected = false;
  gone = std::exchange(consumer.lost, nullptr);
}

Result<Consumers::Consumer*, Rejection> Consumers::find(const std::string& name, std::uint64_t token) {
  const auto found = consumers_.find(name);
  if (found == consumers_.end()) return Err(no_consumer(name));
  const auto& record = found->second.record;
  if (record.token == token) return &found->second;
  return Err(Rejection{RejectionCode::precondition,
                       "Expected the token of the lease of " + name + ", " + std::to_string(record.token) + ", but got " +
                           std::to_string(token) + (record.holder.empty() ? "." : ": " + record.holder + " has taken it."),
                       "token", "Stop, and take the lease again: what was not acknowledged comes again."});
}

Result<Position, Rejection> Consumers::acknowledge(const std::string& name, std::uint64_t token, Position position, Position tail,
                                                   bool release) {
  std::function<void(Rejection)> ended;
  Position at{};
  {
    const std::lock_guard lock(mutex_);
    auto found = find(name, token);
    if (!found) return Err(found.error());
    if (position > tail)
      return Err(Rejection{RejectionCode::invalid,
                           "Expected a position up to " + std::to_string(number(tail)) + ", the end of the log, but got " +
                               std::to_string(number(position)) + ".",
                           "position",
                           {}});
    auto& consumer = **found;
    const auto now = clock_.now();
    ConsumerRecord next = consumer.record;
    next.position = std::max(next.position, position);
    next.acknowledged = now;
    if (release) next.holder.clear();
    if (next.position != consumer.record.position || release)
      if (auto saved = files_->save(next); !saved) return Err(not_saved(saved.error()));
    consumer.record = std::move(next);
    consumer.until = release ? Instant{} : now + consumer.record.lease;
    at = consumer.record.position;
    if (release) {
      consumer.connected = false;
      ended = std::exchange(consumer.lost, nullptr);
    }
  }
  if (ended)
    ended({RejectionCode::precondition, "Expected to hold the lease of " + name + ", but it was given up.", "consumer", {}});
  return at;
}

std::vector<ConsumerStanding> Consumers::list() const {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  std::vector<ConsumerStanding> out;
  for (const auto& [name, consumer] : consumers_) {
    ConsumerStanding standing{consumer.record, consumer.connected, {}};
    if (!consumer.held() && !consumer.record.holder.empty() && consumer.until > now) standing.leased_until = consumer.until;
    out.push_back(std::move(standing));
  }
  return out;
}

Result<void, Rejection> Consumers::forget(const std::string& name) {
  std::function<void(Rejection)> lost;
  {
    const std::lock_guard lock(mutex_);
    const auto found = consumers_.find(name);
    if (found == consumers_.end()) return Err(no_consumer(name));
    if (auto removed = files_->remove(name); !removed) return Err(not_saved(removed.error()));
    lost = std::move(found->second.lost);
    consumers_.erase(found);
  }
  if (lost) lost({RejectionCode::precondition, "Expected the consumer " + name + ", but it was forgotten.", "consumer", {}});
  return {};
}

}  // namespace comd::north
