#include "edge/webhooks/worker.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "edge/webhooks/signature.h"
#include "test/support/http_receiver.h"

namespace comd::webhooks {
namespace {

using test::HttpReceiver;
using test::Received;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kSecret[] = "0123456789abcdef-secret";

class TestClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }
};

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    std::filesystem::remove_all(directory_);
    settings_.name = "billing";
    settings_.types = {"ProductOrder*"};
    settings_.from_beginning = true;
    settings_.policy.first_pause = settings_.policy.longest_pause = Millis{5};
  }
  ~WorkerTest() override { std::filesystem::remove_all(directory_); }

  /// An order in the log: acknowledged, and cancelled in a second commit.
  void order(const std::string& name) {
    const OrderId id{"po-" + name};
    Order order;
    order.tenant = TenantId{"default"};
    order.external_id = name;
    append(id, Version{}, product_order::Submitted{id, order, "d", "1", "c", {}, {}, Instant{Millis{1}}});
    append(id, Version{1}, product_order::Closed{OrderStatus::cancelled, "not wanted", Instant{Millis{2}}});
  }
  void append(const OrderId& id, Version before, product_order::Event event) {
    Commit commit;
    commit.time = Instant{Millis{1'000}};
    commit.cause = {"Submit", "local", TenantId{"default"}, "corr", {}};
    commit.streams.push_back({stream_of(id), before, {std::move(event)}, {}});
    const Append one{{{stream_of(id), before, 1}}, encode(commit), {}, {}};
    ASSERT_TRUE(log_->append({&one, 1}).front());
  }
  std::unique_ptr<Worker> start(const std::string& url) {
    settings_.url = url;
    auto worker = Worker::start(settings_, Worker::Parts{*log_,
                                                         clock_,
                                                         {kSecret},
                                                         *outward::Filter::make(settings_.types),
                                                         *make_curl_sender({url, Millis{5'000}, {}, "test"}),
                                                         file(),
                                                         1});
    EXPECT_TRUE(worker) << worker.error();
    return std::move(*worker);
  }
  StandingFile file() const { return StandingFile(directory_ + "/billing.json"); }
  static std::vector<std::string> delivered(const std::vector<Received>& all, const std::string& order = {}) {
    std::vector<std::string> out;
    for (const auto& one : all) {
      if (one.answered >= 300) continue;
      const auto json = nlohmann::json::parse(one.body);
      if (order.empty() || json.at("productOrderId") == order) out.push_back(json.at("eventId").get<std::string>());
    }
    return out;
  }
  static auto until(std::size_t count) {
    return [count](const std::vector<Received>& all) { return delivered(all).size() >= count; };
  }
  /// True once the worker's standing is so; its own thread changes it, a moment after the receiver has answered.
  bool settles(const Worker& worker, const std::function<bool(const outward::WebhookStanding&)>& so) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      if (so(worker.standing())) return true;
      std::this_thread::yield();
    }
    return false;
  }

  const std::string directory_ = std::filesystem::temp_directory_path() / ("comd-webhooks-" + std::to_string(::getpid()));
  TestClock clock_;
  std::unique_ptr<EventLog> log_ = make_memory_event_log();
  Settings settings_;
};

TEST_F(WorkerTest, WhatHappenedAndWhatHappensIsPostedSignedAndInOrder) {
  order("a");
  HttpReceiver receiver;
  const auto worker = start(receiver.url());
  receiver.wait(until(2));
  order("b");
  worker->wake();
  const auto all = receiver.wait(until(4));
  EXPECT_THAT(delivered(all), ElementsAre("1.0.create", "2.0.state", "3.0.create", "4.0.state"));
  const auto& first = all.front();
  const auto header = first.headers.at("comd-signature");
  const auto time = header.substr(2, header.find(',') - 2);
  EXPECT_EQ(header, "t=" + time + ",v1=" + hmac_sha256(kSecret, time + "." + first.body));
  EXPECT_EQ(first.headers.at("comd-event-type"), "ProductOrderCreateEvent");
  EXPECT_EQ(first.headers.at("comd-attempt"), "1");
  EXPECT_EQ(nlohmann::json::parse(first.body).at("event").at("productOrder").at("state"), "acknowledged");
}

TEST_F(WorkerTest, AReceiverThatFailsGetsEachEventAgainAndAnOrdersEventsStayInOrder) {
  for (const auto* name : {"a", "b", "c"}) order(name);
  HttpReceiver receiver([](const Received&, std::size_t count) { return count < 7 ? 503 : 200; });
  const auto worker = start(receiver.url());
  const auto all = receiver.wait(until(6));
  EXPECT_THAT(delivered(all, "po-a"), ElementsAre("1.0.create", "2.0.state"));
  EXPECT_THAT(delivered(all, "po-b"), ElementsAre("3.0.create", "4.0.state"));
  EXPECT_THAT(delivered(all, "po-c"), ElementsAre("5.0.create", "6.0.state"));
  EXPECT_TRUE(settles(*worker, [](const auto& is) { return is.delivered == 6 && is.waiting == 0; }));
  EXPECT_EQ(worker->standing().failed, 7u);
  EXPECT_THAT(worker->standing().last_error, HasSubstr("HTTP 503"));
}

TEST_F(WorkerTest, AfterARestartWhatWasNotDeliveredIsAndNothingIsLost) {
  order("a");
  order("b");
  {
    HttpReceiver dead([](const Received&, std::size_t) { return 500; });
    const auto worker = start(dead.url());
    dead.wait([](const auto& all) { return all.size() >= 2; });
    worker->stop();
  }
  const auto kept = file().load();
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->read, log_->tail());
  EXPECT_EQ((*kept)->waiting.size() + (*kept)->dead.size(), 4u);
  order("c");
  HttpReceiver receiver;
  const auto worker = start(receiver.url());
  const auto all = receiver.wait(until(6));
  EXPECT_THAT(delivered(all, "po-a"), ElementsAre("1.0.create", "2.0.state"));
  EXPECT_THAT(delivered(all, "po-c"), ElementsAre("5.0.create", "6.0.state"));
}

TEST_F(WorkerTest, WhatIsGivenUpIsListedTheOrderGoesOnAndItCanBeRedelivered) {
  settings_.policy.attempts = 2;
  order("a");
  std::atomic<bool> mended = false;
  HttpReceiver receiver([&mended](const Received& request, std::size_t) {
    return request.body.find("1.0.create") != std::string::npos && !mended ? 400 : 200;
  });
  auto worker = start(receiver.url());
  EXPECT_THAT(delivered(receiver.wait(until(1))), ElementsAre("2.0.state"));
  ASSERT_EQ(worker->dead().size(), 1u);
  EXPECT_EQ(worker->dead().front().id, "1.0.create");
  EXPECT_EQ(worker->dead().front().attempts, 2u);
  EXPECT_THAT(worker->dead().front().error, HasSubstr("HTTP 400"));
  worker.reset();
  worker = start(receiver.url());
  ASSERT_EQ(worker->dead().size(), 1u) << "also after a restart";
  mended = true;
  const auto unknown = worker->redeliver({"9.9.state"});
  ASSERT_TRUE(unknown);
  EXPECT_THAT(unknown->unknown, ElementsAre("9.9.state"));
  const auto done = worker->redeliver({});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->queued, 1u);
  EXPECT_THAT(delivered(receiver.wait(until(2))), ElementsAre("2.0.state", "1.0.create"));
  EXPECT_TRUE(worker->dead().empty());
}

