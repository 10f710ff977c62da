#include "edge/grpc/consumers.h"
#include "edge/grpc/following.h"
#include "edge/grpc/log_calls.h"
#include "edge/grpc/log_pages.h"
#include "edge/grpc/log_stream.h"

namespace comd::north {
namespace {

class Consuming final : public LogStream<api::ConsumeResponse> {
 public:
  Consuming(const Core& core, LogWaiters& waiters, std::string consumer)
      : LogStream(waiters), log_(core.reader.log()), consumers_(*core.consumers), name_(std::move(consumer)) {}

  void begin(const LeaseGiven& lease, Millis length, LogFilter filter, const Showing& showing) {
    lease_ = lease;
    length_ = length;
    pages_.emplace(log_, std::move(filter), showing, lease.position, std::nullopt);
  }

 private:
  Next next(api::ConsumeResponse& out, Position& at) override {
    if (!std::exchange(begun_, true)) {
      out.mutable_lease()->set_token(lease_.token);
      out.mutable_lease()->set_lease_ms(static_cast<std::uint32_t>(length_.count()));
      out.mutable_lease()->set_position(number(lease_.position));
    } else if (pages_->next(*out.mutable_commits()) == LogPages::Page::idle) {
      at = pages_->position();
      return Next::wait;
    }
    out.set_position(number(pages_->position()));
    out.set_tail(number(log_.tail()));
    if (out.commits_size() > 0) consumers_.sent(name_, lease_.token, pages_->position());
    return Next::write;
  }
  void closed() override { consumers_.closed(name_, lease_.token); }

  const EventLog& log_;
  Consumers& consumers_;
  const std::string name_;
  LeaseGiven lease_;
  Millis length_{0};
  std::optional<LogPages> pages_;
  bool begun_ = false;
};

Result<std::shared_ptr<Consuming>, Rejection> begin(Core& core, const api::ConsumeRequest& request) {
  if (core.consumers == nullptr)
    return Err(
        Rejection{RejectionCode::unavailable, "Expected to keep consumers, but this comd was given no place for them.", {}, {}});
  auto filter = LogFilter::make(request.filter());
  if (!filter) return Err(filter.error());
  const auto tail = core.reader.log().tail();
  const auto after = position_in(core.reader.log(), request.after_position(), "after_position");
  if (!after) return Err(after.error());
  if (auto in = let_in(core); !in) return Err(in.error());
  auto call = std::make_shared<Consuming>(core, core.log_waiters, request.consumer());
  LeaseAsked asked;
  asked.consumer = request.consumer();
  asked.holder = request.holder();
  if (request.lease_ms() != 0) asked.length = Millis{request.lease_ms()};
  asked.begin = request.has_after_position() ? *after : tail;
  asked.lost = [weak = std::weak_ptr(call)](const Rejection& why) {
    if (const auto alive = weak.lock()) alive->end(status_of(why));
  };
  const auto length = asked.length;
  const auto lease = core.consumers->take(std::move(asked), tail);
  if (!lease) {
    core.log_waiters.left();
    return Err(lease.error());
  }
  call->begin(*lease, length, std::move(*filter), {request.records(), request.events()});
  return call;
}

}  // namespace

grpc::ServerWriteReactor<api::ConsumeResponse>* start_consume(Core& core, const api::ConsumeRequest& request) {
  auto call = begin(core, request);
  core.ended("Consume", call ? grpc::Status::OK : status_of(call.error()));
  if (!call) return new Refused<grpc::ServerWriteReactor<api::ConsumeResponse>>(status_of(call.error()));
  return Consuming::launch(std::move(*call));
}

}  // namespace comd::north
