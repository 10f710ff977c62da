#include "cmd/activation-sim/reporter.h"

#include <spdlog/spdlog.h>

namespace comd::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kBackoffLeast = 50ms, kBackoffMost = 200ms, kAgainLater = 100ms;
constexpr auto kCallTimeout = 10s;
constexpr std::size_t kCallsAtOnce = 256;

std::shared_ptr<grpc::Channel> connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

/// One ReportStream. Its reactions take the reporter's lock; the reporter writes on it with the lock held.
class Reporter::Stream : public grpc::ClientBidiReactor<wire::ServiceOrderReport, wire::ReportAck> {
 public:
  explicit Stream(Reporter& reporter) : reporter_(reporter) {
    reporter_.stub_->async()->ReportStream(&context_, this);
    AddHold();
    StartRead(&ack_);
    StartCall();
  }
  void write(const wire::ServiceOrderReport& report, bool more_follow) {
    grpc::WriteOptions options;
    if (more_follow) options.set_buffer_hint();
    StartWrite(&report, options);
  }
  void cancel() { context_.TryCancel(); }
  bool broken() const { return broken_; }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock(reporter_.mutex_);
      if (!ok) return give_up();
      reporter_.acknowledged(ack_);
      reporter_.pump();
    }
    StartRead(&ack_);
  }
  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(reporter_.mutex_);
    reporter_.writing_ = false;
    if (!ok) return give_up();
    reporter_.pump();
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(reporter_.mutex_);
    reporter_.stream_ended(status);
    delete this;
  }

 private:
  void give_up() {
    if (std::exchange(broken_, true)) return;
    context_.TryCancel();
    RemoveHold();
  }

  Reporter& reporter_;
  grpc::ClientContext context_;
  wire::ReportAck ack_;
  bool broken_ = false;
};

struct Reporter::UnaryCall {
  ItemPtr item;
  grpc::ClientContext context;
  wire::ReportAck ack;
};

Reporter::Reporter(Options options)
    : options_(std::move(options)),
      stub_(wire::FeedbackService::NewStub(connect(options_.address))),
      worker_([this] { run(); }) {}

Reporter::~Reporter() { stop(); }

void Reporter::send(wire::ServiceOrderReport report) {
  auto item = std::make_shared<Item>();
  item->report = std::move(report);
  item->report.set_reporter(options_.name);
  const std::lock_guard lock(mutex_);
  add(std::move(item));
}

void Reporter::send(wire::ServiceNews news) {
  auto item = std::make_shared<Item>();
  item->news = std::move(news);
  item->news.set_reporter(options_.name);
  item->is_news = true;
  const std::lock_guard lock(mutex_);
  add(std::move(item));
}

void Reporter::add(ItemPtr item) {
  if (stopping_) return;
  item->sequence = ++sequence_;
  if (!item->is_news) by_id_.emplace(item->report.report_id(), item);
  all_.emplace(item->sequence, item);
  queue_.push_back(std::move(item));
  pump();
}

bool Reporter::can_begin() const {
  if (stopping_ || queue_.empty() || Steady::now() < reconnect_at_) return false;
  if (options_.unary || queue_.front()->is_news) return calls_ < kCallsAtOnce;
  return !writing_ && on_stream_ < options_.window && (stream_ == nullptr || !stream_->broken());
}

void Reporter::pump() {
  while (can_begin()) {
    ItemPtr item = std::move(queue_.front());
    queue_.pop_front();
    if (!all_.contains(item->sequence)) continue;  // cleared meanwhile
    item->written = true;
    if (options_.unary || item->is_news) {
      call(item);
      continue;
    }
    if (stream_ == nullptr) stream_ = new Stream(*this);
    writing_ = true;
    ++on_stream_;
    being_written_ = item;
    stream_->write(being_written_->report, !queue_.empty());
  }
}