TEST_F(WorkerTest, AWebhookFromNowOnIsNotToldOfThePast) {
  settings_.from_beginning = false;
  order("a");
  HttpReceiver receiver;
  start(receiver.url()).reset();
  order("b");  // while it was away
  const auto worker = start(receiver.url());
  EXPECT_THAT(delivered(receiver.wait(until(2))), ElementsAre("3.0.create", "4.0.state"));
}

TEST_F(WorkerTest, AStandingThatCannotBeReadStopsTheStartAndSaysWhatToDo) {
  std::filesystem::create_directories(directory_);
  std::ofstream(directory_ + "/billing.json") << "{\"format\": 1, \"rea";
  const auto loaded = file().load();
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error(), HasSubstr("Restore it, or move it away"));
  const Standing full{
      Position{7}, {{"6.0.state", Position{6}, 3}}, {{"1.0.create", Position{1}, "T", OrderId{"po-a"}, {}, {}, 12, "e\xff"}}};
  ASSERT_TRUE(file().save(full));
  const auto again = file().load();
  ASSERT_TRUE(again && *again);
  EXPECT_EQ((*again)->waiting, full.waiting);
  EXPECT_EQ((*again)->dead.front().id, "1.0.create");
}

}  // namespace
}  // namespace comd::webhooks
