#include "cmd/comctl/tool/bulk.h"

#include <fmt/format.h>

#include <thread>

#include "cmd/comctl/tool/text.h"
#include "comd/api/v1/product_order.grpc.pb.h"

namespace comd::ctl {
namespace {

constexpr std::size_t kWindow = 1024;  // orders sent and not yet answered
constexpr std::size_t kWindowLeast = 16;
constexpr Millis kRetryLeast{100}, kReconnect{200};

}  // namespace

BulkSubmit::BulkSubmit(const Client& client, Millis patience, std::vector<api::v1::SubmitRequest> orders,
                       std::function<void(const Tally&)> progress, std::function<void(const std::string&)> remark)
    : client_(client),
      patience_(patience),
      orders_(std::move(orders)),
      progress_(std::move(progress)),
      remark_(std::move(remark)),
      results_(orders_.size()),
      window_(kWindow),
      last_result_(Clock::now()) {
  tally_.total = orders_.size();
}

std::vector<BulkSubmit::Result> BulkSubmit::run() {
  bool said = false;
  while (tally_.done < tally_.total) {
    const auto status = one_stream();
    if (tally_.done == tally_.total) break;
    const auto failure = status.ok()
                             ? failure_of(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream ended early"), client_.server())
                             : failure_of(status, client_.server());
    if (!heard_ || !worth_repeating(failure) || Clock::now() - last_result_ > patience_) {
      give_up(failure);
      break;
    }
    if (!said)
      remark_(fmt::format("The server went away; sending again what has no answer, for up to {}", show_duration(patience_)));
    said = true;
    std::this_thread::sleep_for(kReconnect);
    client_.wait_for_server(kReconnect);
  }
  std::vector<Result> out;
  for (auto& result : results_) out.push_back(std::move(*result));
  return out;
}

grpc::Status BulkSubmit::one_stream() {
  due_.clear();
  in_flight_ = 0;
  stream_over_ = false;
  for (std::size_t i = 0; i < orders_.size(); ++i)
    if (!results_[i]) due_.insert({Clock::time_point{}, i});

  grpc::ClientContext context;
  client_.prepare(context);
  const auto stream = client_.stub<api::v1::ProductOrderService>()->SubmitStream(&context);
  std::thread writer([&] { write_all(*stream); });
  api::v1::SubmitStreamResponse response;
  while (stream->Read(&response)) take(response);
  {
    const std::lock_guard lock(mutex_);
    stream_over_ = true;
  }
  changed_.notify_all();
  writer.join();
  return stream->Finish();
}

void BulkSubmit::write_all(Stream& stream) {
  while (const auto order = next_to_write()) {
    api::v1::SubmitStreamRequest request;
    request.set_sequence(*order);
    *request.mutable_order() = orders_[*order];
    if (!stream.Write(request)) return;  // the reader learns why
  }
  stream.WritesDone();
}

/// Waits for room and for something that is due. Nothing: all are answered, or the stream is over.
std::optional<std::size_t> BulkSubmit::next_to_write() {
  std::unique_lock lock(mutex_);
  while (!stream_over_ && tally_.done < tally_.total) {
    if (due_.empty() || in_flight_ >= window_) {
      changed_.wait(lock);
    } else if (const auto next = *due_.begin(); next.when <= Clock::now()) {
      due_.erase(due_.begin());
      ++in_flight_;
      return next.order;
    } else {
      changed_.wait_until(lock, next.when);
    }
  }
  return std::nullopt;
}

void BulkSubmit::take(const api::v1::SubmitStreamResponse& response) {
  {
    const std::lock_guard lock(mutex_);
    const auto order = static_cast<std::size_t>(response.sequence());
    if (order >= results_.size() || results_[order]) return;
    heard_ = true;
    --in_flight_;
    if (response.has_accepted()) {
      settle(order, response.accepted());
    } else {
      auto failure = failure_of(response.error());
      if (worth_repeating(failure) && Clock::now() - last_result_ < patience_) {
        window_ = std::max(kWindowLeast, window_ / 2);
        due_.insert({Clock::now() + std::max(failure.retry_after, kRetryLeast), order});
      } else {
        settle(order, tl::unexpected(std::move(failure)));
      }
    }
  }
  changed_.notify_all();
  progress_(tally_);
}

void BulkSubmit::settle(std::size_t order, Result result) {
  if (!result)
    ++tally_.refused;
  else if (window_ < kWindow)
    ++window_;
  results_[order] = std::move(result);
  ++tally_.done;
  last_result_ = Clock::now();
}

void BulkSubmit::give_up(const Failure& failure) {
  for (std::size_t i = 0; i < results_.size(); ++i)
    if (!results_[i]) settle(i, tl::unexpected(failure));
}

}  // namespace comd::ctl
