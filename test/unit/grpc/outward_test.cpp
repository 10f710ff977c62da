#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "comd/api/v1/events.grpc.pb.h"
#include "edge/grpc/outward.h"
#include "test/north/json_of.h"
#include "test/north/north_fixture.h"

namespace comd::north {
namespace {

using outward::Filter;
using outward::Teller;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kAll = 1'000'000;

class Outward : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
    events = api::EventsService::NewStub(channel);
  }
  /// All there is to tell of the log, as a teller says it that begins with its first commit.
  std::vector<outward::Event> told(std::size_t capacity = 64) {
    Teller teller(*log, capacity);
    std::vector<outward::Event> out;
    for (const auto& commit : log->read_feed({}, kAll))
      std::ranges::move(teller.tell(commit, [](const OrderId&) { return true; }), std::back_inserter(out));
    return out;
  }
  static std::vector<std::string> lines(const std::vector<outward::Event>& events) {
    std::vector<std::string> out;
    for (const auto& event : events)
      out.push_back(std::string(outward::to_text(event.type)) + " " + event.before + ">" + event.after);
    return out;
  }
  /// The product is written by a family of its own, right after: waits until a type has been told.
  std::vector<outward::Event> told_with(outward::Type type) {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t commits = 0;
    const auto ticket = engine->on_commit([&](Position) {
      const std::lock_guard lock(mutex);
      ++commits;
      changed.notify_all();
    });
    std::vector<outward::Event> out;
    std::unique_lock lock(mutex);
    const auto found = [&] {
      out = told();
      return std::ranges::any_of(out, [type](const auto& event) { return event.type == type; });
    };
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), found));
    lock.unlock();
    engine->forget(ticket);
    return out;
  }
  grpc::Status act(const std::string& id, const std::string& action, const std::string& reason) {
    Call call;
    api::ActRequest request;
    request.set_id(id);
    request.set_action(action);
    request.set_reason(reason);
    api::ActResponse response;
    return fallout->Act(&call, request, &response);
  }
  std::unique_ptr<api::EventsService::Stub> events;
};

TEST_F(Outward, AnOrderIsToldFromItsCreationToItsCompletionWithTheProductItMade) {
  const auto id = submitted(order_json("E-1"));
  report(completed(service_order_of(id)));
  api::WatchRequest wait;
  wait.add_order_ids(id);
  wait.set_until_terminal(true);
  watched(wait);
  const auto all = told();
  std::vector<std::string> order, service_order, product;
  for (const auto& event : all) {
    const auto line = lines({event}).front();
    (event.subject == id ? order : event.subject.starts_with("so-") ? service_order : product).push_back(line);
    EXPECT_EQ(event.order.value, id);
    EXPECT_EQ(event.external_id, "E-1");
    EXPECT_EQ(event.tenant.value, "default");
    EXPECT_FALSE(event.correlation.empty());
  }
  EXPECT_THAT(order, ElementsAre("ProductOrderCreateEvent >acknowledged", "ProductOrderStateChangeEvent acknowledged>inProgress",
                                 "ProductOrderStateChangeEvent inProgress>completed"));
  EXPECT_THAT(service_order,
              ElementsAre("ServiceOrderCreateEvent >acknowledged", "ServiceOrderStateChangeEvent acknowledged>completed"));
  EXPECT_THAT(product, ElementsAre("ProductCreateEvent >active"));
}

TEST_F(Outward, ANotificationHasTheShapeOfTmf688AndNothingOfTheCustomer) {
  submitted(order_json("E-1"));
  const auto first = told().front();
  const auto json = json_of(outward::to_json(first));
  EXPECT_EQ(json.at("eventId"), first.id);
  EXPECT_EQ(json.at("eventType"), "ProductOrderCreateEvent");
  EXPECT_EQ(json.at("domain"), "productOrdering");
  EXPECT_EQ(json.at("externalId"), "E-1");
  EXPECT_EQ(json.at("event").at("productOrder").at("state"), "acknowledged");
  EXPECT_EQ(json.at("event").at("productOrder").at("@type"), "ProductOrder");
  for (const auto& event : told()) EXPECT_THAT(outward::to_json(event), Not(HasSubstr("cust-1")));
}

