#include "edge/grpc/watch.h"

#include <algorithm>
#include <set>

#include "edge/grpc/convert.h"
#include "edge/grpc/errors.h"

namespace comd::north {
namespace {

constexpr std::size_t kQueueMax = 2048;  ///< messages waiting for a slow client before it is left to read the log itself
constexpr std::size_t kPage = 256;       ///< commits read at once while catching up
constexpr std::size_t kStreams = 256;    ///< folded streams kept while catching up

class Watch final : public grpc::ServerWriteReactor<api::WatchResponse>,
                    public Watcher,
                    public std::enable_shared_from_this<Watch> {
 public:
  static Watch* start(Feed& feed, const Reader& reader, WatchOptions options) {
    auto self = std::shared_ptr<Watch>(new Watch(feed, reader, std::move(options)));
    self->self_ = self;
    feed.schedule(self);
    return self.get();
  }

  // Called by the feed.
  bool wants(const OrderId& order) const override { return wanted_.empty() || wanted_.contains(order); }
  bool hear(const std::vector<Moment>& moments, Position at) override;
  bool catch_up() override;
  void end() override {
    finish(status_of(Rejection{RejectionCode::unavailable,
                               "Expected to go on watching, but comd is stopping.",
                               {},
                               "Watch again from the last position received."}));
  }

  // Called by gRPC.
  void OnWriteDone(bool ok) override;
  void OnCancel() override { finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    const auto keep = std::move(self_);
    feed_.leave(keep);
  }

 private:
  Watch(Feed& feed, const Reader& reader, WatchOptions options)
      : feed_(feed),
        reader_(reader),
        options_(std::move(options)),
        narrator_(reader.log(), kStreams),
        wanted_(options_.orders.begin(), options_.orders.end()),
        open_(wanted_) {}

  void begin();
  void stand(const Loaded<product_order::State>&, Position);
  std::vector<Moment> backlog(const product_order::State&, Position until);
  void take(const std::vector<Moment>&, Position at);
  void queue(const Moment&);
  void write_next();
  void finish(const grpc::Status&);

  Feed& feed_;
  const Reader& reader_;
  const WatchOptions options_;
  std::shared_ptr<Watch> self_;

  // Of the thread that catches up, and of the feed's after that; never of both at once.
  Narrator narrator_;
  bool begun_ = false;
  const std::set<OrderId> wanted_;
  std::set<OrderId> open_;  ///< not terminal yet, of those wanted

  std::mutex mutex_;
  std::deque<api::WatchResponse> queue_;
  Position at_{};                     ///< everything up to here is in the queue or sent
  std::optional<grpc::Status> last_;  ///< to be sent when the write under way is done
  bool writing_ = false, ended_ = false, finished_ = false, behind_ = true, reading_ = true;
};

/// Queues what is for this client. Position and open orders move even when nothing is.
void Watch::take(const std::vector<Moment>& moments, Position at) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || finished_) return;
    for (const auto& moment : moments) {
      if (moment.tenant != options_.tenant || !wants(moment.order) || moment.message.position() <= number(at_)) continue;
      queue(moment);
    }
    at_ = std::max(at_, at);
  }
  write_next();
}

/// REQUIRES: mutex_ is held.
void Watch::queue(const Moment& moment) {
  queue_.push_back(moment.message);
  if (moment.message.terminal()) open_.erase(moment.order);
  if (options_.until_terminal && open_.empty()) ended_ = true;
}

bool Watch::hear(const std::vector<Moment>& moments, Position at) {
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return false;
    if (queue_.size() + moments.size() > kQueueMax && !queue_.empty()) {
      behind_ = true;  // goes on when the queue has been sent
      return false;
    }
  }
  take(moments, at);
  return true;
}