void Reporter::call(const ItemPtr& item) {
  auto call = std::make_shared<UnaryCall>();
  call->item = item;
  call->context.set_deadline(std::chrono::system_clock::now() + kCallTimeout);
  ++calls_;
  const auto done = [this, call](const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    --calls_;
    if (status.ok())
      settle(call->item, call->ack.code(), call->ack.message());
    else if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT)
      settle(call->item, 3, status.error_message());
    else {
      settle(call->item, 14, status.error_message());
      if (status.error_code() == grpc::StatusCode::UNAVAILABLE) not_reached(status.error_message());
    }
    pump();
    changed_.notify_all();
  };
  if (item->is_news)
    stub_->async()->ReportNews(&call->context, &item->news, &call->ack, done);
  else
    stub_->async()->Report(&call->context, &item->report, &call->ack, done);
}

void Reporter::acknowledged(const wire::ReportAck& ack) {
  --on_stream_;
  const auto [first, last] = by_id_.equal_range(ack.report_id());
  const auto found = std::find_if(first, last, [](const auto& entry) { return entry.second->written; });
  if (found != last) settle(ItemPtr(found->second), ack.code(), ack.message());
}

void Reporter::settle(const ItemPtr& item, int code, const std::string& message) {
  item->written = false;
  if (code != 0 && code != 3) {
    later_.emplace(Steady::now() + kAgainLater, item);
    changed_.notify_all();
    return;
  }
  if (code == 3)
    spdlog::error("comd will not take report {} of {}: {}", item->report.report_id(), item->report.service_order_id(), message);
  if (std::exchange(away_, false)) spdlog::info("Reports reach comd at {}", options_.address);
  backoff_ = kBackoffLeast;
  ++acknowledged_;
  const auto [first, last] = by_id_.equal_range(item->report.report_id());
  const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == item; });
  if (found != last) by_id_.erase(found);
  all_.erase(item->sequence);
}

void Reporter::not_reached(const std::string& why) {
  if (stopping_) return;
  if (!std::exchange(away_, true))
    spdlog::warn("Reports do not reach comd at {} ({}); {} wait, trying again", options_.address, why, all_.size());
  reconnect_at_ = Steady::now() + backoff_;
  backoff_ = std::min<std::chrono::milliseconds>(backoff_ * 2, kBackoffMost);
}

void Reporter::stream_ended(const grpc::Status& status) {
  stream_ = nullptr;
  writing_ = false;
  on_stream_ = 0;
  not_reached(status.error_message().empty() ? "the stream ended" : status.error_message());
  // Everything written and not acknowledged goes again, in the order it was made. What comd says later to report is in later_.
  queue_.clear();
  std::set<const Item*> waiting;
  for (const auto& [due, item] : later_) waiting.insert(item.get());
  for (const auto& [sequence, item] : all_) {
    if (waiting.contains(item.get()) || (item->written && (item->is_news || options_.unary))) continue;
    item->written = false;
    queue_.push_back(item);
  }
  changed_.notify_all();
}

void Reporter::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    pump();
    auto next = Steady::now() + 1s;
    if (!queue_.empty() && reconnect_at_ > Steady::now()) next = std::min(next, reconnect_at_);
    if (!later_.empty()) next = std::min(next, later_.begin()->first);
    changed_.wait_until(lock, next);
    while (!later_.empty() && later_.begin()->first <= Steady::now()) {
      queue_.push_back(std::move(later_.begin()->second));
      later_.erase(later_.begin());
    }
  }
}

void Reporter::clear() {
  const std::lock_guard lock(mutex_);
  all_.clear();
  by_id_.clear();
  queue_.clear();
  later_.clear();
  acknowledged_ = 0;
}

void Reporter::stop() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    if (stream_ != nullptr) stream_->cancel();
    changed_.notify_all();
    changed_.wait(lock, [this] { return stream_ == nullptr && calls_ == 0; });
  }
  if (worker_.joinable()) worker_.join();
}

Reporter::Counts Reporter::counts() const {
  const std::lock_guard lock(mutex_);
  return {all_.size(), acknowledged_};
}

}  // namespace comd::sim
