#include "edge/grpc/outward_subscription.h"

#include <set>

#include "edge/grpc/convert.h"

namespace comd::north {
namespace {

api::SubscribeResponse message_of(const outward::Event& event) {
  api::SubscribeResponse response;
  auto& out = *response.mutable_event();
  out.set_id(event.id);
  out.set_type(std::string(outward::to_text(event.type)));
  fill(*out.mutable_time(), event.time);
  out.set_tenant(event.tenant.value);
  out.set_order_id(event.order.value);
  out.set_external_id(event.external_id);
  out.set_correlation_id(event.correlation);
  out.set_position(number(event.position));
  out.set_subject(event.subject);
  out.set_state_before(event.before);
  out.set_state(event.after);
  out.set_reason(event.reason);
  out.set_payload_json(event.payload);
  return response;
}

class Subscription final : public Following<outward::Teller, api::SubscribeResponse> {
 public:
  Subscription(EventFeed& feed, const EventLog& log, SubscribeOptions options)
      : Following(feed, log), options_(std::move(options)), orders_(options_.orders.begin(), options_.orders.end()) {}

  bool wants(const OrderId& order) const override { return orders_.empty() || orders_.contains(order); }

 private:
  void begin() override {
    {
      const std::lock_guard lock(mutex_);
      at_ = options_.after;
      api::SubscribeResponse first;
      first.set_resume_after(number(at_));
      queue_.push_back(std::move(first));
    }
    write_next();
  }

  void pick(const std::vector<outward::Event>& events) override {
    const outward::Event* last = nullptr;
    for (const auto& event : events) {
      if (event.position <= at_ || event.tenant != options_.tenant || !wants(event.order) || !options_.filter.wants(event))
        continue;
      // The last of a commit vouches for all of it; one before it only for what was before the commit.
      if (last != nullptr && last->position != event.position) queue_.back().set_resume_after(number(last->position));
      queue_.push_back(message_of(event));
      queue_.back().set_resume_after(number(event.position) - 1);
      last = &event;
    }
    if (last != nullptr) queue_.back().set_resume_after(number(last->position));
  }

  const SubscribeOptions options_;
  const std::set<OrderId> orders_;
};

}  // namespace

grpc::ServerWriteReactor<api::SubscribeResponse>* start_subscription(EventFeed& feed, const EventLog& log,
                                                                     SubscribeOptions options) {
  return Subscription::launch(std::make_shared<Subscription>(feed, log, std::move(options)));
}

}  // namespace comd::north
