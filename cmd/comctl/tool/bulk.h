#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>

#include "cmd/comctl/tool/client.h"
#include "cmd/comctl/tool/progress.h"
#include "comd/api/v1/product_order.grpc.pb.h"

/// Many orders over one stream. What the server says to try later is tried later; when the stream breaks, a new one is opened and
/// whatever has no answer is sent again: submissions are idempotent.
namespace comd::ctl {

class BulkSubmit {
 public:
  using Result = Outcome<api::v1::SubmitResponse>;

  /// `progress` hears after each result; `remark` is told what people should know (the server went away).
  BulkSubmit(const Client& client, Millis patience, std::vector<api::v1::SubmitRequest> orders,
             std::function<void(const Tally&)> progress, std::function<void(const std::string&)> remark);

  /// One result per order, in the orders' order.
  std::vector<Result> run();

 private:
  using Stream = grpc::ClientReaderWriter<api::v1::SubmitStreamRequest, api::v1::SubmitStreamResponse>;
  using Clock = std::chrono::steady_clock;
  /// An order that is to be sent, not before `when`.
  struct Due {
    Clock::time_point when;
    std::size_t order;
    auto operator<=>(const Due&) const = default;
  };

  grpc::Status one_stream();
  void write_all(Stream& stream);
  std::optional<std::size_t> next_to_write();
  void take(const api::v1::SubmitStreamResponse& response);
  void settle(std::size_t order, Result result);  // REQUIRES: mutex_ is held
  void give_up(const Failure& failure);

  const Client& client_;
  const Millis patience_;
  std::vector<api::v1::SubmitRequest> orders_;
  std::function<void(const Tally&)> progress_;
  std::function<void(const std::string&)> remark_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Result>> results_;
  std::set<Due> due_;
  std::size_t in_flight_ = 0, window_;
  Tally tally_;
  bool stream_over_ = false;
  bool heard_ = false;  ///< the server answered at least once
  Clock::time_point last_result_;
};

}  // namespace comd::ctl