TEST_F(Outward, FalloutIsToldWhenItIsRaisedAndByWhomAndWhyItIsResolved) {
  const auto service_order = service_order_of(submitted(order_json("E-1")));
  report(failed(service_order, "STUCK_PORT"));
  const auto so_far = told();
  const auto found = std::ranges::find(so_far, outward::Type::fallout_raised, &outward::Event::type);
  ASSERT_NE(found, so_far.end()) << testing::PrintToString(lines(so_far));
  const auto raised = *found;
  EXPECT_EQ(raised.subject, service_order);
  const auto payload = json_of(raised.payload).at("fallout");
  EXPECT_EQ(payload.at("code"), "STUCK_PORT");
  EXPECT_EQ(payload.at("target"), "network");
  ASSERT_TRUE(act(service_order, "retry", "the port was cleaned").ok());
  const auto all = told();
  const auto resolved = std::ranges::find(all, outward::Type::fallout_resolved, &outward::Event::type);
  ASSERT_NE(resolved, all.end());
  EXPECT_EQ(resolved->subject, service_order);
  EXPECT_EQ(resolved->reason, "the port was cleaned");
  const auto over = json_of(resolved->payload).at("fallout");
  EXPECT_EQ(over.at("resolvedBy"), "local");
  EXPECT_EQ(over.at("action"), "retry");
  EXPECT_EQ(over.at("code"), "STUCK_PORT");
}

TEST_F(Outward, ATaskIsToldWhenAPersonIsToDoIt) {
  const auto id = submitted(order_json("E-1", 1, "VISIT"));
  const auto all = told();
  const auto task = std::ranges::find(all, outward::Type::task_opened, &outward::Event::type);
  ASSERT_NE(task, all.end()) << testing::PrintToString(lines(all));
  EXPECT_EQ(task->order.value, id);
  EXPECT_EQ(task->after, "pending");
  EXPECT_EQ(json_of(task->payload).at("task").at("serviceSpecification"), "visit@1");
}

TEST_F(Outward, WhoeverReadsACommitAndWheneverTellsTheSameOfIt) {
  for (int i = 0; i < 5; ++i) {
    const auto id = submitted(order_json("E-" + std::to_string(i)));
    i % 2 == 0 ? report(completed(service_order_of(id))) : report(failed(service_order_of(id), "STUCK"));
  }
  told_with(outward::Type::product_create);
  const auto tail = log->tail();
  std::set<std::string> ids;
  Teller warm(*log, 64);
  for (const auto& commit : log->read_feed({}, number(tail))) {
    const auto everybody = [](const OrderId&) { return true; };
    Teller cold(*log, 1);
    const auto expected = warm.tell(commit, everybody), got = cold.tell(commit, everybody);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].id, expected[i].id);
      EXPECT_EQ(outward::to_json(got[i]), outward::to_json(expected[i]));
      EXPECT_TRUE(ids.insert(got[i].id).second) << got[i].id << " names two events";
    }
  }
}

TEST_F(Outward, AFilterTakesTypesBeginningsAndTheStateThatWasReached) {
  outward::Event event;
  event.type = outward::Type::product_order_state_change;
  event.after = "completed";
  EXPECT_TRUE(Filter{}.wants(event));
  EXPECT_TRUE(Filter::make({"ProductOrderStateChangeEvent"})->wants(event));
  EXPECT_TRUE(Filter::make({"FalloutRaisedEvent", "ProductOrder*"})->wants(event));
  EXPECT_TRUE(Filter::make({"ProductOrderStateChangeEvent:completed"})->wants(event));
  EXPECT_FALSE(Filter::make({"ProductOrderStateChangeEvent:failed"})->wants(event));
  EXPECT_FALSE(Filter::make({"ServiceOrder*"})->wants(event));
  EXPECT_THAT(Filter::make({"OrderEvent"}).error(), HasSubstr("but got \"OrderEvent\""));
  EXPECT_THAT(Filter::make({"ProductOrder*:done"}).error(), HasSubstr("but got \"done\""));
}

