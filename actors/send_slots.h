#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/breaker.h"

namespace comd {

class SendSlots;

/// One place in a lane, taken for a call that is being decided. It goes back when it goes away, unless it was used.
class SendSlot {
 public:
  SendSlot(std::shared_ptr<SendSlots> of, std::string lane, Breaker::Ticket ticket)
      : of_(std::move(of)), lane_(std::move(lane)), ticket_(ticket) {}
  SendSlot(SendSlot&&) = default;
  SendSlot& operator=(SendSlot&&) = delete;
  ~SendSlot();

  /// The call is the dispatcher's from here on. Once.
  Breaker::Ticket use();

 private:
  std::shared_ptr<SendSlots> of_;  ///< empty: moved from, or used
  std::string lane_;
  Breaker::Ticket ticket_;
};

/// Places that the dispatcher lends ahead, of lanes in which nobody waits: who takes one records the send in the same append as the
/// decision to send, and needs neither a row of the outbox nor a second append. Any thread.
class SendSlots : public std::enable_shared_from_this<SendSlots> {
 public:
  /// Nothing: none is lent now, or comd is stopping.
  std::optional<SendSlot> take(const std::string& lane);

  // For the dispatcher.
  void lend(const std::string& lane, Breaker::Ticket);
  /// And not taken; nothing: nobody has asked for one in this lane.
  std::optional<std::size_t> lent(const std::string& lane) const;
  /// Those that nobody has taken.
  std::vector<Breaker::Ticket> take_back(const std::string& lane);

  void close();
  /// Taken, and neither used nor given back.
  std::size_t taken() const;

 private:
  friend SendSlot;
  void give_back(const std::string& lane, Breaker::Ticket);
  void used();

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Breaker::Ticket>, std::less<>> free_;
  std::size_t taken_ = 0;
  bool closed_ = false;
};

}  // namespace comd
