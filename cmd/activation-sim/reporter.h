#pragma once
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "comd/activation/v1/activation.grpc.pb.h"

namespace comd::sim {

namespace wire = ::comd::activation::v1;
using Steady = std::chrono::steady_clock;

/// Sends reports to comd until they are acknowledged: at least once, with the same report id, over as many connections as it
/// takes. While comd is away they wait.
///
///   send ──▶ queue ──▶ written ──ack 0 or INVALID_ARGUMENT──▶ forgotten
///              ▲          │ any other ack, or the connection broke
///              └──backoff─┘
class Reporter {
 public:
  struct Options {
    std::string address;
    std::string name = "activation-sim";
    bool unary = false;         ///< one call per report instead of one stream
    std::size_t window = 4096;  ///< reports written and not acknowledged
  };
  explicit Reporter(Options);
  ~Reporter();

  void send(wire::ServiceOrderReport);
  void send(wire::ServiceNews);
  void clear();
  void stop();

  struct Counts {
    std::size_t waiting = 0;
    std::uint64_t acknowledged = 0;
  };
  Counts counts() const;

 private:
  /// A report or news, until it is acknowledged.
  struct Item {
    std::uint64_t sequence = 0;
    wire::ServiceOrderReport report;
    wire::ServiceNews news;
    bool is_news = false;
    bool written = false;  ///< on its way; an ack or the end of the connection follows
  };
  using ItemPtr = std::shared_ptr<Item>;
  class Stream;
  struct UnaryCall;

  // All with mutex_ held.
  void add(ItemPtr);
  void pump();
  bool can_begin() const;
  void call(const ItemPtr&);
  void acknowledged(const wire::ReportAck&);
  void settle(const ItemPtr&, int code, const std::string& message);
  void stream_ended(const grpc::Status&);
  void not_reached(const std::string& why);

  void run();

  const Options options_;
  std::unique_ptr<wire::FeedbackService::Stub> stub_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, ItemPtr> all_;  ///< not acknowledged, in the order they were made
  std::unordered_multimap<std::string, ItemPtr> by_id_;
  std::deque<ItemPtr> queue_;
  std::multimap<Steady::time_point, ItemPtr> later_;  ///< comd said "not now"
  Stream* stream_ = nullptr;
  ItemPtr being_written_;  ///< its ack may come before the write is done
  bool writing_ = false, stopping_ = false, away_ = false;
  std::size_t on_stream_ = 0, calls_ = 0;  ///< written and not acknowledged; unary calls under way
  std::uint64_t sequence_ = 0, acknowledged_ = 0;
  Steady::time_point reconnect_at_{};
  std::chrono::milliseconds backoff_{50};
  std::thread worker_;
};

}  // namespace comd::sim