TEST_F(Outward, ASubscriptionBeginsWhereItIsToldToAndResumesWithoutLoss) {
  const auto id = submitted(order_json("E-1"));
  report(completed(service_order_of(id)));
  const auto all = told_with(outward::Type::product_create);
  std::vector<std::uint64_t> resumes;
  const auto read = [&](std::uint64_t after) {
    Call call;
    api::SubscribeRequest request;
    request.set_after_position(after);
    auto stream = events->Subscribe(&call, request);
    std::vector<std::string> ids;
    api::SubscribeResponse message;
    resumes.clear();
    while (stream->Read(&message)) {
      resumes.push_back(message.resume_after());
      if (!message.has_event()) continue;
      ids.push_back(message.event().id());
      if (ids.back() == all.back().id) call.TryCancel();
    }
    return ids;
  };
  const auto ids = read(0);
  ASSERT_GE(ids.size(), all.size());
  const auto positions = resumes;
  EXPECT_EQ(positions.front(), 0u);
  for (std::size_t i = 1; i < positions.size(); ++i) {
    if (positions[i] >= number(all.back().position)) break;
    const auto again = read(positions[i]);
    // Everything after what was read is there; of a commit read in part, all of it comes again.
    for (std::size_t k = i; k < ids.size() && k < all.size(); ++k)
      EXPECT_THAT(again, testing::Contains(ids[k])) << "after " << positions[i];
  }
}

TEST_F(Outward, ASubscriptionHearsOnlyWhatItAskedForWhileItHappens) {
  const auto other = submitted(order_json("E-0"));
  Call call;
  api::SubscribeRequest request;
  request.add_types("ProductOrderStateChangeEvent:completed");
  auto stream = events->Subscribe(&call, request);
  api::SubscribeResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_FALSE(message.has_event());
  EXPECT_GT(message.resume_after(), 0u) << "where it began, to resume there";
  const auto id = submitted(order_json("E-1"));
  report(completed(service_order_of(id)));
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.event().order_id(), id);
  EXPECT_EQ(message.event().state(), "completed");
  EXPECT_EQ(message.event().state_before(), "inProgress");
  EXPECT_EQ(message.event().position(), message.resume_after());
  report(completed(service_order_of(other), "r-2"));
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.event().order_id(), other);
  call.TryCancel();
}

TEST_F(Outward, AClientThatDoesNotReadHoldsUpNobodyAndMissesNothing) {
  Call slow, quick;
  for (Call* call : {&slow, &quick}) call->set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(3));
  api::SubscribeRequest request;
  request.set_after_position(0);
  request.add_types("ProductOrder*");
  auto lazy = events->Subscribe(&slow, request);
  auto eager = events->Subscribe(&quick, request);
  constexpr int kOrders = 400;
  std::set<std::string> open;
  for (int i = 0; i < kOrders; ++i) open.insert(submitted(order_json("E-" + std::to_string(i))));
  for (const auto& id : open) report(completed(service_order_of(id), "r-" + id));
  const auto until_all_completed = [&open](auto& stream) {
    auto waiting = open;
    api::SubscribeResponse message;
    std::uint64_t last = 0;
    std::size_t count = 0;
    while (!waiting.empty() && stream->Read(&message)) {
      if (!message.has_event()) continue;
      EXPECT_GE(message.event().position(), last);
      last = message.event().position();
      ++count;
      if (message.event().state() == "completed") waiting.erase(message.event().order_id());
    }
    EXPECT_TRUE(waiting.empty());
    return count;
  };
  const auto seen = until_all_completed(eager);
  EXPECT_EQ(until_all_completed(lazy), seen);
  slow.TryCancel();
  quick.TryCancel();
}

TEST_F(Outward, ASubscriptionThatCannotBeIsRefused) {
  const auto refused = [this](const api::SubscribeRequest& request) {
    Call call;
    auto stream = events->Subscribe(&call, request);
    api::SubscribeResponse message;
    EXPECT_FALSE(stream->Read(&message));
    return stream->Finish();
  };
  api::SubscribeRequest request;
  request.add_types("Everything");
  EXPECT_EQ(refused(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused(request).error_message(), HasSubstr("ProductOrderCreateEvent"));
  request.clear_types();
  request.set_after_position(1'000'000);
  EXPECT_THAT(refused(request).error_message(), HasSubstr("the end of the log"));
}

}  // namespace
}  // namespace comd::north
