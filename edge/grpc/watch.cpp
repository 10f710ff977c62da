#include "edge/grpc/watch.h"

#include <algorithm>
#include <set>

#include "edge/grpc/convert.h"
#include "edge/grpc/errors.h"
#include "edge/grpc/following.h"
#include "edge/grpc/opening.h"

namespace comd::north {
namespace {

class Watch final : public Following<Narrator, api::WatchResponse> {
 public:
  Watch(OrderFeed& feed, const Reader& reader, WatchOptions options)
      : Following(feed, reader.log()),
        reader_(reader),
        options_(std::move(options)),
        wanted_(options_.orders.begin(), options_.orders.end()),
        open_(wanted_) {}

  bool wants(const OrderId& order) const override { return wanted_.empty() || wanted_.contains(order); }

 private:
  void begin() override;
  void pick(const std::vector<Moment>&) override;
  void stand(const Loaded<product_order::State>&, Position);
  std::vector<Moment> backlog(const product_order::State&, Position until);
  void queue(const Moment&);

  const Reader& reader_;
  const WatchOptions options_;
  const std::set<OrderId> wanted_;
  std::set<OrderId> open_;  ///< not terminal yet, of those wanted
};

void Watch::pick(const std::vector<Moment>& moments) {
  for (const auto& moment : moments) {
    if (moment.tenant != options_.tenant || !wants(moment.order) || moment.message.position() <= number(at_)) continue;
    queue(moment);
  }
}

/// REQUIRES: mutex_ is held.
void Watch::queue(const Moment& moment) {
  queue_.push_back(moment.message);
  open(reader_.sealing(), options_.tenant, queue_.back());
  if (moment.message.terminal()) open_.erase(moment.order);
  if (options_.until_terminal && open_.empty()) ended_ = true;
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
    std::ranges::move(teller_.tell({position, std::move(record)}, [&](const OrderId& id) { return id == order.id; }),
                      std::back_inserter(out));
  }
  return out;
}

}  // namespace

grpc::ServerWriteReactor<api::WatchResponse>* start_watch(OrderFeed& feed, const Reader& reader, WatchOptions options) {
  return Watch::launch(std::make_shared<Watch>(feed, reader, std::move(options)));
}

}  // namespace comd::north