bool Watch::catch_up() {
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
  const auto page = reader_.log().read_feed(after, kPage);
  if (page.empty()) {
    {
      const std::lock_guard lock(mutex_);
      behind_ = false;
      reading_ = false;
    }
    if (feed_.attach(shared_from_this(), after)) return false;
    const std::lock_guard lock(mutex_);
    behind_ = reading_ = true;
    return true;
  }
  std::vector<Moment> moments;
  for (const auto& commit : page) {
    std::ranges::move(narrator_.tell(commit, [this](const OrderId& order) { return wants(order); }), std::back_inserter(moments));
  }
  take(moments, page.back().position);
  return true;
}

/// The orders asked for exist; what they did since `from`, or where they stand now.
void Watch::begin() {
  const auto tail = reader_.log().tail();
  if (options_.orders.empty()) {
    at_ = options_.from.value_or(tail);
    return;
  }
  std::vector<Moment> moments;
  std::vector<Loaded<product_order::State>> loaded;
  for (const auto& id : options_.orders) {
    auto order = reader_.order(id, options_.tenant);
    if (!order) return finish(status_of(order.error()));
    if (options_.from) std::ranges::move(backlog(order->state, tail), std::back_inserter(moments));
    loaded.push_back(std::move(*order));
  }
  std::ranges::stable_sort(moments, {}, [](const Moment& moment) { return moment.message.position(); });
  {
    const std::lock_guard lock(mutex_);
    at_ = options_.from.value_or(Position{});
  }
  take(moments, at_);
  for (const auto& order : loaded) {
    if (!options_.from || (is_final(order.state.status) && open_.contains(order.state.id))) stand(order, tail);
  }
  const std::lock_guard lock(mutex_);
  at_ = std::max(at_, tail);
}

void Watch::stand(const Loaded<product_order::State>& order, Position tail) {
  Moment moment{options_.tenant, order.state.id, {}};
  auto& message = moment.message;
  message.set_position(number(tail));
  fill(*message.mutable_time(), order.changed);
  message.set_order_id(order.state.id.value);
  message.set_stream(order.state.id.value);
  message.set_text("is " + std::string(to_text(order.state.status)));
  message.set_reason(order.state.reason);
  message.set_state(std::string(to_text(order.state.status)));
  message.set_terminal(is_final(order.state.status));
  message.set_correlation_id(order.cause.correlation);
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || finished_) return;
    queue(moment);
  }
  write_next();
}

std::vector<Moment> Watch::backlog(const product_order::State& order, Position until) {
  std::map<Position, std::string> commits;
  const auto gather = [&](const StreamId& stream) {
    for (auto& stored : reader_.log().read_stream(stream)) {
      if (stored.position > *options_.from && stored.position <= until)
        commits.emplace(stored.position, std::move(stored.record));
    }
  };
  gather(stream_of(order.id));
  for (const auto& node : order.nodes) gather(stream_of(node.spec.id));
  std::vector<Moment> out;
  for (auto& [position, record] : commits) {
    std::ranges::move(narrator_.tell({position, std::move(record)}, [&](const OrderId& id) { return id == order.id; }),
                      std::back_inserter(out));
  }
  return out;
}

void Watch::OnWriteDone(bool ok) {
  bool more = false;
  std::optional<grpc::Status> last;
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    queue_.pop_front();
    last = std::exchange(last_, std::nullopt);
    if (ok && queue_.empty() && behind_ && !reading_ && !ended_ && !finished_) more = reading_ = true;
  }
  if (last) return Finish(*last);
  if (!ok) return finish(grpc::Status::CANCELLED);
  if (more) feed_.schedule(shared_from_this());
  write_next();
}

void Watch::write_next() {
  const api::WatchResponse* write = nullptr;
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
  if (write != nullptr) StartWrite(write);
  if (done) Finish(grpc::Status::OK);
}

void Watch::finish(const grpc::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    if (writing_) {
      last_ = status;
      return;
    }
  }
  Finish(status);
}

}  // namespace

grpc::ServerWriteReactor<api::WatchResponse>* start_watch(Feed& feed, const Reader& reader, WatchOptions options) {
  return Watch::start(feed, reader, std::move(options));
}

}  // namespace comd::north
