#include "edge/south/lane.h"

#include <spdlog/spdlog.h>

#include "domain/check.h"
#include "edge/south/submit_stream.h"
#include "edge/south/wire.h"

namespace comd::south {
namespace {

using service_order::Outcome;
using namespace std::chrono_literals;

constexpr auto kLookWhileWaiting = 5ms, kLookWhileConnecting = 20ms, kLookWhileStreaming = 50ms, kLookWhileIdle = 200ms;
constexpr auto kCapabilitiesTimeout = 5s;

std::string metadata(const grpc::ClientContext& context, const char* name) {
  const auto& all = context.GetServerTrailingMetadata();
  const auto found = all.find(name);
  return found == all.end() ? std::string{} : std::string(found->second.data(), found->second.size());
}

CallEnd end_of(const grpc::ClientContext& context, const grpc::Status& status) {
  return {status.error_code(), status.error_message(), fault_class_of(metadata(context, "comd-fault-class")),
          metadata(context, "comd-fault-code")};
}

/// What an activation system finds in its call's metadata, for tracing without looking into the message.
void add_metadata(grpc::ClientContext& context, const ActivationCall& call) {
  if (!call.meta.correlation.empty()) context.AddMetadata("comd-correlation-id", call.meta.correlation);
  if (!call.meta.traceparent.empty()) context.AddMetadata("traceparent", call.meta.traceparent);
  context.AddMetadata("comd-idempotency-key", call.effect.key);
}

void read_submit(const wire::SubmitResponse& response, Outcome& outcome) { outcome.reference = response.reference(); }

void read_get(const wire::GetResponse& response, Outcome& outcome) {
  outcome.reference = response.reference();
  auto report = report_of(response.report());
  if (report)
    outcome.answer = std::move(*report);
  else
    outcome = unknown("BAD_ANSWER", "The answer to Get cannot be used. " + report.error());
}

}  // namespace

/// One unary call under way; deletes itself when answered.
template <class Request, class Response>
struct Lane::Unary {
  CallPtr call;
  grpc::ClientContext context;
  Request request;
  Response response;
};

Lane::Lane(TargetOptions options, std::shared_ptr<grpc::Channel> channel, std::function<void()> wake)
    : options_(std::move(options)),
      channel_(std::move(channel)),
      stub_(wire::ActivationService::NewStub(channel_)),
      wake_(std::move(wake)) {}

void Lane::call(ActivationCall activation, ActivationPort::Done done) {
  const auto now = Steady::now();
  const auto timeout = activation.effect.call_timeout;
  auto call = std::make_unique<Call>(
      Call{std::move(activation), std::move(done), now + std::min(options_.connect_wait, timeout), now + timeout});
  {
    const std::lock_guard lock(mutex_);
    const bool at_once = !stopping_ && waiting_.empty() && has_room() && connected();
    if (!at_once)
      waiting_.push_back(std::move(call));
    else
      ++in_flight_;
  }
  if (call)
    begin(std::move(call));
  else
    wake_();
}

bool Lane::connected() const { return channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY; }
bool Lane::has_room() const { return max_in_flight_ == 0 || in_flight_ < max_in_flight_; }

Steady::time_point Lane::tick(Steady::time_point now) {
  const auto state = channel_->GetState(/*try_to_connect=*/true);
  follow_connection(state == GRPC_CHANNEL_READY);
  if (state == GRPC_CHANNEL_READY) pump();
  // No connection could be made: what waits is given back now, so that the lane's breaker can see it. Otherwise only what
  // waited long enough.
  give_up_waiting(state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN ? Steady::time_point::max() : now);
  std::shared_ptr<SubmitStream> stream;
  {
    const std::lock_guard lock(mutex_);
    stream = stream_;
  }
  if (stream) stream->expire(now);
  const std::lock_guard lock(mutex_);
  if (stream_ && stream_->broken()) stream_.reset();
  if (!waiting_.empty()) return now + kLookWhileWaiting;
  if (state == GRPC_CHANNEL_CONNECTING) return now + kLookWhileConnecting;
  return now + (stream_ && !stream_->idle() ? kLookWhileStreaming : kLookWhileIdle);
}

void Lane::follow_connection(bool now_connected) {
  {
    const std::lock_guard lock(mutex_);
    if (now_connected == was_connected_) return;
    was_connected_ = now_connected;
    if (!now_connected) streaming_ = false;  // it may come back as another version
  }
  if (now_connected) {
    spdlog::info("Connected to activation system {} at {}", options_.name, options_.address);
    ask_capabilities();
  } else {
    spdlog::warn("Lost the connection to activation system {} at {}; connecting again", options_.name, options_.address);
  }
}

void Lane::ask_capabilities() {
  auto ask = std::make_shared<Unary<wire::GetCapabilitiesRequest, wire::Capabilities>>();
  ask->request.set_target(options_.name);
  ask->context.set_deadline(std::chrono::system_clock::now() + kCapabilitiesTimeout);
  enlist(&ask->context);
  stub_->async()->GetCapabilities(&ask->context, &ask->request, &ask->response, [this, ask](const grpc::Status& status) mutable {
    if (status.ok()) {
      const wire::Capabilities& can = ask->response;
      spdlog::info("Activation system {} is {}: streaming={} max_in_flight={} delivery={}", options_.name, can.system(),
                   can.streaming(), can.max_in_flight(), wire::Delivery_Name(can.delivery()));
      const std::lock_guard lock(mutex_);
      system_ = can.system();
      streaming_ = can.streaming() && options_.streaming;
      max_in_flight_ = can.max_in_flight();
    } else {
      spdlog::warn("Activation system {} did not tell its capabilities ({}: {}); using unary calls", options_.name,
                   status_name(status.error_code()), status.error_message());
    }
    let_go(ask);
  });
}

void Lane::pump() {
  for (;;) {
    CallPtr call;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || waiting_.empty() || !has_room()) return;
      call = std::move(waiting_.front());
      waiting_.pop_front();
      ++in_flight_;
    }
    begin(std::move(call));
  }
}

