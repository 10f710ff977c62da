#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "edge/grpc/narrator.h"
#include "edge/grpc/outward.h"

/// What happens, told to everybody who watches. One thread reads the log once for all that keep up; a watcher that does not is
/// let go and reads the log at its own pace, on the second thread, until it has caught up. Without watchers nothing is read.
namespace comd::north {

template <class Item>
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual bool wants(const OrderId&) const = 0;
  /// What there is to tell of the commits up to `at`. False: cannot take more now, do not tell me again until I attach again.
  virtual bool hear(const std::vector<Item>&, Position at) = 0;
  /// One bounded piece of work: read some, catch up. True: there is more to do.
  virtual bool catch_up() = 0;
  /// The process stops.
  virtual void end() = 0;
};

/// `Teller` makes of a commit what its watchers hear: Narrator, outward::Teller.
template <class Teller>
class Feed {
 public:
  using Item = typename Teller::Item;
  using Listener = std::shared_ptr<Watcher<Item>>;

  explicit Feed(Engine&);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  /// From now on `hear` gets everything after `at`. False: commits after `at` have been told already; read them first.
  bool attach(const Listener&, Position at);
  /// Gone for good.
  void leave(const Listener&);
  /// Calls catch_up on the second thread until it says it is done.
  void schedule(const Listener&);

  std::size_t watchers() const { return watchers_; }
  /// Ends all watchers and threads. Idempotent.
  void stop();

 private:
  void tell_all();
  void catch_up_all();

  static constexpr std::size_t kPage = 256;      ///< commits read at once
  static constexpr std::size_t kStreams = 4096;  ///< folded streams kept

  Engine& engine_;
  std::uint64_t ticket_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_, work_;
  struct Seat {
    Listener watcher;
    std::uint64_t ticket = 0;  ///< a watcher that left and came back has another seat
    bool operator==(const Seat&) const = default;
  };
  std::vector<Seat> live_;
  std::uint64_t next_ticket_ = 1;
  std::deque<Listener> behind_;
  std::vector<std::weak_ptr<Watcher<Item>>> all_;
  Position told_{};
  std::uint64_t tail_ = 0;
  bool stopped_ = false;
  std::atomic<std::size_t> watchers_{0};
  std::thread teller_, helper_;
};

using OrderFeed = Feed<Narrator>;
using EventFeed = Feed<outward::Teller>;

}  // namespace comd::north
