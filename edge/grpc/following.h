#pragma once
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <optional>

#include "edge/grpc/errors.h"
#include "edge/grpc/feed.h"

namespace comd::north {

/// A stream that ends before it begins.
template <class Reactor>
class Refused final : public Reactor {
 public:
  explicit Refused(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

/// One call that follows the feed: what is new goes into a bounded queue; a client that is slower than the feed is left to read
/// the log at its own pace until it has caught up. Owns itself until gRPC is done with it.
template <class Teller, class Message>
class Following : public grpc::ServerWriteReactor<Message>,
                  public Watcher<typename Teller::Item>,
                  public std::enable_shared_from_this<Following<Teller, Message>> {
 public:
  using Item = typename Teller::Item;

  template <class Self>
  static Self* launch(std::shared_ptr<Self> self) {
    self->self_ = self;
    self->feed_.schedule(self);
    return self.get();
  }

  // Called by the feed.
  bool hear(const std::vector<Item>& items, Position at) final {
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return false;
      if (queue_.size() + items.size() > kQueueMax && !queue_.empty()) {
        behind_ = true;  // goes on when the queue has been sent
        return false;
      }
    }
    take(items, at);
    return true;
  }
  bool catch_up() final;
  void end() final {
    finish(status_of(Rejection{RejectionCode::unavailable,
                               "Expected to go on watching, but comd is stopping.",
                               {},
                               "Watch again from the last position received."}));
  }

  // Called by gRPC.
  void OnWriteDone(bool ok) final;
  void OnCancel() final { finish(grpc::Status::CANCELLED); }
  void OnDone() final {
    const auto keep = std::move(self_);
    feed_.leave(keep);
  }

 protected:
  Following(Feed<Teller>& feed, const EventLog& log) : feed_(feed), log_(log), teller_(log, kStreams) {}

  /// Once, before anything is read: sets `at_`.
  virtual void begin() = 0;
  /// Puts what is for this client into `queue_`; may set `ended_`: then the call is over when the queue is sent. REQUIRES: mutex_
  /// is held.
  virtual void pick(const std::vector<Item>&) = 0;

  /// Everything up to `at`. The position moves even when nothing is picked.
  void take(const std::vector<Item>& items, Position at) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_ || finished_) return;
      pick(items);
      at_ = std::max(at_, at);
    }
    write_next();
  }
  void write_next();
  void finish(const grpc::Status&);

  static constexpr std::size_t kQueueMax = 2048;  ///< messages waiting for a slow client before it is left to read the log itself
  static constexpr std::size_t kPage = 256;       ///< commits read at once while catching up
  static constexpr std::size_t kStreams = 256;    ///< folded streams kept while catching up

  Feed<Teller>& feed_;
  const EventLog& log_;
  std::shared_ptr<Following> self_;
  Teller teller_;  ///< of the thread that catches up

  std::mutex mutex_;
  std::deque<Message> queue_;
  Position at_{};  ///< everything up to here is in the queue or sent
  bool ended_ = false, finished_ = false;

 private:
  std::optional<grpc::Status> last_;  ///< to be sent when the write under way is done
  bool begun_ = false;                ///< of the thread that catches up
  bool writing_ = false, behind_ = true, reading_ = true;
};

template <class Teller, class Message>
bool Following<Teller, Message>::catch_up() {
  if (!begun_) {
    begun_ = true;
    begin();
  }
  Position after{};
  {
    const std::lock_guard lock(mutex_);
    if (finished_ || ended_) return false;
    if (!queue_.empty()) {
      reading_ = false;  // the client first; OnWriteDone comes back for more
      return false;
    }
    after = at_;
  }
  const auto page = log_.read_feed(after, kPage);
  if (page.empty()) {
    {
      const std::lock_guard lock(mutex_);
      behind_ = false;
      reading_ = false;
    }
    if (feed_.attach(this->shared_from_this(), after)) return false;
    const std::lock_guard lock(mutex_);
    behind_ = reading_ = true;
    return true;
  }
  std::vector<Item> items;
  for (const auto& commit : page) {
    std::ranges::move(teller_.tell(commit, [this](const OrderId& order) { return this->wants(order); }),
                      std::back_inserter(items));
  }
  take(items, page.back().position);
  return true;
}

template <class Teller, class Message>
void Following<Teller, Message>::OnWriteDone(bool ok) {
  bool more = false;
  std::optional<grpc::Status> last;
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    queue_.pop_front();
    last = std::exchange(last_, std::nullopt);
    if (ok && queue_.empty() && behind_ && !reading_ && !ended_ && !finished_) more = reading_ = true;
  }
  if (last) return this->Finish(*last);
  if (!ok) return finish(grpc::Status::CANCELLED);
  if (more) feed_.schedule(this->shared_from_this());
  write_next();
}

template <class Teller, class Message>
void Following<Teller, Message>::write_next() {
  const Message* write = nullptr;
  bool done = false;
  {
    const std::lock_guard lock(mutex_);
    if (finished_ || writing_) return;
    if (!queue_.empty()) {
      writing_ = true;
      write = &queue_.front();
    } else if (ended_) {
      finished_ = done = true;
    }
  }
  if (write != nullptr) this->StartWrite(write);
  if (done) this->Finish(grpc::Status::OK);
}

template <class Teller, class Message>
void Following<Teller, Message>::finish(const grpc::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    if (writing_) {
      last_ = status;
      return;
    }
  }
  this->Finish(status);
}

}  // namespace comd::north