void Lane::give_up_waiting(Steady::time_point now) {
  std::deque<CallPtr> late;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
    std::erase_if(waiting_, [&](CallPtr& call) {
      if (!stopping_ && call->connect_by > now) return false;
      late.push_back(std::move(call));
      return true;
    });
  }
  for (auto& call : late) {
    call->done(stopping ? not_sent("STOPPING", "comd is stopping; nothing was sent.")
                        : not_sent("NOT_CONNECTED", "Expected a connection to " + options_.name + " at " + options_.address +
                                                        ", but there is none to be had. Nothing was sent."));
  }
}

void Lane::begin(CallPtr call) {
  switch (call->call.effect.kind) {
    case EffectKind::submit:
      if (begin_on_stream(call)) return;
      return begin_unary<wire::SubmitRequest, wire::SubmitResponse>(
          std::move(call), fill_submit, [this](auto&&... all) { stub_->async()->Submit(all...); }, read_submit);
    case EffectKind::ask:
      return begin_unary<wire::GetRequest, wire::GetResponse>(
          std::move(call), fill_get, [this](auto&&... all) { stub_->async()->Get(all...); }, read_get);
    case EffectKind::cancel:
      return begin_unary<wire::CancelRequest, wire::CancelResponse>(
          std::move(call), fill_cancel, [this](auto&&... all) { stub_->async()->Cancel(all...); },
          [](const wire::CancelResponse&, Outcome&) {});
    case EffectKind::amend:
      return begin_unary<wire::ReviseRequest, wire::ReviseResponse>(
          std::move(call), fill_revise, [this](auto&&... all) { stub_->async()->Revise(all...); },
          [](const wire::ReviseResponse&, Outcome&) {});
    case EffectKind::product:
    case EffectKind::push:
    case EffectKind::repair:
    case EffectKind::erase: break;
  }
  CHECK(!"only submit, ask, cancel and amend are calls to an activation system");
}

bool Lane::begin_on_stream(CallPtr& call) {
  std::shared_ptr<SubmitStream> stream;
  {
    const std::lock_guard lock(mutex_);
    if (!streaming_ || stopping_) return false;
    if (!stream_ || stream_->broken()) {
      stream_ = std::make_shared<SubmitStream>(*this);
      ++held_;  // until its OnDone
      stream_->open(*stub_);
      wake_();  // its deadlines are watched more closely than an idle lane's
    }
    stream = stream_;
  }
  return stream->send(call);
}

template <class Request, class Response, class Fill, class Start, class Read>
void Lane::begin_unary(CallPtr call, Fill fill, Start start, Read read) {
  auto unary = std::make_shared<Unary<Request, Response>>();
  fill(call->call, unary->request);
  add_metadata(unary->context, call->call);
  const auto left = std::chrono::duration_cast<std::chrono::system_clock::duration>(call->deadline - Steady::now());
  unary->context.set_deadline(std::chrono::system_clock::now() + left);
  unary->call = std::move(call);
  enlist(&unary->context);
  start(&unary->context, &unary->request, &unary->response, [this, unary, read](const grpc::Status& status) mutable {
    Outcome outcome = outcome_of(unary->call->call.effect.kind, end_of(unary->context, status));
    if (status.ok()) read(unary->response, outcome);
    CallPtr settled = std::move(unary->call);
    let_go(unary);
    finish(std::move(settled), std::move(outcome));
  });
}

void Lane::finish(CallPtr call, Outcome outcome) {
  call->done(std::move(outcome));
  call.reset();
  const std::lock_guard lock(mutex_);
  --in_flight_;
  if (in_flight_ == 0) idle_.notify_all();
  if (!waiting_.empty()) wake_();  // under the lock: `stop` cannot return, and the worker not go away, in between
}

void Lane::enlist(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  ++held_;
  contexts_.insert(context);
  if (stopping_) context->TryCancel();  // gRPC keeps it in mind for a call not started yet
}

template <class UnaryPtr>
void Lane::let_go(UnaryPtr& unary) {
  {
    const std::lock_guard lock(mutex_);
    contexts_.erase(&unary->context);
  }
  unary.reset();
  release();
}

void Lane::release() {
  const std::lock_guard lock(mutex_);
  if (--held_ == 0) idle_.notify_all();
}

void Lane::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto* context : contexts_) context->TryCancel();
    if (stream_) stream_->cancel();
  }
  give_up_waiting(Steady::time_point::max());
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return in_flight_ == 0 && held_ == 0 && waiting_.empty(); });
  stream_.reset();
}

LaneStatus Lane::status() const {
  const std::lock_guard lock(mutex_);
  return {options_.name, options_.address, was_connected_, streaming_, system_, waiting_.size(), in_flight_};
}

}  // namespace comd::south
